"""干部调整 and 县级联审 are read by two roles; everybody else gets counts (domain.md §2.6, §5.3)."""

import pytest

from povertyparty.scope import everywhere
from tests.conftest import COUNTY, VILLAGE
from tests.uploading import Office, newest, sent
from villages.models import Adjustment, Cadre, Role

pytestmark = pytest.mark.django_db
READERS = {Role.COUNTY_OFFICER, Role.COUNTY_LEADER}
OTHERS = [role for role in Role if role not in READERS]
HEADS = ("乡(镇)", "村", "姓名", "原职务", "调整类型", "调整原因类别", "文号", "日期", "接任人", "备注")
ROW = ["近山镇", "前湾村", "王哨兵", "党组织书记", "清理", "刑事处罚", None, "2020-03-01", "李四", None]


@pytest.fixture
def adjustment(places):
    with everywhere("test data"):
        return Adjustment.objects.create(
            place_id=VILLAGE, name="王哨兵", post="secretary", kind="清理", reason="刑事处罚", on="2020-03-01"
        )


@pytest.fixture
def cadre(places):
    with everywhere("test data"):
        return Cadre.objects.create(place_id=VILLAGE, name="王小明", post="head", review="不符合")


@pytest.mark.parametrize("role", OTHERS)
def test_no_other_role_opens_list_record_or_export(role, adjustment, somebody, client_of):
    client = client_of(somebody(role))
    for path in ("/ledgers/adjustments/", f"/ledgers/adjustments/{adjustment.pk}/"):
        answer = client.get(path, follow=True)
        assert answer.status_code == 403 and "王哨兵" not in answer.content.decode()
    assert client.post("/ledgers/adjustments/export/").status_code == 403
    assert "/ledgers/adjustments/" not in client.get("/").content.decode()


@pytest.mark.parametrize("role", sorted(READERS))
def test_the_two_roles_do(role, adjustment, somebody, client_of):
    client = client_of(somebody(role, COUNTY))
    assert "王哨兵" in client.get("/ledgers/adjustments/").content.decode()


@pytest.mark.parametrize("role", [Role.VILLAGE_FILER, Role.TOWNSHIP_OFFICER, Role.SUPERVISOR])
def test_a_conclusion_in_the_roster_stays_masked_for_who_may_see_other_sensitive_columns(
    role, cadre, somebody, client_of
):
    client = client_of(somebody(role))
    page = client.post(f"/ledgers/cadres/{cadre.pk}/reveal/review/", {"reason": "核对联审结论"}, follow=True)
    assert page.status_code == 403 and "不符合" not in page.content.decode()
    assert "不符合" not in client.get(f"/ledgers/cadres/{cadre.pk}/").content.decode()


def test_an_import_by_another_role_shows_nothing_and_can_only_be_given_up(
    clerk, client_of, django_capture_on_commit_callbacks
):
    office = Office(client_of(clerk), django_capture_on_commit_callbacks)
    upload = office.upload(sent(ROW, heads=HEADS))
    page = office.page(upload)
    assert upload.ledger == "adjustments" and "您没有办理《村干部调整台账》的权限" in page
    assert "王哨兵" not in page and "放弃" in page and "提交：" not in page
    assert office.commit(upload).status_code == 403
    office.do(upload, "discard")
    assert newest().state == "discarded"


def test_the_county_officer_imports_it(officer, client_of, django_capture_on_commit_callbacks):
    office = Office(client_of(officer), django_capture_on_commit_callbacks)
    office.commit(office.upload(sent(ROW, heads=HEADS)))
    with everywhere("test"):
        assert Adjustment.objects.get().reason == "刑事处罚"


@pytest.mark.parametrize(
    ("role", "told"), [(Role.TOWNSHIP_OFFICER, "少于3"), (Role.COUNTY_OFFICER, "1"), (Role.READER, "少于3")]
)
def test_a_count_that_points_at_somebody_is_told_to_the_two_roles_only(
    role, told, adjustment, somebody, client_of
):
    page = client_of(somebody(role)).get("/figures/removed_after_review/").content.decode()
    assert f'<span class="value">{told}</span>' in " ".join(page.split()) or f">{told}<" in page
    overview = client_of(somebody(role)).get("/figures/").content.decode()
    assert ("少于3" in overview) == (told == "少于3")

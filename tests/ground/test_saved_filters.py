"""常用筛选: kept by name, shared downwards, never wider than one's own scope, honest about what a ledger has lost."""

import pytest

from povertyparty.ledger import REGISTRY
from povertyparty.models import SavedFilter
from povertyparty.scope import everywhere
from tests.conftest import FAR
from villages.models import Household, Role

pytestmark = pytest.mark.django_db
LIST = "/ledgers/households/"


@pytest.fixture
def save(client_of):
    """save(user, "?f_size=3", name="大户"): the page that follows."""

    def post(user, query="?f_size=3", name="三口以上", **more):
        return client_of(user).post(f"{LIST}filters/{query}", {"name": name} | more, follow=True)

    return post


@pytest.fixture
def browse(client_of):
    return lambda user, query="": client_of(user).get(LIST + query, follow=True).content.decode()


def only():
    return SavedFilter.objects.get()


def test_conditions_are_kept_by_name_and_opened_again(save, browse, clerk, household, far_household):
    page = save(clerk).content.decode()
    assert "已保存常用筛选“三口以上”" in page
    again = browse(clerk)
    assert only().address.replace("&", "&amp;") in again
    assert "王小明" in browse(clerk, only().address)
    with everywhere("test"):
        Household.objects.update(size=2)
    assert "王小明" not in browse(clerk, only().address)


def test_only_what_means_something_is_kept(save, clerk, household):
    save(
        clerk,
        "?f_size=3&f_nothing=1&f_head=&page=7&size=200&q=王小明&sort=-head&sort2=x&figure=nothing&f_listed_year=没有",
    )
    assert only().query == "f_size=3&sort=-head"
    assert only().told == {"f_size": only().told["f_size"]} and "3" in only().told["f_size"]


@pytest.mark.parametrize("query", ["", "?page=2", "?q=王小明", "?sort=head", "?f_nothing=1"])
def test_nothing_to_keep_is_said(query, save, clerk):
    assert "没有筛选条件，不用保存" in save(clerk, query).content.decode()
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "长" * 31])
def test_a_name_that_will_not_do_is_refused_in_chinese(name, save, clerk):
    assert "没有保存：" in save(clerk, name=name).content.decode()
    assert not SavedFilter.objects.exists()


def test_the_same_name_twice_is_refused(save, clerk):
    save(clerk)
    assert "您已有同名的常用筛选，请换一个名称" in save(clerk, "?f_size=4").content.decode()
    assert only().query == "f_size=3"


def test_one_that_is_private_is_nobody_elses(save, browse, clerk, officer, filer):
    save(clerk)
    assert "三口以上" not in browse(officer) and "三口以上" not in browse(filer)


def test_one_that_is_shared_is_seen_in_the_place_and_below_and_nowhere_else(
    save, browse, clerk, leader, filer, officer, outsider
):
    save(clerk, shared="1")
    assert "三口以上（共享）" in browse(leader) and "三口以上（共享）" in browse(filer)
    assert "三口以上" not in browse(officer) and "三口以上" not in browse(outsider)


@pytest.fixture
def leader(somebody):
    return somebody(Role.TOWNSHIP_LEADER)


def test_who_may_not_share_cannot(save, filer, client_of):
    assert save(filer, shared="1").status_code == 403
    save(filer)
    assert client_of(filer).post(f"{LIST}filters/{only().pk}/share/").status_code == 403
    assert not only().shared


def test_a_shared_one_opened_below_or_beside_shows_ones_own_rows_only(
    save, browse, officer, clerk, outsider, household, far_household
):
    save(officer, f"?f_size=2&place={FAR}", name="远水乡的户", shared="1")
    assert "远水哨兵" in browse(outsider, only().address)
    assert "远水哨兵" not in browse(clerk, only().address)


def test_others_can_neither_change_nor_drop_it(save, client_of, clerk, filer, outsider, leader, officer):
    save(clerk, shared="1")
    for user, status in ((filer, 403), (outsider, 404), (officer, 404)):
        for what in ("rename", "unshare", "open", "delete"):
            answer = client_of(user).post(f"{LIST}filters/{only().pk}/{what}/", {"name": "改了"})
            assert answer.status_code == status, (user, what)
    assert (only().name, only().shared) == ("三口以上", True)
    # People leave, filters stay: who may share in the same place puts it in order.
    assert client_of(leader).post(f"{LIST}filters/{only().pk}/open/").status_code == 403
    client_of(leader).post(f"{LIST}filters/{only().pk}/unshare/")
    assert not only().shared


def test_it_is_renamed_shared_and_dropped_and_the_list_stays_to_keep_it_again(save, client_of, clerk):
    save(clerk)
    client, address = client_of(clerk), f"{LIST}filters/{only().pk}/"
    client.post(f"{address}rename/", {"name": "大户"})
    client.post(f"{address}share/")
    assert (only().name, only().shared) == ("大户", True)
    answer = client.post(f"{address}delete/")
    assert answer["Location"] == f"{LIST}?f_size=3" and not SavedFilter.objects.exists()


def test_the_ledger_opens_with_the_one_chosen_for_it_until_all_is_asked_for(save, client_of, clerk):
    save(clerk, name="甲", opens="1")
    save(clerk, "?f_size=4", name="乙", opens="1")
    client = client_of(clerk)
    assert [(one.name, one.opens) for one in SavedFilter.objects.all()] == [("乙", True), ("甲", False)]
    opened = client.get(LIST)
    assert opened.status_code == 302 and "f_size=4" in opened["Location"]
    page = client.get(opened["Location"]).content.decode()
    assert 'href="?all=1"' in page
    assert client.get(f"{LIST}?all=1").status_code == 200
    pk = SavedFilter.objects.get(name="乙").pk
    client.post(f"{LIST}filters/{pk}/unopen/")
    assert client.get(LIST).status_code == 200


def test_a_condition_that_the_ledger_has_lost_is_told_and_the_rest_still_narrows(
    save, browse, clerk, household, monkeypatch
):
    save(clerk, "?f_size=3&f_head=王")
    ledger = REGISTRY["households"]
    lost = ledger.by_name["head"]
    monkeypatch.setattr(ledger, "columns", [c for c in ledger.columns if c is not lost])
    page = browse(clerk, only().address)
    assert "台账里已经没有" in page and f"{lost.label}：王" in page
    assert household.number in page


def test_not_more_than_so_many_of_one_person(save, clerk, monkeypatch):
    monkeypatch.setattr("povertyparty.pages.saved.MOST", 1)
    save(clerk)
    assert "最多保存 1 个" in save(clerk, name="又一个").content.decode()


def test_one_of_another_ledger_is_not_found(save, client_of, clerk):
    save(clerk)
    assert client_of(clerk).post(f"/ledgers/items/filters/{only().pk}/delete/").status_code == 404

"""压茬交接: who answers for open items leaves a village once their pack is handed over, and the successor finds it."""

from datetime import date

import pytest

from inspections.models import Handover
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.conftest import FAR_VILLAGE, VILLAGE
from villages.models import Posting

pytestmark = pytest.mark.django_db
PROCESS, PACKS = REGISTRY["postings"], REGISTRY["handovers"]
ENDS = {
    "rotate": {},
    "recall": {"reason": "不能坚持在岗"},
    "transfer": {"document": "示例〔2021〕1号"},
}


@pytest.fixture(autouse=True)
def whole_county(places):
    with everywhere("test"):
        yield


@pytest.fixture
def stationed():
    def make(name, duty="first_secretary", came_on="2019-01-01"):
        return Posting.objects.create(
            place_id=VILLAGE, name=name, unit="县教育局", duty=duty, came_on=came_on
        )

    return make


@pytest.fixture
def leaving(stationed):
    stationed("何到任", came_on="2021-01-20")
    return stationed("吴启程")


def begin(found, user, successor="何到任"):
    PROCESS.take(found, "hand_over", user, successor=successor, begun_on="2021-01-25")
    return Handover.objects.filter(giver=found.name).first()


def refused(found, user, verb="rotate"):
    with pytest.raises(StepBarred) as refusal:
        PROCESS.take(found, verb, user, left_on="2021-02-01", **ENDS[verb])
    found.refresh_from_db()
    return str(refusal.value)


def test_the_hand_over_begins_the_pack_and_nobody_types_it_again(leaving, item_in, clerk):
    item_in("doing")
    made = begin(leaving, clerk)
    assert (made.place_id, made.office, made.receiver, made.on, made.state) == (
        VILLAGE, "第一书记", "何到任", date(2021, 1, 25), "draft",
    )  # fmt: skip


@pytest.mark.parametrize("facts", [{"state": "closed"}, {"state": "doing", "place": FAR_VILLAGE}])
def test_where_nothing_is_open_in_the_village_there_is_no_pack_and_one_may_leave(
    facts, leaving, item_in, clerk, officer
):
    item_in(**facts)
    assert begin(leaving, clerk) is None
    PROCESS.take(leaving, "rotate", officer, left_on="2021-02-01")
    assert leaving.state == Posting.State.LEFT


@pytest.mark.parametrize("verb", ENDS)
def test_who_has_not_begun_to_hand_over_does_not_leave(verb, leaving, item_in, officer):
    item = item_in("doing")
    told = refused(leaving, officer, verb)
    assert item.code in told and "请先“开始压茬交接”" in told and leaving.left_on == ""


def test_what_is_still_to_be_confirmed_is_named_until_all_three_have(
    leaving, item_in, filer, clerk, leader, officer
):
    item_in("doing"), item_in("assigned")
    made = begin(leaving, clerk)
    assert "2项未办结" in (told := refused(leaving, officer)) and "请先由移交人确认" in told
    PACKS.take(made, "give", filer, signed_by="吴启程")
    assert "交给何到任的交接清单待接收：请先由接收人确认" in refused(leaving, officer)
    PACKS.take(made, "receive", clerk, signed_by="何到任")
    assert "请先由监交人确认" in refused(leaving, officer)
    PACKS.take(made, "witness", leader, signed_by="监交员")
    PROCESS.take(leaving, "rotate", officer, left_on="2021-02-01")
    assert (leaving.state, leaving.rotation) == ("left", "期满轮换")


def test_a_pack_of_an_earlier_term_is_none_of_this(leaving, item_in, officer):
    item_in("doing")
    Handover.objects.create(
        place_id=VILLAGE, giver="吴启程", receiver="别人", on=date(2018, 6, 1), state="closed", locked=True, pack=[]
    )  # fmt: skip
    assert "还没有交接清单" in refused(leaving, officer)


def test_a_pack_that_was_registered_by_hand_is_the_one(leaving, item_in, clerk):
    item_in("doing")
    own = Handover.objects.create(place_id=VILLAGE, giver="吴启程", receiver="何到任", on=date(2021, 1, 21))
    assert begin(leaving, clerk) == own and Handover.objects.count() == 1


@pytest.mark.parametrize(("person", "answers"), [("王同心、吴启程", True), ("吴启程远", False), ("", False)])
def test_a_member_of_the_team_answers_for_what_names_them(person, answers, stationed, item_in, clerk):
    stationed("何到任", duty="member")
    found = stationed("吴启程", duty="member")
    item_in("doing", facts={"person": person})
    assert (begin(found, clerk) is not None) is answers


def test_the_county_leader_may_let_somebody_go_all_the_same(leaving, item_in, chief):
    item_in("doing")
    PROCESS.take(leaving, "release", chief, left_on="2021-02-01", reason="因病住院不能驻村")
    assert leaving.state == Posting.State.LEFT


def test_nobody_hands_over_to_themselves(leaving, stationed, clerk):
    stationed("吴启程", came_on="2021-01-01")
    with pytest.raises(StepIncomplete, match="不能是本人"):
        begin(leaving, clerk, successor="吴启程")


def test_nobody_hands_over_before_they_came(leaving, clerk):
    with pytest.raises(StepIncomplete, match="不能早于到村时间"):
        PROCESS.take(leaving, "hand_over", clerk, successor="何到任", begun_on="2018-12-31")


def test_both_find_the_pack_on_their_own_page(leaving, item_in, clerk, client_of):
    item_in("doing")
    made, client = begin(leaving, clerk), client_of(clerk)
    for one in Posting.objects.all():
        page = client.get(f"/ledgers/postings/{one.pk}/").content.decode()
        assert f'href="/handovers/{made.pk}/"' in page, one.name

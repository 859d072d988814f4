"""What is near a finding while it is typed: the same place and kind, or nearly the same words; in scope only."""

import pytest

from inspections.models import Finding, Item
from povertyparty.scope import everywhere
from tests.conftest import FAR_VILLAGE, NEIGHBOUR, VILLAGE

pytestmark = pytest.mark.django_db
TYPED = "第一书记的培训课程设置不精准"


def filed(code, text, place=VILLAGE, category="P2", stage="split", **facts):
    with everywhere("test data"):
        return Finding.objects.create(
            place_id=place, code=code, text=text, category=category, stage=stage, **facts
        )


def near(client, text=TYPED, place="", category="", tail=""):
    return client.get(
        f"/findings/similar/{tail}", {"text": text, "place": place, "category": category}
    ).content.decode()


def test_nearly_the_same_words_are_found_and_others_are_not(places, clerk, client_of):
    filed("A1", "培训课程设置不够精准", NEIGHBOUR), filed("A2", "合作社分红没有公示")
    page = near(client_of(clerk))
    assert "A1" in page and "A2" not in page


def test_of_the_same_place_and_kind_all_are_told_whatever_they_say(places, clerk, client_of):
    filed("A1", "合作社分红没有公示"), filed("A2", "合作社分红没有公示", category="P3")
    page = near(client_of(clerk), place=VILLAGE, category="P2")
    assert "A1" in page and "同地区同类别" in page and "A2" not in page


def test_another_township_s_are_never_told(places, clerk, client_of):
    filed("FAR-1", "培训课程设置不够精准", FAR_VILLAGE)
    assert "FAR-1" not in near(client_of(clerk), place=FAR_VILLAGE, category="P2")


@pytest.mark.parametrize("stage", ["draft", "voided"])
def test_drafts_and_what_was_voided_do_not_count(stage, places, clerk, client_of):
    filed("A1", "培训课程设置不够精准", stage=stage)
    assert "A1" not in near(client_of(clerk))


@pytest.mark.parametrize(
    "state,round,word",
    [("doing", 1, "正在整改"), ("closed", 1, "曾销号"), ("doing", 2, "反弹"), (None, 1, "已登记")],
)
def test_it_is_told_what_became_of_it(state, round, word, places, clerk, client_of):
    found = filed("A1", "培训课程设置不够精准")
    if state:
        with everywhere("test data"):
            Item.objects.create(place_id=VILLAGE, finding=found, code="A1-1", state=state, round=round)
    assert word in near(client_of(clerk))


def test_the_finding_itself_is_not_near_itself(places, clerk, client_of):
    found = filed("A1", "培训课程设置不够精准")
    assert "A1" not in near(client_of(clerk), tail=f"{found.pk}/")


@pytest.mark.parametrize("text", ["", "培", "'; --", "\0", "%_" * 40, "😀" * 5])
def test_odd_words_are_taken(text, places, clerk, client_of):
    filed("A1", "培训课程设置不够精准")
    assert "<li>" not in near(client_of(clerk), text)


def test_the_form_asks_while_one_types(places, clerk, client_of):
    page = client_of(clerk).get("/ledgers/findings/add/").content.decode()
    assert 'hx-get="/findings/similar/"' in page

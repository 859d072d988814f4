"""The quality rules find every error that a test plants, and nothing besides; who sees them, and how they are opened."""

import io
import re
from datetime import date

import pytest
from django.db import connection
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from povertyparty.quality import REGISTRY, Severity, broken, counts, of, register
from povertyparty.scope import everywhere
from tests.conftest import FAR, FAR_VILLAGE, VILLAGE
from tests.villages.planting import PLANTS, enrolment, family, made
from villages.ledgers.households import HOUSEHOLDS
from villages.ledgers.training import TRAINING_CLASSES
from villages.models import Cadre, Household, JointReview, Role, TrainingClass

pytestmark = pytest.mark.django_db

ON = date(2020, 6, 30)
RULES = [rule for rule in REGISTRY.values() if not rule.gap]


def test_every_rule_has_its_planted_error_and_there_are_at_least_forty():
    assert set(PLANTS) == set(REGISTRY) and len(RULES) >= 40


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_the_quality_rules_find_every_error_that_a_test_plants(code, places):
    rule = REGISTRY[code]
    with everywhere("test"):
        bad, good = PLANTS[code]()
        bad = bad if isinstance(bad, list) else [bad]
        assert rule.model.objects.filter(pk=good.pk).exists() and good not in bad
        assert set(rule.rows(ON)) == set(bad) and rule.rows(ON).count() == len(bad)
        assert counts([rule], ON) == {code: len(bad)}
        found = {code: n for code, n in counts(RULES, ON).items() if n}
        assert found == ({} if rule.gap else {code: len(bad)})


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_a_rule_says_what_it_compares_and_what_to_do(code):
    rule = REGISTRY[code]
    assert rule.why.endswith("。") and rule.remedy.endswith("。") and not rule.label.endswith("。")


def test_no_rule_speaks_of_anybodys_mind():
    words = "".join(rule.label + rule.why + rule.remedy for rule in REGISTRY.values())
    assert not re.search("思想|态度|等靠要|内生动力|动力不足|觉悟|不配合|懒|落后|排名|倒数", words)


DECLARED = {
    "label": "",
    "ledger": "households",
    "severity": Severity.ERROR,
    "why": "",
    "remedy": "",
    "where": lambda on: Q(size=1),
}


@pytest.mark.parametrize(
    "condition", [Q(people__name="x"), ~Q(Exact(F("people__name"), F("head"))), Q(head=F("people__name"))]
)
def test_a_condition_that_would_show_a_row_several_times_is_refused(condition):
    with pytest.raises(ValueError, match="to-many"):
        register(code="wrong", **DECLARED | {"where": lambda on: condition})


@pytest.mark.parametrize("wrong", [{"code": "household_size_differs"}, {"code": "new", "ledger": "nothing"}])
def test_a_code_said_twice_and_a_ledger_that_is_not_there_are_refused(wrong):
    with pytest.raises(ValueError, match="declared twice, or there is no ledger"):
        register(**DECLARED | wrong)


# The page


def told(client, address="/quality/?on=2020-06-30"):
    return client.get(address).context["parts"]


def numbers(client, address="/quality/?on=2020-06-30"):
    return {one["code"]: one["count"] for part in told(client, address) for one in part["rules"]}


@pytest.fixture
def here_and_there(places):
    """The same error in a village of 近山镇 and in one of 远水乡."""
    with everywhere("test data"):
        return [family("王小明", "王小红", size=3, place_id=place) for place in (VILLAGE, FAR_VILLAGE)]


def test_each_sees_the_errors_of_their_own_places(here_and_there, officer, clerk, filer, client_of):
    found = [numbers(client_of(user))["household_size_differs"] for user in (officer, clerk, filer)]
    assert found == [2, 1, 1]


def test_a_place_elsewhere_is_not_asked_about(here_and_there, clerk, client_of):
    elsewhere = numbers(client_of(clerk), f"/quality/?on=2020-06-30&place={FAR}")
    assert elsewhere == numbers(client_of(clerk))


def test_the_county_can_ask_about_one_township(here_and_there, officer, client_of):
    assert numbers(client_of(officer), f"/quality/?on=2020-06-30&place={FAR}")["household_size_differs"] == 1


def test_who_may_not_see_ledgers_sees_no_rules(here_and_there, somebody, client_of):
    client = client_of(somebody(Role.READER))
    assert client.get("/quality/").status_code == 403 and "/quality/" not in client.get("/").content.decode()


def test_the_page_is_in_the_menu(clerk, client_of):
    assert 'href="/quality/"' in client_of(clerk).get("/").content.decode()


def test_rules_on_reviews_are_for_those_who_may_see_reviews(officer, clerk, client_of):
    with everywhere("test data"):
        made(Cadre, name="张三", review="符合"), made(JointReview, conclusion="不符合")
    assert numbers(client_of(officer))["joint_review_differs"] == 1
    assert "联审" not in "".join(str(rule.label) for rule in of(clerk))
    assert "joint_review" not in client_of(clerk).get("/quality/?on=2020-06-30").content.decode()


def test_a_class_seen_through_ones_own_trainees_is_not_counted_by_them_alone(places, in_scope, clerk):
    with everywhere("test data"):
        training = made(TrainingClass, trained=2, passed=0)
        enrolment(training, "张三"), enrolment(training, "李四", place_id=FAR_VILLAGE)
    with in_scope(clerk):
        assert TrainingClass.objects.filter(pk=training.pk).exists()
        assert not counts(RULES, ON)["class_trained_differs"] and not broken(
            TRAINING_CLASSES, training.pk, ON
        )


def test_the_page_costs_the_same_queries_for_few_rows_and_many(here_and_there, officer, client_of):
    client = client_of(officer)
    client.get("/quality/?on=2020-06-30")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get("/quality/?on=2020-06-30")
        return len(queries)

    few = cost()
    with everywhere("test data"):
        for _ in range(30):
            family("王小明", "王小红", size=3)
            made(Cadre, id_number=f"6599061985051{len(Cadre.objects.all()):05}", sex="男")
    assert cost() == few < 2 * len({rule.ledger for rule in REGISTRY.values()})


def test_counting_costs_a_query_a_ledger_one_more_for_sealed_columns_and_one_a_rule_that_is_alone(
    here_and_there, django_assert_num_queries
):
    alone = sum(rule.alone for rule in REGISTRY.values())
    with (
        everywhere("test"),
        django_assert_num_queries(len({rule.ledger for rule in REGISTRY.values()}) + 1 + alone),
    ):
        counts(REGISTRY.values(), ON)


# The list and the record


def test_a_rule_opens_the_list_of_its_rows_and_says_what_to_do(here_and_there, officer, client_of):
    with everywhere("test data"):
        family("赵一", "赵二", size=2)
    page = client_of(officer).get("/ledgers/households/?rule=household_size_differs&on=2020-06-30")
    text = page.content.decode()
    assert text.count("<tr data-href") == 2 and REGISTRY["household_size_differs"].remedy in text


def test_a_rule_can_be_narrowed_further_and_stays_in_the_filter(here_and_there, officer, client_of):
    address = f"/ledgers/households/?rule=household_size_differs&on=2020-06-30&place={VILLAGE}"
    text = client_of(officer).get(address).content.decode()
    assert (
        text.count("<tr data-href") == 1
        and '<input type="hidden" name="rule" value="household_size_differs">' in text
    )


def test_a_rule_of_another_ledger_narrows_nothing(here_and_there, officer, client_of):
    text = client_of(officer).get("/ledgers/people/?rule=household_size_differs").content.decode()
    assert text.count("<tr data-href") == 4


def test_the_rows_of_a_rule_never_lie_elsewhere(here_and_there, clerk, client_of):
    address = f"/ledgers/households/?rule=household_size_differs&on=2020-06-30&place={FAR}"
    assert client_of(clerk).get(address).content.decode().count("<tr data-href") == 0


def sheet(workbook):
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


def test_the_excel_of_a_rule_says_which_rule_in_its_head(here_and_there, officer, client_of):
    address = "/ledgers/households/export/?rule=household_size_differs&on=2020-06-30"
    rows = sheet(client_of(officer).post(address, {"format": "list"}).content)
    head = "".join(str(cell) for row in rows[:3] for cell in row)
    assert "数据质量：家庭人口数与登记的成员数不一致（2020-06-30）" in head and len(rows) == 4 + 2


def test_a_record_says_which_rules_it_breaks(here_and_there, officer, client_of):
    text = client_of(officer).get(f"/ledgers/households/{here_and_there[0].pk}/").content.decode()
    assert REGISTRY["household_size_differs"].label in text
    assert REGISTRY["household_head_named_differently"].label not in text


def test_a_record_without_fault_says_nothing(places, officer, client_of):
    with everywhere("test data"):
        project = PLANTS["project_done_without_acceptance"]()[1]
    assert "处理：" not in client_of(officer).get(f"/ledgers/projects/{project.pk}/").content.decode()


def test_the_rules_of_one_record_cost_two_queries_at_most(here_and_there, django_assert_max_num_queries):
    with everywhere("test"), django_assert_max_num_queries(1):
        assert [rule.code for rule in broken(HOUSEHOLDS, here_and_there[0].pk, ON) if not rule.gap] == [
            "household_size_differs"
        ]


def test_what_was_removed_is_no_longer_judged(here_and_there):
    with everywhere("test"):
        Household.objects.update(removed_on="2020-05")
        assert not any(
            n for code, n in counts(REGISTRY.values(), ON).items() if code.startswith("household_")
        )


# The fictional county


@pytest.fixture(scope="module")
def county_officer(fiction, fiction_user):
    return fiction_user(Role.COUNTY_OFFICER, fiction.code)


@pytest.mark.parametrize("ledger", sorted({rule.ledger for rule in REGISTRY.values()}))
def test_the_number_of_a_rule_is_that_of_its_list_and_its_excel(ledger, county_officer, client_of, in_scope):
    client, family = client_of(county_officer), [rule for rule in REGISTRY.values() if rule.ledger == ledger]
    with in_scope(county_officer):
        found = counts(family, ON)
    for rule in family:
        query = f"?rule={rule.code}&on={ON}"
        page = client.get(f"/ledgers/{ledger}/{query}&size=200").content.decode()
        assert int(re.search(r"共 ([\d,]+)", page)[1].replace(",", "")) == found[rule.code], rule.code
        assert page.count("<tr data-href") == min(found[rule.code], 200)
        book = sheet(client.post(f"/ledgers/{ledger}/export/{query}", {"format": "list"}).content)
        assert len(book) == 4 + found[rule.code]


def test_the_counts_of_the_townships_never_exceed_those_of_the_county(fiction, county_officer, in_scope):
    with in_scope(county_officer):
        whole = counts(REGISTRY.values(), ON)
        parts = [counts(REGISTRY.values(), ON, township.code) for township in fiction.townships]
    assert not {code for code in whole if sum(part[code] for part in parts) > whole[code]}
    assert sum(whole.values())

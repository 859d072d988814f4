"""For each rule of data quality and each gap: one row that breaks it, and its clean counterpart."""

from datetime import date
from itertools import count

from inspections.models import Cause, CauseOfMeasure, Finding, Item, Measure
from tests.conftest import COUNTY, FAR_VILLAGE, NEIGHBOUR, VILLAGE
from tests.inspections.pressing import paper
from villages.models import (
    Adjustment,
    Branch,
    Cadre,
    CaseStudy,
    CollectiveIncome,
    Contact,
    Cooperative,
    Election,
    Enrolment,
    ExitCheck,
    Help,
    Household,
    JointReview,
    Leader,
    Mentoring,
    Pairing,
    Person,
    Place,
    Posting,
    Project,
    Reserve,
    TrainingClass,
    Unit,
    Village,
    VillageFund,
    Visit,
)

PLANTS = {}
numbers = count(1)
ID_OF_A_WOMAN = "659906198505120028"  # born 1985-05-12, the 17th digit even
SECRETARY, HEAD, CLERK = Cadre.Post.SECRETARY, Cadre.Post.HEAD, Cadre.Post.CLERK
FIRST = Posting.Duty.FIRST_SECRETARY

OWN = {
    Household: lambda: {"number": f"H{next(numbers)}", "head": "王小明"},
    Cadre: lambda: {"name": f"干部{next(numbers)}", "post": CLERK},
    Posting: lambda: {
        "name": f"队员{next(numbers)}",
        "unit": "县教育局",
        "duty": Posting.Duty.MEMBER,
        "came_on": "2019-01-01",
    },
    Reserve: lambda: {"name": f"后备{next(numbers)}", "born_on": "1990-01"},
    Branch: lambda: {"name": f"支部{next(numbers)}"},
    Leader: lambda: {"name": f"带头人{next(numbers)}"},
    Cooperative: lambda: {"name": f"合作社{next(numbers)}", "uscc": f"{next(numbers):018}"},
    Project: lambda: {"number": f"X{next(numbers)}", "name": "项目"},
    TrainingClass: lambda: {
        "place_id": COUNTY,
        "number": f"B{next(numbers)}",
        "name": "培训",
        "starts_on": "2020-01-01",
    },
    Visit: lambda: {"on": "2020-06-01", "visitor": f"走访人{next(numbers)}", "way": "入户"},
    Finding: lambda: {
        "place_id": COUNTY,
        "code": f"F{next(numbers)}",
        "text": f"问题{next(numbers)}",
        "stage": "split",
    },
    Unit: lambda: {"place_id": COUNTY, "name": f"单位{next(numbers)}"},
    CaseStudy: lambda: {"kind": "自强脱贫户"},
    JointReview: lambda: {"name": "张三", "post": "书记", "on": "2020-06-20"},
    Adjustment: lambda: {"name": "张三", "kind": "免职", "reason": "工作需要", "on": "2020-05-01"},
    Election: lambda: {"year": 2018},
}


def made(model, **own):
    defaults = {"place_id": VILLAGE} | OWN.get(model, dict)()
    return model.objects.create(**defaults | own)


def person(household, name="王小明", relation="户主", **own):
    own = {"number": f"{next(numbers):03}", "place_id": household.place_id} | own
    return made(Person, household=household, name=name, relation=relation, **own)


def pairing(household, helper="李责任", since="2019-01-01", **own):
    own = {"place_id": household.place_id} | own
    return made(Pairing, household=household, helper=helper, since=since, **own)


def visit(household, visitor, on="2020-06-01", **own):
    own = {"place_id": household.place_id} | own
    return made(Visit, household=household, visitor=visitor, on=on, **own)


def family(*names, **own):
    """A household and its people, the first of them its head."""
    household = made(Household, **{"head": names[0]} | own)
    for at, name in enumerate(names):
        person(household, name, "其他" if at else "户主")
    return household


def enrolment(training, name, **own):
    return made(Enrolment, training=training, name=name, **own)


def item(**own):
    own = {
        "code": f"I{next(numbers)}",
        "unit": "县教育局",
        "person": "张三",
        "due_on": date(2020, 12, 31),
    } | own
    return made(Item, finding=made(Finding), **own)


def pair(model, bad, good=None, **both):
    """Two records in two villages that differ in these fields only."""
    return made(model, **both | bad), made(model, **both | {"place_id": NEIGHBOUR} | (good or {}))


def plant(make):
    PLANTS[make.__name__] = make
    return make


# 户和人口


@plant
def household_size_differs():
    return family("王小明", "王小红", size=3), family("赵一", "赵二", size=2)


@plant
def household_with_two_heads():
    two = family("王小明")
    person(two, "王小红")
    return two, family("赵一", "赵二")


@plant
def household_without_head():
    headless = made(Household)
    person(headless, relation="配偶")
    return headless, family("赵一")


@plant
def household_head_named_differently():
    return family("王小明", head="王晓明"), family("赵一")


@plant
def household_head_id_differs():
    bad, good = made(Household, head_id="659906198505120010"), made(Household, head_id=ID_OF_A_WOMAN)
    person(bad, id_number="659906198505120036")
    person(good, id_number=ID_OF_A_WOMAN)
    return bad, good


@plant
def household_exit_before_registration():
    return pair(
        Household, {"identified_on": "2016-01"}, {"identified_on": "2015"}, exit_year=2015, status="1"
    )


@plant
def household_exit_in_future():
    return pair(Household, {"exit_year": 2021}, {"exit_year": 2020}, status="1")


@plant
def household_lifted_without_exit_year():
    return pair(Household, {"exit_year": None}, {"exit_year": 2019}, status="1")


@plant
def household_unlifted_with_exit_year():
    return pair(Household, {"status": "0"}, {"status": "3"}, exit_year=2018)


@plant
def household_income_does_not_add_up():
    bad = family("王小明", "王小红", size=2, wages=9000, transfers=1000, business_costs=2000, net_income=5000)
    return bad, family(
        "赵一", "赵二", size=2, wages=9000, transfers=1000, business_costs=2000, net_income=4000
    )


@plant
def household_labour_above_size():
    return family("王小明", size=1, labour=2), family("赵一", size=1, labour=1)


@plant
def household_monitoring_unclear():
    return pair(Household, {"monitoring": ""}, {"monitoring": "边缘易致贫户"}, monitored=True)


@plant
def household_helper_differs():
    bad, good = pair(Household, {"helper": "张三"}, {"helper": "李责任"})
    pairing(bad), pairing(good)
    return bad, good


@plant
def household_stage_after_exit():
    return pair(Household, {"stage": "notice"}, {"stage": ""}, status="1", exit_year=2019)


@plant
def person_elsewhere_than_household():
    household = made(Household)
    return person(household, "王小红", "之女", place_id=NEIGHBOUR), person(household)


@plant
def person_twice_in_household():
    household = made(Household)
    good = person(household)
    return [person(household, "王小红", "之女"), person(household, "王小红", "之女")], good


@plant
def person_work_incomplete():
    household = made(Household)
    good = person(household, work_months=3, work_area="省外务工")
    return person(household, "王小红", "之女", work_months=3), good


# 结对、走访、帮扶


@plant
def helper_with_too_many_households():
    bad = [pairing(made(Household), "张三") for _ in range(6)]
    good = [pairing(made(Household), "李四") for _ in range(5)]
    return bad, good[0]


@plant
def pairing_for_removed_household():
    removed = made(Household, removed_on="2020-03")
    good = pairing(made(Household, removed_on="2020-03"), until="2020-03-31")
    return pairing(removed), good


@plant
def pairing_without_successor():
    bad, good = pairing(made(Household), until="2020-05-31"), pairing(made(Household), until="2020-05-31")
    pairing(good.household, "接续人", "2020-05-31")
    return bad, good


@plant
def pairing_twice_in_force():
    twice = made(Household)
    once = pairing(made(Household), until="2019-12-31")
    pairing(once.household, since="2019-12-31")
    return [pairing(twice), pairing(twice, since="2020-01-01")], once


@plant
def visit_before_pairing():
    household = made(Household)
    pairing(household, since="2020-03-01")
    return visit(household, "李责任", "2020-02-01"), visit(household, "李责任", "2020-04-01")


@plant
def visit_matter_unsettled():
    own = {"on": "2020-05-01", "to_arrange": "修路"}
    return pair(Visit, {"done_on": ""}, {"done_on": "2020-05-20"}, **own)


@plant
def visit_in_future():
    return pair(Visit, {"on": "2020-07-01"}, {"on": "2020-06-30"})


@plant
def visit_elsewhere_than_household():
    household = made(Household)
    return visit(household, "张三", place_id=NEIGHBOUR), visit(household, "张三")


@plant
def visit_settled_without_matter():
    return pair(Visit, {"problem": ""}, {"problem": "缺水"}, done_on="2020-06-10")


@plant
def mentor_not_in_post():
    made(Posting, name="王队", left_on="2020-05-01"), made(Posting, name="赵队")
    return made(Mentoring, mentor="王队", cadre="张三"), made(Mentoring, mentor="赵队", cadre="李四")


@plant
def help_for_removed_household():
    removed = made(Household, removed_on="2020-03")
    own = {"household": removed, "since": "2019-01-01"}
    return made(Help, kind="产业扶持", **own), made(Help, kind="务工就业", until="2020-03", **own)


# 干部


@plant
def cadre_sex_differs_from_id():
    return pair(
        Cadre, {"sex": "男", "id_number": ID_OF_A_WOMAN}, {"sex": "女", "id_number": "659906198505120044"}
    )


@plant
def cadre_birth_differs_from_id():
    bad = {"born_on": "1985-06", "id_number": ID_OF_A_WOMAN}
    return pair(Cadre, bad, {"born_on": "1985-05", "id_number": "659906198505120044"})


@plant
def cadre_age_from_id_under_18():
    return pair(Cadre, {"id_number": "659906200207010022"}, {"id_number": "659906200206300025"})


@plant
def cadre_in_two_villages():
    own = {"name": "张三", "born_on": "1980-01"}
    made(Cadre, place_id=FAR_VILLAGE, left_on="2019-12", **own | {"born_on": "1979-01"})
    good = made(Cadre, place_id=FAR_VILLAGE, **own | {"born_on": "1979-01"})
    return [*pair(Cadre, {}, **own)], good


@plant
def cadre_two_secretaries():
    good = made(Cadre, post=SECRETARY, place_id=NEIGHBOUR)
    made(Cadre, post=SECRETARY, place_id=NEIGHBOUR, left_on="2019-12")
    return [made(Cadre, post=SECRETARY), made(Cadre, post=SECRETARY)], good


@plant
def cadre_heads_both_but_two_persons():
    made(Cadre, post=HEAD)
    return pair(Cadre, {}, post=SECRETARY, heads_both=True)


@plant
def cadre_secretary_not_member():
    return pair(Cadre, {"political": "群众"}, {"political": "中共党员"}, post=SECRETARY)


@plant
def cadre_joined_party_under_18():
    return pair(Cadre, {"born_on": "1990-01"}, {"born_on": "1987"}, joined_party_on="2005-07-01")


@plant
def cadre_since_in_future():
    return pair(Cadre, {"since": "2020-07"}, {"since": "2020-06"})


@plant
def posting_past_due():
    return pair(Posting, {"due_on": "2020-05"}, {"due_on": "2020-06"})


@plant
def posting_due_before_coming():
    return pair(Posting, {"due_on": "2018-12-31"}, {"due_on": "2019-12-31"}, left_on="2020-01-01")


@plant
def posting_without_successor():
    for place in (VILLAGE, NEIGHBOUR):
        made(Village, place_id=place, poverty_level="regional", listed_year=2014)
    made(Posting, duty=FIRST, left_on="2019-12-31")  # an earlier one, who had a successor
    bad, good = pair(Posting, {}, duty=FIRST, came_on="2019-12-31", left_on="2020-05-31")
    made(Posting, duty=FIRST, place_id=NEIGHBOUR, came_on="2020-05-31")
    return bad, good


@plant
def posting_in_two_villages():
    made(Posting, name="李四", left_on="2019-12-31")
    good = made(Posting, name="李四", place_id=NEIGHBOUR)
    return [*pair(Posting, {}, name="张三")], good


@plant
def posting_two_first_secretaries():
    made(Posting, duty=FIRST, place_id=NEIGHBOUR, left_on="2019-12-31")
    good = made(Posting, duty=FIRST, place_id=NEIGHBOUR)
    return [made(Posting, duty=FIRST), made(Posting, duty=FIRST)], good


@plant
def posting_holds_village_post():
    made(Cadre, name="张三"), made(Cadre, name="李四", left_on="2019-12")
    return made(Posting, name="张三"), made(Posting, name="李四")


@plant
def reserve_already_cadre():
    made(Cadre, name="张三", born_on="1990-01"), made(Cadre, name="李四", born_on="1990-01")
    used = {"state": "used", "left_on": "2020-01", "left_for": "文书"}
    return made(Reserve, name="张三"), made(Reserve, name="李四", **used)


@plant
def reserve_over_age():
    return pair(Reserve, {"born_on": "1974-05"}, {"born_on": "1974-07"})


@plant
def reserve_left_without_record():
    return pair(Reserve, {"left_for": ""}, {"left_for": "文书"}, state="used", left_on="2020-01")


@plant
def adjustment_still_in_post():
    made(Cadre, name="张三"), made(Cadre, name="张三", place_id=NEIGHBOUR, left_on="2020-05-01")
    return pair(Adjustment, {}, post=CLERK)


@plant
def joint_review_differs():
    made(Cadre, name="张三", review="符合")
    earlier = made(JointReview, conclusion="暂缓", on="2019-01-01")
    return made(JointReview, conclusion="不符合"), earlier


@plant
def joint_review_without_conclusion():
    return pair(JointReview, {"on": "2020-05-01"}, {"on": "2020-06-20"})


# 村、党组织


@plant
def village_households_differ():
    for place in (VILLAGE, NEIGHBOUR):
        made(Household, place_id=place), made(Household, place_id=place, removed_on="2020-01")
    return pair(Village, {"stated_households": 2}, {"stated_households": 1})


@plant
def village_persons_differ():
    person(made(Household)), person(made(Household, place_id=NEIGHBOUR))
    return pair(Village, {"stated_persons": 2}, {"stated_persons": 1})


@plant
def village_unlifted_households_differ():
    for place in (VILLAGE, NEIGHBOUR):
        made(Household, place_id=place), made(Household, place_id=place, status="1", exit_year=2018)
    return pair(Village, {"stated_unlifted_households": 2}, {"stated_unlifted_households": 1})


@plant
def village_unlifted_persons_differ():
    person(made(Household)), person(made(Household, place_id=NEIGHBOUR))
    return pair(Village, {"stated_unlifted_persons": 0}, {"stated_unlifted_persons": 1})


@plant
def village_rate_differs():
    person(made(Household)), person(made(Household, place_id=NEIGHBOUR))
    return pair(Village, {"stated_rate": "0.42"}, {"stated_rate": "0.33"}, all_persons=300)


@plant
def village_poor_above_population():
    bad, good = pair(Village, {"all_households": 0}, {"all_households": 1}, stated_households=1)
    made(Household), made(Household, place_id=NEIGHBOUR)
    return bad, good


@plant
def village_poor_without_listed_year():
    return pair(Village, {"poverty_level": "regional"}, {"poverty_level": "none"})


@plant
def village_exit_in_future():
    return pair(Village, {"exit_year": 2021}, {"exit_year": 2020})


@plant
def village_exited_with_failing_check():
    for place in (VILLAGE, NEIGHBOUR):
        made(ExitCheck, place_id=place, checked_on="2020-01-01", has_water="不达标")
    made(ExitCheck, place_id=NEIGHBOUR, checked_on="2020-05-01", has_water="达标")
    return pair(Village, {}, exit_year=2019)


@plant
def village_income_differs():
    for place in (VILLAGE, NEIGHBOUR):
        made(CollectiveIncome, place_id=place, year=2018, subsidies=5)
        made(CollectiveIncome, place_id=place, year=2019, subsidies=8)
    return pair(Village, {"collective_income": 5}, {"collective_income": 8})


@plant
def village_unit_differs():
    made(Contact, unit="县教育局"), made(Contact, unit="县教育局", place_id=NEIGHBOUR)
    return pair(Village, {"helping_unit": "县水利局"}, {"helping_unit": "县教育局"})


@plant
def village_first_secretary_differs():
    made(Posting, duty=FIRST, name="张三", left_on="2019-12-31"), made(Posting, duty=FIRST, name="李四")
    made(Posting, duty=FIRST, name="张三", place_id=NEIGHBOUR)
    return pair(Village, {}, first_secretary="张三")


@plant
def village_party_secretary_differs():
    made(Cadre, post=SECRETARY, name="李四"), made(Cadre, post=SECRETARY, name="张三", place_id=NEIGHBOUR)
    return pair(Village, {}, party_secretary="张三")


@plant
def place_namesakes():
    Place.objects.create(code=f"{NEIGHBOUR[:9]}202", name="后湾村")
    Place.objects.create(code=f"{FAR_VILLAGE[:9]}201", name="前湾村")
    good = Place.objects.get(code=VILLAGE)
    return [*Place.objects.filter(name="后湾村").order_by("code")], good


@plant
def branch_secretary_differs():
    made(Cadre, post=SECRETARY, name="李四"), made(Cadre, post=SECRETARY, name="张三", place_id=NEIGHBOUR)
    return pair(Branch, {}, secretary="张三")


@plant
def branch_heads_both_but_two_persons():
    made(Cadre, post=SECRETARY), made(Cadre, post=HEAD), made(Cadre, post=SECRETARY, place_id=NEIGHBOUR)
    return pair(Branch, {}, heads_both=True)


@plant
def branch_parts_above_members():
    return pair(Branch, {"women": 8}, {"women": 7}, members=5, probationary=2)


@plant
def branch_too_small():
    return pair(Branch, {"kind": "支部"}, {"kind": "联合支部"}, members=2)


@plant
def election_out_of_order():
    bad = {"committee_on": "2018-10-01"}
    return pair(Election, bad, {"committee_on": "2018-12-01"}, branch_on="2018-11-01")


@plant
def election_heads_both_but_two_persons():
    made(Cadre, post=SECRETARY), made(Cadre, post=HEAD), made(Cadre, post=SECRETARY, place_id=NEIGHBOUR)
    return pair(Election, {}, heads_both=True)


@plant
def case_study_without_consent():
    good = {"consents": True, "subject": "王小明"}
    return pair(CaseStudy, {"subject": "未同意-1"}, good, reach="县内")


# 集体经济、经费、项目


@plant
def income_year_missing():
    made(CollectiveIncome, year=2017), made(CollectiveIncome, year=2018, place_id=NEIGHBOUR)
    return pair(CollectiveIncome, {}, year=2019)


@plant
def income_year_in_future():
    return pair(CollectiveIncome, {"year": 2021}, {"year": 2020})


@plant
def income_without_source():
    return pair(CollectiveIncome, {"source": ""}, {"source": "发包"}, year=2019, leases=3)


@plant
def fund_below_standard():
    own = {"year": 2019, "operating_due": 5, "paid_on": "2019-03"}
    return pair(VillageFund, {"operating_paid": 4}, {"operating_paid": 5}, **own)


@plant
def fund_service_spent_above_paid():
    return pair(VillageFund, {"service_spent": 6}, {"service_spent": 5}, year=2019, service_paid=5)


@plant
def fund_paid_without_date():
    return pair(VillageFund, {"paid_on": ""}, {"paid_on": "2019-03"}, year=2019, operating_paid=5)


@plant
def leader_is_no_cadre():
    made(Cadre, name="李四", place_id=NEIGHBOUR)
    return pair(Leader, {}, is_cadre=True, name="李四")


@plant
def cooperative_without_uscc():
    return pair(Cooperative, {"uscc": ""})


@plant
def cooperative_founded_in_future():
    return pair(Cooperative, {"founded_on": "2020-07-01"}, {"founded_on": "2020-06"})


@plant
def project_done_without_acceptance():
    return pair(Project, {"accepted_on": ""}, {"accepted_on": "2020-01-01"}, state="accepted")


@plant
def project_building_without_start():
    return pair(Project, {"started_on": ""}, {"started_on": "2020-01-01"}, state="building", cost=10)


@plant
def project_building_without_fund():
    return pair(Project, {"cost": 0}, {"cost": 10}, state="building", started_on="2020-01-01")


@plant
def project_paid_above_cost():
    return pair(Project, {"paid": 11}, {"paid": 10}, cost=10)


@plant
def project_sources_do_not_add_up():
    return pair(Project, {"local": 3}, {"local": 4}, central=6, cost=10)


@plant
def project_beneficiaries_above_village():
    made(Village, all_persons=100), made(Village, all_persons=100, place_id=NEIGHBOUR)
    return pair(Project, {"persons": 101}, {"persons": 100})


@plant
def project_accepted_before_start():
    own = {"state": "accepted", "accepted_on": "2020-02-01"}
    return pair(Project, {"started_on": "2020-03"}, {"started_on": "2020-01"}, **own)


@plant
def project_past_due():
    own = {"state": "building", "started_on": "2019-05", "cost": 10}
    return pair(Project, {"finish_due": "2020-05"}, {"finish_due": "2020-06"}, **own)


@plant
def project_built_below_100():
    return pair(Project, {"progress": 90}, {"progress": 100}, state="built")


@plant
def project_suspected():
    return pair(Project, {}, {"reworked": True}, changes=2)


# 培训


@plant
def class_trained_differs():
    bad, good = pair(TrainingClass, {"trained": 2}, {"trained": 1, "place_id": COUNTY})
    enrolment(bad, "张三"), enrolment(good, "张三")
    return bad, good


@plant
def class_passed_differs():
    bad, good = pair(TrainingClass, {}, {"place_id": COUNTY}, trained=1, passed=1)
    enrolment(bad, "张三", passed=False), enrolment(good, "张三", passed=True)
    return bad, good


@plant
def class_ended_unmeasured():
    own = {"ends_on": "2020-01-05", "exam": "笔试"}
    return pair(TrainingClass, {"length": ""}, {"length": "5天", "place_id": COUNTY}, **own)


@plant
def trainee_no_cadre():
    made(Cadre, name="李四")
    training = made(TrainingClass, audience="党组织书记")
    return enrolment(training, "张三"), enrolment(training, "李四")


@plant
def trainee_not_posted():
    made(Posting, name="李四")
    training = made(TrainingClass, audience="第一书记")
    return enrolment(training, "张三"), enrolment(training, "李四")


@plant
def trainee_id_differs():
    (
        made(Cadre, name="张三", id_number="659906198505120044"),
        made(Cadre, name="李四", id_number=ID_OF_A_WOMAN),
    )
    training = made(TrainingClass, audience="党组织书记")
    bad = enrolment(training, "张三", id_number="659906198505120060")
    return bad, enrolment(training, "李四", id_number=ID_OF_A_WOMAN)


# 整改


@plant
def item_overdue_unheard():
    return item(due_on=date(2020, 6, 29)), item(due_on=date(2020, 6, 30))


@plant
def item_closed_without_date():
    return item(state="closed"), item(state="closed", closed_on=date(2020, 6, 1))


@plant
def item_closed_before_found():
    own = {"state": "closed", "closed_on": date(2020, 6, 1)}
    return item(found_on=date(2020, 6, 2), **own), item(found_on=date(2020, 5, 1), **own)


@plant
def item_without_owner():
    return item(person=""), item()


@plant
def item_complete_but_open():
    return item(percent=100, state="doing"), item(percent=100, state="applied")


@plant
def finding_twice():
    good = made(Finding, text="另一问题")
    return [made(Finding, text="同一问题"), made(Finding, text="同一问题")], good


# 查漏


@plant
def household_without_helper():
    bad, good = made(Household, status="1", exit_year=2019), made(Household)
    pairing(bad, until="2020-05-01"), pairing(good)
    made(Household, removed_on="2020-01")
    return bad, good


@plant
def household_not_visited():
    bad, good = made(Household), made(Household)
    visit(bad, "张三", "2020-04-01"), visit(good, "张三", "2020-04-02")
    return bad, good


@plant
def household_visited_by_others_only():
    bad, good = made(Household), made(Household)
    for household in (bad, good):
        pairing(household), visit(household, "张三")
    visit(good, "李责任")
    return bad, good


@plant
def household_without_people():
    return made(Household), family("赵一")


@plant
def village_without_secretary():
    for place in (NEIGHBOUR, FAR_VILLAGE):
        made(Cadre, post=SECRETARY, place_id=place)
    return Place.objects.get(code=VILLAGE), Place.objects.get(code=NEIGHBOUR)


@plant
def village_without_first_secretary():
    made(Posting, duty=FIRST, place_id=NEIGHBOUR)
    return pair(Village, {}, poverty_level="national", listed_year=2014)


@plant
def village_gap_between_first_secretaries():
    for place, came in ((VILLAGE, "2020-03-01"), (NEIGHBOUR, "2019-12-31")):
        made(Posting, duty=FIRST, place_id=place, left_on="2019-12-31")
        made(Posting, duty=FIRST, place_id=place, came_on=came)
    return pair(Village, {})


@plant
def village_team_too_small():
    for place, members in ((VILLAGE, 2), (NEIGHBOUR, 3)):
        for _ in range(members):
            made(Posting, place_id=place)
    return pair(Village, {}, poverty_level="national", listed_year=2014)


@plant
def village_without_unit():
    made(Contact), made(Contact, place_id=NEIGHBOUR, unit="县教育局")
    return pair(Village, {}, poverty_level="national", listed_year=2014)


@plant
def village_short_of_reserves():
    for place, reserves in ((VILLAGE, 1), (NEIGHBOUR, 2), (FAR_VILLAGE, 2)):
        for _ in range(reserves):
            made(Reserve, place_id=place)
    return Place.objects.get(code=VILLAGE), Place.objects.get(code=NEIGHBOUR)


@plant
def unit_not_visiting():
    bad, good = made(Unit, name="县教育局"), made(Unit, name="县水利局")
    made(Unit, name="县档案局")  # has taken on nothing
    made(Contact, unit="县教育局")
    household = made(Household)
    pairing(household, "李责任", unit="县水利局 科长"), visit(household, "李责任")
    return bad, good


@plant
def finding_without_items():
    return made(Finding), item().finding


def measure(**own):
    """Begun, of an item under way, with all that is to be said of it."""
    own = {"code": f"M{next(numbers)}", "text": "制定方案", "who": "村党支部书记", "state": "doing"} | own
    return made(Measure, **{"due_on": date(2020, 12, 31), "item": own.pop("item", None) or item()} | own)


def cause(**own):
    return made(Cause, **{"name": f"原因{next(numbers)}", "root": "作风建设不扎实"} | own)


@plant
def finding_without_cause():
    return made(Finding), item(cause="作风建设不扎实").finding


@plant
def cause_without_measure():
    met = cause()
    made(CauseOfMeasure, cause=met, measure=measure())
    return cause(), met


@plant
def measure_without_finding():
    alone = made(Measure, code="M0", text="修订制度", who="县委组织部", due_on=date(2020, 12, 31))
    return alone, measure()


@plant
def finding_closed_without_moving():
    aim = {"figure": "households", "read_at": VILLAGE, "comparator": "不低于", "target": 9, "before": 3}
    done = {"state": "done", "done_on": date(2020, 6, 1)}
    still, moved = (item(state="closed", closed_on=date(2020, 6, 1)) for _ in range(2))
    measure(item=still, after=3, **aim, **done)
    measure(item=moved, after=5, **aim, **done)
    return still.finding, moved.finding


@plant
def measure_overdue():
    return measure(due_on=date(2020, 6, 29)), measure(due_on=date(2020, 6, 30))


@plant
def measure_half_told():
    return measure(who=""), measure()


@plant
def slip_number_gap():
    about = item(state="doing", unit="前湾村党支部")
    first, third = (paper([about], "3", number=f"〔2020〕黄{n}号") for n in (1, 3))
    return third, first

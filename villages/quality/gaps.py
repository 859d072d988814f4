"""查漏: households without a helper or a visit, villages without somebody or something they should have, units that have
taken on villages and have not been there. Lists for arranging work, never rankings of people."""

from django.db.models import OuterRef, Q
from django.db.models.lookups import LessThan

from povertyparty.quality import Severity, register
from villages.figures.conditions import a_village, in_pool, places_of, poor, registered
from villages.models import Contact, Pairing, Parameter, Person, Posting, Reserve, Visit, say
from villages.quality.measuring import (
    FIRST_SECRETARIES,
    both,
    days_before,
    first_secretaries,
    many,
    only,
    serving,
    there,
)

CODE = {"place": "code"}


def recent(on):
    """Visits of the last days."""
    return Visit.objects.filter(on__gt=(days_before(on, "visit_days")).isoformat(), on__lte=on.isoformat())


def of_helpers(visits):
    """Visits by somebody who is or was the household's helper."""
    return visits.filter(there(Pairing.objects.all(), household="household", helper="visitor"))


def left_uncovered(on):
    """First secretaries on whose leaving day nobody else was there, though somebody came later."""
    day = OuterRef("left_on")
    firsts = Posting.objects.come().filter(duty__in=FIRST_SECRETARIES)
    stayed = Q(left_on="") | Q(left_on__gt=day)
    came = Q(came_on__lte=day) | Q(came_on__startswith=day)
    return firsts.filter(
        both("left_on")
        & Q(left_on__lte=on.isoformat())
        & ~there(firsts.filter(stayed & came).exclude(pk=OuterRef("pk")), place="place")
        & there(firsts.filter(came_on__gt=day, came_on__lte=on.isoformat()), place="place")
    )


def has_taken_on(on):
    """The unit stands behind a village, has somebody stationed, or has helpers."""
    return (
        there(Contact.objects.in_force(on), county="county", unit="name")
        | there(Posting.objects.in_post(on), county="county", unit="name")
        | there(helpers(on), county="county")
    )


def helpers(on):
    return Pairing.objects.in_force(on).filter(unit__contains=OuterRef("name"))


def has_visited(on):
    return there(recent(on).filter(unit__contains=OuterRef("name")), county="county") | there(
        helpers(on).filter(there(recent(on), household="household", visitor="helper")), county="county"
    )


register(
    code="household_without_helper",
    label="没有帮扶责任人的户",
    ledger="households",
    severity=Severity.REMINDER,
    gap=True,
    why="在册的建档立卡户，现在没有有效的结对。",
    remedy="在结对表中登记责任人。",
    where=lambda on: registered(on) & ~there(Pairing.objects.in_force(on), household="pk"),
)
register(
    code="household_not_visited",
    label=say("{visit_days}天内没有走访的户"),
    ledger="households",
    severity=Severity.REMINDER,
    gap=True,
    why=say("在册的建档立卡户，统计日前{visit_days}天内没有走访记录。"),
    remedy="安排走访；已走访的，补登走访记录。",
    where=lambda on: registered(on) & ~there(recent(on), household="pk"),
)
register(
    code="household_visited_by_others_only",
    label=say("{visit_days}天内只有责任人以外的人走访的户"),
    ledger="households",
    severity=Severity.REMINDER,
    gap=True,
    why=say("该户有帮扶责任人，统计日前{visit_days}天内有走访记录，但走访人都不是该户的责任人。"),
    remedy="请责任人走访；责任人已更换的，登记新的结对。",
    where=lambda on: (
        registered(on)
        & ~there(of_helpers(recent(on)), household="pk")  # the rarest first: the others are asked of few
        & there(recent(on), household="pk")
        & there(Pairing.objects.in_force(on), household="pk")
    ),
)
register(
    code="household_without_people",
    label="没有登记成员的户",
    ledger="households",
    severity=Severity.REMINDER,
    gap=True,
    why="在册的建档立卡户，人口花名册中没有成员。",
    remedy="在人口花名册中补登成员。",
    where=lambda on: registered(on) & ~there(Person.objects.all(), household="pk"),
)
register(
    code="village_without_secretary",
    label="没有党组织书记的村",
    ledger="places",
    severity=Severity.REMINDER,
    gap=True,
    why="村干部花名册中，该村没有在任的党组织书记。",
    remedy="补登书记；确实空缺的，按程序配备。",
    where=lambda on: a_village(on) & ~there(serving(on).filter(post="secretary"), **CODE),
)
register(
    code="village_without_first_secretary",
    label=say("没有第一书记的{poor_village}"),
    ledger="villages",
    severity=Severity.REMINDER,
    gap=True,
    why=say("国家级、自治区级{poor_village}，统计日没有第一书记在岗。"),
    remedy="登记在岗的第一书记；确实空缺的，按程序选派。",
    where=lambda on: poor(on) & ~there(first_secretaries(on), place="place"),
)
register(
    code="village_gap_between_first_secretaries",
    label="两任第一书记之间有空档的村",
    ledger="villages",
    severity=Severity.REMINDER,
    gap=True,
    why="上一任第一书记离村的当天没有人接续，后来才有下一任到村（不脱贫不脱钩，应压茬交接）。",
    remedy="核对离村和到村时间；确有空档的，在驻村花名册备注中写明。",
    where=lambda on: there(left_uncovered(on), place="place"),
)
register(
    code="village_team_too_small",
    label=say("驻村工作队人数不足的{poor_village}"),
    ledger="villages",
    severity=Severity.REMINDER,
    gap=True,
    why=say("国家级、自治区级{poor_village}，统计日有驻村干部在岗，但少于{team_least}人。"),
    remedy="补登队员；确实不足的，请派出单位补派。",
    where=lambda on: (
        poor(on)
        & there(Posting.objects.in_post(on), place="place")
        & only(LessThan(many(Posting.objects.in_post(on), place="place"), Parameter.at("team_least", on)))
    ),
)
register(
    code="village_without_unit",
    label=say("没有后盾单位的{poor_village}"),
    ledger="villages",
    severity=Severity.REMINDER,
    gap=True,
    why=say("国家级、自治区级{poor_village}，村级包联表中没有后盾单位。"),
    remedy="在村级包联表中登记后盾单位。",
    where=lambda on: poor(on) & ~there(Contact.objects.in_force(on).exclude(unit=""), place="place"),
)
register(
    code="village_short_of_reserves",
    label="后备干部不足的村",
    ledger="places",
    severity=Severity.REMINDER,
    gap=True,
    why=say("该村在库、培养和成熟的后备干部少于{reserves_least}人。"),
    remedy="补登后备干部；确实不足的，按程序补充。",
    where=lambda on: (
        a_village(on)
        & ~Q(code__in=places_of(Reserve.objects.filter(in_pool(on)), Parameter.at("reserves_least", on)))
    ),
)
register(
    code="unit_not_visiting",
    label=say("承担帮扶而{visit_days}天内没有走访的单位"),
    ledger="units",
    severity=Severity.REMINDER,
    gap=True,
    why=say("单位有包联的村、驻村干部或结对户，统计日前{visit_days}天内没有该单位人员的走访记录。"),
    remedy="与单位联系安排走访；已走访的，补登走访记录并写明单位。",
    where=lambda on: has_taken_on(on) & ~has_visited(on),
)

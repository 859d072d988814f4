"""结对: a household in need is never without somebody who answers for it (domain.md §2.7)."""

from django.utils import timezone

from povertyparty.kinds import Name
from povertyparty.steps import Need, Process, Step, by, register
from villages.models import Household, Pairing
from villages.models.contacts import Helper
from villages.steps.households import KEPT, OUT_OF_POVERTY
from villages.steps.needs import (
    COUNTY,
    COUNTY_LEADER,
    REASON,
    TOWNSHIP,
    VILLAGE,
    choice,
    day,
    partial,
    text,
)

S = Pairing.State
IN_NEED = {*KEPT} - {*OUT_OF_POVERTY}
UNTIL = day("until", "解除日期")

STEPS = {
    "end": Step("解除结对", by(VILLAGE | TOWNSHIP | COUNTY, S.HELPING), S.ENDED, (UNTIL, REASON)),
    "replace": Step(
        "更换责任人",
        by(VILLAGE | TOWNSHIP | COUNTY, S.HELPING),
        S.ENDED,
        (
            day("until", "交接日期"),
            Need("helper", "新的帮扶责任人", Name()),
            text("unit", "单位及职务", 100, required=False),
            choice("kind", "责任人类别", Helper, required=False),
        ),
    ),
    "release": Step("特批解除", by(COUNTY_LEADER, S.HELPING), S.ENDED, (UNTIL, REASON), grave=True),
}


class PairingProcess(Process):
    code = ledger = "pairings"
    title = "结对的办理"
    steps = STEPS
    road = (S.HELPING, S.ENDED)

    def bars(self, found, verb):
        return self.left_alone(found, timezone.localdate()) if verb == "end" else ""

    def left_alone(self, found, on):
        """Why the household may not be without this helper that day, or ""."""
        household = found.household
        if household.state not in IN_NEED:
            return ""
        others = Pairing.objects.in_force(on).filter(household=household).exclude(pk=found.pk)
        if others.exists():
            return ""
        state = Household.State(household.state).label
        return (
            f"该户是“{state}”（不脱贫不脱钩），到{on}没有别的责任人："
            "请办理更换责任人，或先登记新的结对；确需解除的，由县委组织部领导特批"
        )

    def amiss(self, found, verb, details):
        until = details["until"]
        if found.since and until < partial(found.since):
            return {"until": "不能早于结对时间"}
        if verb == "end" and not self.bars(found, verb) and (why := self.left_alone(found, until)):
            return {"until": why}
        if verb == "replace":
            return self.already_there(found, details)
        return {}

    def already_there(self, found, details):
        held = Pairing.objects.in_force(details["until"]).filter(household=found.household_id)
        if held.filter(helper=details["helper"]).exists() or self.successor_of(found, details).exists():
            return {"helper": "已是该户的帮扶责任人，请填新的责任人，或只办理解除结对"}
        return {}

    def successor_of(self, found, details):
        return Pairing.objects.filter(
            household=found.household_id, helper=details["helper"], since=details["until"].isoformat()
        )

    def sets(self, found, verb, after, details):
        return {"until": details["until"].isoformat()}

    def causes(self, found, taken, details):
        if taken.verb == "replace":
            Pairing.objects.create(
                place_id=found.place_id,
                household_id=found.household_id,
                helper=details["helper"],
                unit=details["unit"] or "",
                kind=details["kind"] or "",
                since=found.until,
                measures=found.measures,
            )


register(PairingProcess())

"""督办单据: proposed by the rules, worded by an officer, issued by a leader, answered by the unit, assessed, ended (domain.md §2.4)."""

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from inspections.models import Slip
from inspections.models.slips import COUNTY_DIGITS
from inspections.steps.deadlines import REPLYING, ladder
from inspections.steps.proofs import Proven
from povertyparty.kinds import Text
from povertyparty.scope import here
from povertyparty.steps import Files, Need, OneByOne, Step, StepForbidden, Turn, by, register
from villages.steps.needs import (
    COUNTY,
    COUNTY_LEADER,
    DEPARTMENT,
    REASON,
    SUPERVISION,
    TOWNSHIP,
    TOWNSHIP_LEADER,
    VILLAGE,
    choice,
    text,
)

S = Slip.State
UNIT = VILLAGE | TOWNSHIP | TOWNSHIP_LEADER | DEPARTMENT
JUDGES = COUNTY | SUPERVISION
NOTE = Text(longest=2000)

STEPS = {
    "word": Step(
        "修改拟稿",
        by(COUNTY, S.DRAFT),
        needs=(
            text("unit", "发往单位", 100),
            text("subject", "事由", 200),
            Need("requirements", "督办要求", NOTE, least=5),
        ),
    ),
    "issue": Step(
        "签发",
        by(COUNTY_LEADER, S.DRAFT),
        S.ISSUED,
        (text("issuer", "签发人", 64, required=False, help="不填即为本人。签发时编号，反馈时限从今天按工作日计算。"),),
    ),
    "deliver": Step("签收", by(UNIT, S.ISSUED), S.DELIVERED, (text("signatory", "签收人", 64),)),
    "reply": Step(
        "反馈",
        by(UNIT, S.DELIVERED),
        S.REPLIED,
        (
            Need("reply", "逐项办理情况", NOTE, least=5),
            Need("evidence", "佐证材料", Files(), required=False, help="每份不超过 20 MB；请勿上传证件、病历等个人材料。"),
        ),
    ),
    "assess": Step(
        "评估",
        by(JUDGES, S.REPLIED),
        S.ASSESSED,
        (choice("result", "评估结论", Slip.Result), Need("note", "评估情况", NOTE, required=False)),
        not_by=("reply",),
    ),
    "return": Step("退回重报", by(JUDGES, S.REPLIED, S.ASSESSED), S.DELIVERED, (REASON,), not_by=("reply",), grave=True),
    "archive": Step(
        "办结归档",
        by(COUNTY, S.ASSESSED),
        S.ARCHIVED,
        (text("outcome", "处理结果", 400, required=False),),
        not_by=("reply",),
    ),
    "escalate": Step(
        "升级",
        by(COUNTY, S.ISSUED, S.DELIVERED, S.ASSESSED),
        S.ESCALATED,
        (REASON,),
        grave=True,
    ),
    "void": Step("作废", by(COUNTY, S.DRAFT) | by(COUNTY_LEADER, *Slip.UNDER_WAY), S.VOIDED, (REASON,), grave=True),
}  # fmt: skip


class SlipProcess(OneByOne, Proven):
    code = ledger = "slips"
    title, noun = "督办", "本单据"
    steps = STEPS
    turns = {
        S.DRAFT: Turn("issue", COUNTY_LEADER, "县委组织部领导", "签发督办单"),
        S.ISSUED: Turn("deliver", UNIT, "发往单位", "签收督办单"),
        S.DELIVERED: Turn("reply", UNIT, "发往单位", "反馈办理情况"),
        S.REPLIED: Turn("assess", JUDGES, "县委组织部经办人或督查", "评估反馈"),
        S.ASSESSED: Turn("archive", COUNTY, "县委组织部经办人", "办结归档或升级"),
    }
    road = (S.DRAFT, S.ISSUED, S.DELIVERED, S.REPLIED, S.ASSESSED, S.ARCHIVED)
    work = frozenset({S.DELIVERED})
    deadlines = (REPLYING,)

    # Who may

    def refusal(self, found, verb, user):
        """A department that stands for one unit does not answer for another."""
        of = user.appointment
        if of and not self.concerns(found, of) and user.role in self.steps[verb].roles:
            return StepForbidden(f"这份单据发往“{found.unit}”，不能由{of.own_unit}{self.steps[verb].label}")
        return super().refusal(found, verb, user)

    def todo_for(self, user):
        rows = super().todo_for(user).of_unit(user).select_related("place")
        return rows.order_by(F("reply_due").asc(nulls_last=True), "pk")

    def told(self, found):
        return {
            "title": f"{self.what(self.turns[found.state])}：{found.number} {found.subject}",
            "url": reverse("record", args=[self.ledger, found.pk]),
            "due": found.reply_due if found.state in (S.ISSUED, S.DELIVERED) else None,
            "light": {"word": found.called, "colour": found.colour},
            "place": found.place.name,
            "who": "逾期未反馈" if found.is_late(timezone.localdate()) else found.get_state_display(),
        }

    # Whom notices concern

    def concerns(self, found, appointment):
        """A department that names its unit answers for that one."""
        return appointment.own_unit in found.unit

    def named(self, found):
        return f"{found.number} {found.subject}；{found.unit}"

    def ladder(self, found, deadline):
        return ladder(found, deadline)

    # What stands against a step

    def bars(self, found, verb):
        if verb == "issue":
            return self.not_issued(found)
        if verb == "archive" and found.result == Slip.UNMET and found.next_level:
            return f"评估结论是“{Slip.UNMET}”：请升级，或退回重报"
        if verb == "escalate":
            return self.not_escalated(found)
        return ""

    def not_issued(self, found):
        if len(here()) > COUNTY_DIGITS:
            return "单号全县连续编排，请以县级的任用签发"
        return "" if self.unfinished(found) else "依据事项都已办结或没有依据事项，不必签发：请由经办人作废"

    def unfinished(self, found):
        return [one for one in found.items.order_by("pk") if one.state not in one.FINISHED]

    def not_escalated(self, found):
        if found.next_level is None:
            return "约谈之上没有更高一级：请退回重报，或办结归档并写明处理结果"
        unfinished = self.unfinished(found)
        if not unfinished:
            return "依据事项都已办结或没有依据事项，不必升级"
        if why := Slip.not_drafted(found.next_level, unfinished):
            return why
        if found.state == S.ASSESSED:
            return "" if found.result == Slip.UNMET else f"评估结论是“{Slip.MET}”，不必升级"
        late = found.is_late(timezone.localdate())
        return "" if late else f"反馈时限是{found.reply_due}，还没有过：逾期未反馈的才能升级"

    # What it sets and causes

    def take(self, found, verb, user, *, version=None, **given):
        """Who issues signs with their own name, unless they say another."""
        if verb == "issue":
            given["issuer"] = given.get("issuer") or str(user)
        return super().take(found, verb, user, version=version, **given)

    def sets(self, found, verb, after, details):
        today = timezone.localdate()
        facts = {name: details[name] for name in SAID.get(verb, ())} | {
            name: today for name in DATED.get(verb, ())
        }
        if verb == "issue":
            return facts | {"number": found.number_now(today.year), "reply_due": found.awaited_by(today)}
        if verb == "assess":
            return facts | {"outcome": (details["note"] or "")[:400]}
        if verb == "return":
            return {"result": "", "assessed_on": None, "replied_on": None}
        if verb == "archive":
            return {"outcome": details["outcome"] or found.outcome}
        return facts | ({"outcome": details["reason"][:400]} if verb in ("escalate", "void") else {})

    def suggests(self, found, verb):
        return {name: getattr(found, name) for name in SAID["word"]} if verb == "word" else {}

    def causes(self, found, taken, details):
        if taken.verb == "escalate":
            Slip.draft(found.next_level, self.unfinished(found), above=found)


SAID = {
    "word": ("unit", "subject", "requirements"),
    "issue": ("issuer",),
    "deliver": ("signatory",),
    "reply": ("reply",),
    "assess": ("result",),
}
DATED = {
    "issue": ("issued_on",),
    "deliver": ("delivered_on",),
    "reply": ("replied_on",),
    "assess": ("assessed_on",),
}

SLIPS = register(SlipProcess())

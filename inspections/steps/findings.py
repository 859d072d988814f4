"""The steps of a finding until its items take over: filed, looked at for doubles, shared out (domain.md §2.3, R1-R2)."""

import re
from dataclasses import dataclass

from django.utils import timezone

from inspections.models import Finding, Item, RoundPhase
from inspections.steps.proofs import Proven
from povertyparty.kinds import Fault, Text
from povertyparty.steps import Files, Need, Step, StepForbidden, Turn, by, register
from villages.models import Place, full_name
from villages.steps.needs import (
    COUNTY,
    DEPARTMENT,
    REASON,
    TOWNSHIP,
    VILLAGE,
    choice,
    listed,
    parameters,
    text,
)

S = Finding.Stage
FILERS = VILLAGE | TOWNSHIP | DEPARTMENT | COUNTY
MOST_SHARES = 100
NAMED = 5  # of those that look alike, in a refusal


@dataclass(frozen=True)
class Shares(Text):
    """Who takes over which part, a line each: 责任单位，涉及地区，具体表现. The value is the lines, tidied."""

    longest: int = 8000

    def parse(self, raw):
        lines = [line.strip() for line in super().parse(raw).split("\n") if line.strip()]
        if len(lines) > MOST_SHARES:
            raise Fault(f"一次最多分解{MOST_SHARES}项，现有{len(lines)}项")
        return [
            "，".join(part.strip() for part in re.split(r"[|｜,，\t]", line, maxsplit=2)) for line in lines
        ]


STEPS = {
    "file": Step(
        "登记",
        by(FILERS, S.DRAFT),
        S.FILED,
        (Need("evidence", "问题佐证", Files(), required=False, help="能证明问题的照片、文件；请勿上传证件、病历等个人材料。"),),
    ),
    "discard": Step("删除草稿", by(FILERS, S.DRAFT), grave=True),
    "split": Step(
        "分解任务",
        by(COUNTY, S.FILED, S.SPLIT),
        S.SPLIT,
        (
            choice("severity", "严重程度", Finding.Severity),
            Need(
                "shares",
                "责任单位和地区",
                Shares(),
                required=False,
                help="每行一项：责任单位，涉及地区，具体表现。如“县委党校，近山镇前湾村，没有调查培训需求”；地区、表现不写的，与问题相同。",
            ),
            Need("unlike", "与相近问题不同的理由", Text(longest=500), required=False, least=5, help="同一地区有同类问题的，看过后填写。"),
        ),
    ),
    "merge": Step("合并", by(COUNTY, S.FILED, S.SPLIT), S.MERGED, (text("into", "并入问题编号", 40), REASON), grave=True),
    "void": Step("撤销", by(COUNTY, S.FILED, S.SPLIT), S.VOIDED, (REASON,), grave=True),
    "restore": Step("恢复", by(COUNTY, S.MERGED, S.VOIDED), S.FILED, (REASON,)),
    "prove": Step(
        "补充问题佐证",
        by(FILERS, S.FILED, S.SPLIT),
        needs=(text("note", "说明", 200, required=False), Need("evidence", "照片和文件", Files())),
    ),
}  # fmt: skip

TURNS = {
    S.DRAFT: Turn("file", FILERS, "登记人"),
    S.FILED: Turn("split", COUNTY, "县委组织部经办人"),
}
NEEDED = ("source", "category", "text", "found_on", "method")


class Registration(Proven):
    """From a draft to items that somebody answers for; a double ends in the one that it repeats."""

    code = ledger = "findings"
    title = "登记和分解"
    field = "stage"
    noun = "本问题"
    steps, turns = STEPS, TURNS
    road = (S.DRAFT, S.FILED, S.SPLIT)

    def refusal(self, found, verb, user):
        refused = super().refusal(found, verb, user)
        if not refused and verb == "discard" and found.author not in (None, user.pk):
            return StepForbidden("草稿只能由登记的人删除")
        return refused

    # What stands against a step

    def bars(self, found, verb):
        match verb:
            case "file":
                return listed([self.lacks(found), self.frozen(found)])
            case "discard" if found.items.exists():
                return "已有整改事项，请登记后办理"
            case "merge" | "void":
                return listed([self.is_worked_on(found), self.holds_others(found)])
        return ""

    def lacks(self, found):
        """What R1 asks for and nobody has said yet."""
        empty = [found._meta.get_field(name).verbose_name for name in NEEDED if not getattr(found, name)]
        told = f"还没有填{'、'.join(empty)}" if empty else ""
        if found.source == Finding.SELF_CHECK and not any(found.all_aspects):
            told = listed([told, "政治体检自查的问题，请把自己、把职责、把工作至少摆进去一个方面"])
        return f"{told}（请点“修改”补填）" if told else ""

    def frozen(self, found):
        on = found.found_on or timezone.localdate()
        phases = RoundPhase.objects.filter(round=found.round_id, begins__lte=on, ends__gte=on)
        phase = next((one for one in phases if one.is_frozen), None)
        return f"“{phase}”已于{phase.frozen_on}冻结，须由县委组织部领导重新开放" if phase else ""

    def is_worked_on(self, found):
        count = found.items.open().count()
        return f"还有{count}项没有办结的整改事项，请先办结、移交或作废" if count else ""

    def holds_others(self, found):
        codes = list(found.merged.values_list("code", flat=True)[:NAMED])
        return f"{'、'.join(codes)}已并入本问题，请先恢复" if codes else ""

    def amiss(self, found, verb, details):
        faults = self.too_many(found, details)
        if verb == "split":
            faults |= self.senseless_shares(found, details) | self.doubles(found, details)
        if verb == "merge" and (why := self.no_target(found, details["into"])):
            faults["into"] = why
        return faults

    def senseless_shares(self, found, details):
        if not details["shares"]:
            none = not found.items.exists()
            return {"shares": "请至少写一个责任单位"} if none or found.stage == S.SPLIT else {}
        why = [one.fault for one in self.shares(found, details["shares"]) if one.fault]
        return {"shares": "；".join(why)} if why else {}

    def doubles(self, found, details):
        """Before it is shared out, what looks like the same is looked at."""
        if found.stage != S.FILED or details["unlike"] or not found.category:
            return {}
        days = parameters(found)["double_days"]
        alike = list(Finding.objects.alike(found, days).order_by("-pk")[:NAMED])
        if not alike:
            return {}
        named = "；".join(f"{one.code}“{one.text[:20]}”" for one in alike)
        return {
            "unlike": f"同一地区{days}天内有同类问题：{named}。请看过后写明不同的理由；是同一问题的，请办理合并"
        }

    def no_target(self, found, code):
        """Both are held in one order, so that two cannot end in each other."""
        target = Finding.objects.filter(county=found.county, code=code.upper()).first()
        if target is None:
            return "没有这个编号的问题"
        if target.pk == found.pk:
            return "不能并入它自己"
        rows = Finding.objects.select_for_update(of=("self",)).filter(pk__in=[found.pk, target.pk])
        held = {one.pk: one for one in rows.order_by("pk")}
        stage = held[target.pk].stage
        return "" if stage in (S.FILED, S.SPLIT) else f"该问题现在是“{S(stage).label}”，不能并入"

    # What it sets and causes

    def sets(self, found, verb, after, details):
        if verb == "merge":
            return {"into": Finding.objects.get(county=found.county, code=details["into"].upper())}
        if verb == "restore":
            return {"into": None}
        return {"severity": details["severity"]} if verb == "split" else {}

    def suggests(self, found, verb):
        return {"severity": found.severity} if verb == "split" else {}

    def causes(self, found, taken, details):
        if taken.verb == "discard":
            Finding.objects.filter(pk=found.pk).delete()
        if taken.verb == "split":
            self.share_out(found, self.shares(found, details["shares"] or ()))

    def share_out(self, found, shares):
        """The finding's row is held by the step, so nobody else numbers its items at the same time."""
        taken = set(found.items.values_list("code", flat=True))
        free = (f"{found.code}-{n}" for n in range(1, 10_000) if f"{found.code}-{n}" not in taken)
        for share in shares:
            Item.objects.create(
                place_id=share.place,
                finding=found,
                code=next(free),
                unit=share.unit,
                symptom=share.symptom,
                severity=found.severity,
                found_on=found.found_on,
            )

    def shares(self, found, lines):
        names = names_within(found.place_id)
        return [share(found, names, *line.split("，", 2)) for line in lines]


@dataclass(frozen=True)
class Share:
    unit: str
    place: str
    symptom: str
    fault: str = ""


def share(found, names, unit, where="", symptom=""):
    """One line as it is meant; `fault` says what is wrong with it."""
    codes = names.get(where.replace(" ", ""), []) if where else [found.place_id]
    fault = ""
    if not unit or len(unit) > 100:
        fault = f"“{unit[:20]}”不是责任单位的名称（1至100个字）"
    elif not codes:
        fault = f"“{where}”不在问题涉及的地区内，或名称不对"
    elif len(codes) > 1:
        fault = f"有{len(codes)}个“{where}”，请连同乡镇一起写"
    elif len(symptom) > 2000:
        fault = f"“{symptom[:20]}…”超过2000个字"
    return Share(unit, codes[0] if codes else "", symptom, fault)


def names_within(code):
    """{name, or the township's and the village's name together: codes} of the places in force in this one."""
    named = dict(Place.objects.within(code).filter(valid_to=None).values_list("code", "name"))
    named |= dict(Place.names.filter(code=code[:9]).values_list("code", "name"))
    found = {}
    for one, name in named.items():
        if one.startswith(code):
            for called in {name, full_name(one, named)}:
                found.setdefault(called, []).append(one)
    return found


REGISTRATION = register(Registration())

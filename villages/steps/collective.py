"""村: out of a weak collective economy, step by step, and only by years that are locked (domain.md §2.10)."""

from povertyparty.steps import Process, Step, Turn, by, register
from villages.models import PARAMETERS, CollectiveIncome, Project, Village, VillagePlan
from villages.models import labels as words
from villages.steps.needs import (
    COUNTY,
    DOCUMENT,
    REASON,
    TOWNSHIP,
    VILLAGE,
    choice,
    day,
    last_closed_year,
    parameters,
    text,
)

S = Village.Collective
RANKS = words("空壳", "薄弱", "达标", "强村")

STEPS = {
    "survey": Step(
        "摸底",
        by(VILLAGE | TOWNSHIP, S.UNSURVEYED),
        S.SURVEYED,
        (day("surveyed_on", "摸底日期"), text("means", "可利用的资源、资产、资金")),
    ),
    "identify": Step(
        "认定",
        by(COUNTY, S.SURVEYED),
        S.IDENTIFIED,
        (
            choice("rank", "等次", RANKS, help="按上一年度总收入和参数算得，不能另填。"),
            DOCUMENT,
        ),
        unless={("rank", "达标"): S.REACHED, ("rank", "强村"): S.REACHED},
    ),
    "plan": Step("登记规划", by(TOWNSHIP, S.IDENTIFIED), S.PLANNED),
    "fund": Step("落实项目", by(TOWNSHIP, S.PLANNED), S.FUNDED),
    "carry_out": Step("开始实施", by(VILLAGE | TOWNSHIP, S.FUNDED), S.UNDER_WAY, (day("since", "开始日期"),)),
    "reach": Step("登记达标", by(TOWNSHIP, S.UNDER_WAY), S.REACHED),
    "hold": Step("转入巩固", by(TOWNSHIP, S.REACHED), S.HOLDING, (text("measures", "巩固措施"),)),
    "close": Step("销号", by(COUNTY, S.HOLDING), S.CLOSED, (DOCUMENT,)),
    "fall_back": Step(
        "退回认定", by(COUNTY, S.REACHED, S.HOLDING, S.CLOSED), S.IDENTIFIED, (REASON,), grave=True
    ),
}


class CollectiveProcess(Process):
    code = "collective"
    title = "集体经济消薄"
    ledger = "villages"
    field = "collective"
    steps = STEPS
    turns = {
        S.SURVEYED: Turn("identify", COUNTY, "县委组织部经办人", "认定集体经济等次"),
        S.IDENTIFIED: Turn("plan", TOWNSHIP, "乡镇经办人", "登记发展规划"),
        S.PLANNED: Turn("fund", TOWNSHIP, "乡镇经办人"),
        S.FUNDED: Turn("carry_out", TOWNSHIP, "乡镇经办人"),
    }
    road = tuple(S)
    rest = frozenset({S.UNSURVEYED, S.CLOSED})
    begins = {"collective": S.UNSURVEYED}

    def bars(self, found, verb):
        if verb == "identify" and not self.rank(found):
            return f"{last_closed_year()}年集体经济收入没有登记，请先在“村级集体经济收入统计表”中登记"
        if verb == "plan" and not VillagePlan.objects.filter(place=found.place_id).exists():
            return "该村没有发展规划，请先在“村发展规划表”中登记"
        if verb == "fund" and not self.projects(found).exists():
            return "该村没有产业或集体经济类项目，请先在“项目库”中登记"
        if verb == "reach":
            return self.below(found, 1)
        if verb == "close":
            return self.below(found, 2)
        if verb == "fall_back" and not self.short(found, self.locked(found, 1)):
            return "最近一个已锁定年度的收入没有低于薄弱村线"
        return ""

    def projects(self, found):
        given_up = [Project.State.WITHDRAWN, Project.State.ENDED]
        return Project.objects.filter(place=found.place_id, kind__in=["产业", "集体经济"]).exclude(
            state__in=given_up
        )

    def below(self, found, years):
        """What the last locked years, one upon the other, lack of the line; "" where each of them is up to it."""
        held = self.locked(found, years)
        if not held:
            return "没有已锁定的年度收入，请先完成审核和锁定"
        if short := self.short(found, held):
            return f"已锁定的{'、'.join(short)}，低于{PARAMETERS['weak_wan'].show(self.line(found))}万元"
        if held[0][0] - held[-1][0] != years - 1:
            return f"须连续{years}个已锁定年度达标，现有{'、'.join(f'{year}年' for year, _ in held)}"
        return ""

    def locked(self, found, years):
        """[(year, its total)], the latest first."""
        locked = CollectiveIncome.objects.filter(place=found.place_id, locked=True)
        return list(locked.order_by("-year").values_list("year", "total")[:years])

    def short(self, found, held):
        line = self.line(found)
        return [f"{year}年{total}万元" for year, total in held if total < line]

    def line(self, found):
        return parameters(found)["weak_wan"]

    def rank(self, found):
        """By what the last closed year brought in, as the ledger reckons it; None where that is not known."""
        years = CollectiveIncome.objects.filter(place=found.place_id, year=last_closed_year())
        return years.annotate(rank=CollectiveIncome.rank()).values_list("rank", flat=True).first()

    def amiss(self, found, verb, details):
        if verb == "identify" and details["rank"] != (rank := self.rank(found)) and rank:
            return {"rank": f"按{last_closed_year()}年总收入应为“{rank}”"}
        return {}

    def suggests(self, found, verb):
        return {"rank": self.rank(found) or ""} if verb == "identify" else {}


register(CollectiveProcess())

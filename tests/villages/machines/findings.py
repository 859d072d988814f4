from datetime import date, timedelta

from inspections.models import Finding, Round, RoundPhase
from tests.conftest import COUNTY, VILLAGE
from tests.villages.machines import Machine
from tests.villages.machines.items import upload

made = iter(range(1, 100_000))
TODAY = date.today()


def make(state, **facts):
    n = next(made)
    given = {
        "code": f"ZJ2020-{n}",
        "text": "培训课程设置不够精准",
        "source": "县委巡察",
        "category": "P2",
        "found_on": TODAY - timedelta(400 * n),  # far from each other: none looks like a double
        "method": "调研走访",
    }
    into = (
        Finding.objects.create(place_id=VILLAGE, code=f"ZJ-{n}", text="原问题") if state == "merged" else None
    )
    return Finding.objects.create(place_id=VILLAGE, stage=state, into=into, **given | facts)


def ready(found, verb):
    if verb == "merge":
        Finding.objects.get_or_create(
            place_id=VILLAGE, code="ZJ-TARGET", defaults={"text": "已登记的问题", "stage": "filed"}
        )


RULES = """
draft  file    VC+TC+DP+CO filed
draft  discard VC+TC+DP+CO draft
filed  split   CO          split
split  split   CO          split
filed  merge   CO          merged
split  merge   CO          merged
filed  void    CO          voided
split  void    CO          voided
merged restore CO          filed
voided restore CO          filed
filed  prove   VC+TC+DP+CO filed
split  prove   VC+TC+DP+CO split
"""
NEEDED = {
    "split": {"severity": "较重", "shares": "县委党校，近山镇前湾村，没有调查培训需求"},
    "merge": {"into": "ZJ-TARGET", "reason": "与该问题是同一件事"},
    "void": {"reason": "核实后并不存在"},
    "restore": {"reason": "合并有误，分开办理"},
    "prove": {"evidence": [upload()]},
}
FINDINGS = Machine("findings", RULES, make, NEEDED, ready)


def make_phase(state):
    n = next(made)
    found = Round.objects.create(
        place_id=COUNTY, name=f"第{n}轮", kind="政治体检", begins=date(2020, 1, 1), ends=date(2020, 12, 31)
    )
    return RoundPhase.objects.create(
        place_id=COUNTY, round=found, name="查摆", begins=date(2020, 1, 1), ends=date(2020, 6, 30), frozen_on=date(2020, 7, 31),
        reopened=state == "reopened",
    )  # fmt: skip


PHASES = Machine(
    "round_phases",
    "planned reopen CL reopened\nreopened reopen CL reopened",
    make_phase,
    {"reopen": {"frozen_on": f"{TODAY + timedelta(10)}", "reason": "有一份反馈迟到"}},
)

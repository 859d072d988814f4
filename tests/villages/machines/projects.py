from tests.conftest import VILLAGE
from tests.villages.machines import Machine
from villages.models import Project

DAY = "2020-06-01"
WHOLE = {
    "kind": "产业",
    "nature": "新建",
    "site": "一组",
    "start_due": "2020-04",
    "finish_due": "2020-09",
    "unit": "县农业农村局",
    "person": "陈明",
    "task": "500吨冷库1座",
    "cost": 120,
    "central": 120,
    "households": 86,
    "goal": "年收益8万元",
    "participation": "村民代表会议",
    "mechanism": "分红+就业6人",
    "plan_basis": "村发展规划",
}
made = iter(range(1, 100_000))


def project(state="idea", **facts):
    """Of which all is said that any step asks for."""
    own = {"place_id": VILLAGE, "number": f"2020-CY-{next(made)}", "name": "冷库", "state": state}
    return Project.objects.create(**own | WHOLE | facts)


RULES = """
idea        apply     VC+TC applied
applied     review    TC+TL reviewed
reviewed    appraise  DP    appraised
appraised   admit     CO    stored
applied     back      TC+TL idea
reviewed    back      DP    idea
appraised   back      CO    idea
stored      plan      CO    planned
planned     postpone  CO    stored
planned     approve   CO    approved
approved    start     TC+DP building
building    progress  TC+DP building
approved    change    CO    approved
building    change    CO    building
suspended   change    CO    suspended
building    suspend   CO+DP suspended
suspended   resume    CO+DP building
building    finish    TC+DP built
built       accept    CO+DP accepted
built       fail      CO+DP building
accepted    rework    CO+DP building
handed_over rework    CO+DP building
operating   rework    CO+DP building
accepted    hand_over TC+DP handed_over
handed_over operate   VC+TC operating
operating   evaluate  CO+DP evaluated
idea        withdraw  CO    withdrawn
applied     withdraw  CO    withdrawn
reviewed    withdraw  CO    withdrawn
appraised   withdraw  CO    withdrawn
stored      withdraw  CO    withdrawn
planned     withdraw  CO    withdrawn
approved    terminate CL    ended
building    terminate CL    ended
suspended   terminate CL    ended
built       terminate CL    ended
accepted    terminate CL    ended
handed_over terminate CL    ended
operating   terminate CL    ended
"""

REASON = {"reason": "连续降雨无法施工"}
NEEDED = {
    "apply": {"met_on": DAY, "village_notice": DAY},
    "review": {"township_notice": DAY},
    "appraise": {"appraised_on": DAY, "opinion": "可行"},
    "admit": {"document": "示例〔2020〕1号"},
    "back": REASON,
    "plan": {"year": "2020"},
    "postpone": REASON,
    "approve": {"document": "示例〔2020〕2号"},
    "start": {"started_on": DAY},
    "progress": {"percent": "60", "paid": "70"},
    "change": {"kind": "地点", "now": "二组", "document": "示例〔2020〕3号", **REASON},
    "suspend": REASON,
    "resume": REASON,
    "finish": {"finished_on": DAY},
    "accept": {"accepted_on": DAY, "accepted_by": "周验、吴收"},
    "fail": REASON,
    "rework": REASON,
    "hand_over": {"owner": "前湾村村集体", "handed_on": DAY},
    "operate": {"running": "合作社承租，村委会管护"},
    "evaluate": {"grade": "良", "evaluated_on": DAY, "reached": "年收益8.2万元"},
    "withdraw": REASON,
    "terminate": {"document": "示例〔2020〕4号", **REASON},
}
PROJECTS = Machine("projects", RULES, project, NEEDED)

VERDICTS = {"open": None, "confirmed": True, "cleared": False}
REWORKS = Machine(
    "reworks",
    """
open      confirm    CO confirmed
open      exclude    CO cleared
confirmed reconsider CL open
cleared   reconsider CL open
""",
    lambda verdict: project(changes=2, reworked=VERDICTS[verdict]),
    {verb: {"reason": "两次改换实施地点"} for verb in ("confirm", "exclude", "reconsider")},
)

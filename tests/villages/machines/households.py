from tests.conftest import VILLAGE
from tests.villages.machines import Machine, asked
from villages.models import Help, Household

DAY = "2020-06-01"
SOUND = {
    "net_income": 12_000,
    "schooling_assured": True,
    "medical_assured": True,
    "unsafe_house": False,
    "safe_water": True,
    "labour": 2,
}
FACTS = {
    "applied": {"stage": "applied"},
    "screened": {"stage": "screened"},
    "registered": {},
    "reached": {"stage": "reached"},
    "verifying": {"stage": "verifying"},
    "lacking": {"stage": "lacking"},
    "notice": {"stage": "notice"},
    "endorsed": {"stage": "endorsed"},
    "lifted": {"status": "1", "exit_year": 2018},
    "monitored": {"status": "1", "exit_year": 2018, "monitored": True, "monitoring": "脱贫不稳定户"},
    "eased": {"status": "1", "exit_year": 2018, "stage": "eased"},
    "settled": {"status": "4", "exit_year": 2018},
    "relapsed": {"status": "3"},
    "removed": {"removed_on": "2020-03-01"},
}
made = iter(range(1, 100_000))


def make(state, **facts):
    n = next(made)
    found = Household.objects.create(
        place_id=VILLAGE,
        number=f"65990610020{n:05}",
        head="王小明",
        helper="李帮扶",
        **SOUND | FACTS[state] | facts,
    )
    Help.objects.create(place_id=VILLAGE, household=found, kind="产业扶持", since="2020-01")
    return found


RULES = """
applied    screen      TC       screened
applied    decline     TC       removed
screened   admit       CO       registered
screened   decline     CO       removed
registered reach       VC+TC    reached
lacking    reach       VC+TC    reached
relapsed   reach       VC+TC    reached
reached    dispatch    TC       verifying
verifying  fail        TC       lacking
verifying  pass        TC       notice
notice     object      TC       verifying
endorsed   object      TC       verifying
notice     endorse     TL       endorsed
endorsed   exit        CO       lifted
lifted     risk        VC+TC+DP monitored
eased      risk        VC+TC+DP monitored
settled    risk        VC+TC+DP monitored
monitored  ease        CO       eased
lifted     relapse     CO       relapsed
eased      relapse     CO       relapsed
monitored  relapse     CO       relapsed
lifted     settle      CO       settled
eased      settle      CO       settled
removed    restore     CO       registered
""" + "\n".join(
    f"{state} ask_removal TC {state}\n{state} remove CO removed"
    for state in (
        "registered", "reached", "verifying", "lacking", "notice", "endorsed",
        "lifted", "eased", "settled", "monitored", "relapsed",
    )
)  # fmt: skip

NEEDED = {
    "screen": {"met_on": DAY, "village_notice": DAY, "township_notice": DAY},
    "admit": {"announced_on": DAY, "document": "示例〔2020〕1号"},
    "decline": {"reason": "不符合识别标准"},
    "reach": {"fed": "是"},
    "dispatch": {"verifiers": "周核、吴验"},
    "fail": {"items": "饮水安全", "reason": "水质未检测合格"},
    "pass": {"met_on": DAY, "checked_on": DAY, "agreed": "是", "notice_on": DAY},
    "object": {"reason": "群众反映收入核算有误"},
    "endorse": {"unopposed": "是"},
    "exit": {"exit_year": "2020", "document": "示例〔2020〕2号", "announced_on": DAY},
    "risk": {"kind": "脱贫不稳定户", "source": "村级排查", "reason": "主要劳动力患病住院"},
    "ease": {"met_on": DAY, "reviewed_on": DAY},
    "relapse": {"met_on": DAY, "township_notice": DAY, "announced_on": DAY, "reason": "收入持续低于标准"},
    "settle": {"document": "示例〔2020〕3号"},
    "ask_removal": {"kind": "自然减少", "reason": "整户迁出本县"},
    "remove": {"kind": "自然减少", "document": "示例〔2020〕4号"},
    "restore": {"reason": "移出登记有误"},
}


def ready(found, verb):
    if verb == "remove":
        asked(found, "ask_removal")


HOUSEHOLDS = Machine("households", RULES, make, NEEDED, ready)

from django.utils import timezone

from tests.villages.machines import Machine, somewhere
from villages.models import TWELVE, Cadre, CollectiveIncome, ExitCheck, Lineage, PlaceChange, Village

DAY = "2020-06-01"
THIS_YEAR = timezone.localdate().year
LISTED = {"poverty_level": "regional", "listed_year": 2014}
EXITED = LISTED | {"exit_year": 2019, "exit_document": "示例〔2019〕9号"}
FACTS = {
    "unlisted": {},
    "listed": LISTED,
    **{stage: LISTED | {"stage": stage} for stage in ("assessed", "screened", "checked", "notice")},
    "exited": EXITED,
    **{stage: EXITED | {"stage": stage} for stage in ("lacking", "mended")},
}


def make(state, **facts):
    place = facts.pop("place", None) or somewhere()
    return Village.objects.create(place=place, all_persons=1000, **FACTS[state] | facts)


def up_to_standard(found):
    """All that the check looks at is as it must be."""
    place = found.place_id
    ExitCheck.objects.create(place_id=place, checked_on="2020-05", **dict.fromkeys(TWELVE, "达标"))
    CollectiveIncome.objects.create(place_id=place, year=THIS_YEAR - 1, business=8)
    for post in ("secretary", "head"):
        Cadre.objects.create(place_id=place, name="李书记", post=post)


def split_off(found, **parent):
    """The village was once a part of a listed one."""
    before = make("listed", **parent)
    split = PlaceChange.objects.create(kind="split", on="2019-01-01", place_code=found.place_id)
    Lineage.objects.create(change=split, before=before.place, after=found.place)
    return before


RULES = """
unlisted list       CO    listed
unlisted inherit    CO    listed
listed   unlist     CO    unlisted
listed   assess     VC    assessed
assessed screen     TC+TL screened
assessed send_back  TC+TL listed
screened check      CO    checked
screened send_back  CO    listed
checked  publish    CO    notice
checked  send_back  CO    listed
notice   exit       CL    exited
notice   send_back  CO+CL listed
exited   look_back  SU+CO exited
exited   fall_short SU+CO lacking
lacking  mend       TC    mended
mended   confirm    CO    exited
mended   send_back  CO    lacking
"""

NEEDED = {
    "list": {"level": "自治区级", "listed_year": "2014", "document": "示例〔2014〕1号"},
    "inherit": {"document": "示例〔2020〕1号"},
    "unlist": {"reason": "不符合列入条件", "document": "示例〔2020〕2号"},
    "assess": {"assessed_on": DAY},
    "screen": {"screened_on": DAY},
    "check": {"checked_on": DAY, "checkers": "周核、吴验"},
    "publish": {"notice_on": DAY},
    "exit": {"unopposed": "是", "exit_year": "2020", "document": "示例〔2020〕3号"},
    "send_back": {"reason": "收入佐证材料不全"},
    "look_back": {"looked_on": DAY, "findings": "各项指标稳定"},
    "fall_short": {"reason": "饮水工程损坏未修复", "due_on": f"{THIS_YEAR + 1}-06-30"},
    "mend": {"done": "饮水工程已修复通水"},
    "confirm": {"confirmed_on": DAY},
}


def ready(found, verb):
    if verb in {"check", "confirm"}:
        up_to_standard(found)
    if verb == "inherit":
        split_off(found)


VILLAGES = Machine("villages", RULES, make, NEEDED, ready)

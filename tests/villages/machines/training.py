from datetime import date, timedelta

from tests.conftest import NEAR
from tests.villages.machines import Machine
from villages.models import TrainingClass

DAY = "2020-06-01"
made = iter(range(1, 100_000))


def ago(days):
    return (date.today() - timedelta(days)).isoformat()


def training(state="planned", **facts):
    """One held by a township, of which all is said that any step asks for; it ended four months ago."""
    own = {
        "place_id": NEAR,
        "number": f"2020-{next(made)}",
        "name": "村干部数字化办公班",
        "starts_on": DAY,
        "ends_on": ago(120),
        "length": "40学时",
        "trained": 29,
        "exam": "实操",
        "stage": state,
    }
    return TrainingClass.objects.create(**own | facts)


RULES = """
planned   survey  TC+CO surveyed
surveyed  call    TC+CO called
called    hold    TC+CO held
held      examine TC+CO examined
examined  close   TC+CO closed
closed    follow  TC+CO followed
closed    file    TC+CO filed
followed  file    TC+CO filed
surveyed  back    TC+CO planned
called    back    TC+CO surveyed
held      back    TC+CO called
examined  back    TC+CO held
closed    back    TC+CO examined
followed  back    TC+CO closed
"""

NEEDED = {
    "survey": {"wanted": "表格、公文处理", "due": "30"},
    "call": {"document": "示例〔2020〕1号"},
    "hold": {"starts_on": DAY},
    "examine": {"ends_on": "2020-06-30", "exam": "实操"},
    "follow": {"followed_on": ago(0), "result": "都能独立办理"},
    "back": {"reason": "出勤没有登记完整"},
}


def ready(found, verb):
    if verb == "file":
        found.ends_on = ago(250)
        found.save(update_fields=["ends_on"])


CLASSES = Machine("training_classes", RULES, training, NEEDED, ready)

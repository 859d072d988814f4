from inspections.models import Cause, Finding, Measure
from tests.conftest import VILLAGE
from tests.villages.machines import Machine, items


def make(state):
    item = items.make("doing")
    Cause.objects.get_or_create(place_id=VILLAGE, name="培训需求没有调查制度", root="能力素质不过硬")
    return Measure.objects.create(
        place_id=VILLAGE, item=item, code=f"{item.code}-1", text="建立需求调查表", state=state
    )


def ready(found, verb):
    """There is another finding that the measure may answer too."""
    if verb == "answer":
        Finding.objects.create(**OTHER)


OTHER = {"place_id": VILLAGE, "code": "XC2019-OTHER", "text": "夜校课程也没有调查"}

RULES = """
planned begin  VC+TC+DP+CO    doing
planned finish VC+TC+DP+CO    done
doing   finish VC+TC+DP+CO    done
planned drop   TC+TL+DP+CO    dropped
doing   drop   TC+TL+DP+CO    dropped
done    resume VC+TC+DP+CO    doing
dropped resume VC+TC+DP+CO    doing
planned reword VC+TC+DP+CO    planned
doing   reword VC+TC+DP+CO    doing
planned aim    CO             planned
doing   aim    CO             doing
planned trace  CO             planned
doing   trace  CO             doing
done    trace  CO             done
planned answer CO             planned
doing   answer CO             doing
done    answer CO             done
"""
NEEDED = {
    "finish": {"result": "已调查21个村"},
    "drop": {"reason": "与另一条措施重复"},
    "resume": {"reason": "核实后还没有做完"},
    "reword": {"text": "建立并公布需求调查表"},
    "aim": {
        "figure": "户和人口：未脱贫户（户）",
        "read_at": "近山镇前湾村",
        "comparator": "不高于",
        "target": "0",
    },
    "trace": {"cause": "培训需求没有调查制度"},
    "answer": {"finding": "XC2019-OTHER 夜校课程也没有调查"},
}
MEASURES = Machine("measures", RULES, make, NEEDED, ready)

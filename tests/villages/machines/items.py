from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.models import Finding, Item
from tests.conftest import VILLAGE
from tests.villages.machines import Machine

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
DUE = date(2099, 6, 30)
made = iter(range(1, 100_000))


def upload(name="整改佐证.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def make(state):
    n = next(made)
    finding = Finding.objects.create(place_id=VILLAGE, code=f"XC2019-{n}", text="培训课程设置不够精准")
    return Item.objects.create(
        place_id=VILLAGE,
        finding=finding,
        code=f"XC2019-{n}-1",
        state=state,
        due_on=DUE,
        measures="建立需求调查表",
    )


RULES = """
not_started assign        CO+CL          assigned
not_started start         VC+TC+DP+CO    doing
assigned    sign          VC+TC+DP+TL    signed
assigned    refuse        VC+TC+DP+TL    not_started
signed      plan          VC+TC+DP       planned
doing       supplement    VC+TC+DP+CO    doing
mostly      supplement    VC+TC+DP+CO    mostly
planned     approve       CO+DP          doing
planned     amend         CO+DP          signed
doing       report        VC+TC+DP       doing
mostly      report        VC+TC+DP       mostly
doing       ask_extension VC+TC+DP+TL    deferring
mostly      ask_extension VC+TC+DP+TL    deferring
deferring   extend        CL             doing
deferring   deny          CL             doing
doing       apply         VC+TC+DP+TL    applied
mostly      apply         VC+TC+DP+TL    applied
applied     review        TL+DP          reviewed
applied     return        TL+DP+CO+SU+CL doing
reviewed    return        CO+SU+CL       doing
verified    return        CO+SU+CL       doing
reviewed    verify        CO+SU          verified
verified    close         CL             closed
closed      hold          CO+SU          archived
closed      reopen        CO+SU+CL       doing
archived    reopen        CO+SU+CL       doing
doing       last          CL             lasting
mostly      last          CL             lasting
verified    last          CL             lasting
closed      last          CL             lasting
lasting     tell          VC+TC+DP       lasting
voided      restore       CO             not_started
moved       restore       CO             not_started
""" + "\n".join(
    f"{state} move CO+CL moved\n{state} void CO voided"
    for state in (
        "not_started", "assigned", "signed", "planned", "doing", "mostly", "deferring", "applied", "reviewed", "verified"
    )
)  # fmt: skip

NEEDED = {
    "assign": {
        "severity": "较重",
        "cause": "能力素质不过硬",
        "unit": "县委党校",
        "leader": "周主任",
        "person": "吴干事",
        "goal": "培训前需求调查率100%",
        "due_on": f"{DUE}",
        "notice": "示例〔2020〕5号",
        "signed_by": "郑部长",
    },
    "start": {"due_on": f"{date.today() + timedelta(10)}"},
    "sign": {"signatory": "周主任"},
    "refuse": {"note": "不属于本单位职责"},
    "plan": {"measures": "1.建立需求调查表；2.重排课程"},
    "supplement": {"more": "增加一次集中学习，留存签到册"},
    "amend": {"note": "没有写明由谁来做"},
    "report": {"note": "已召开村民代表会议，完成需求调查", "percent": "60"},
    "ask_extension": {"new_due_on": "2099-12-31", "note": "汛期道路中断，材料进不来"},
    "extend": {"due_on": "2099-12-31"},
    "deny": {"note": "时限内可以完成"},
    "apply": {
        "note": "各项措施已全部落实到位",
        "signatory": "周主任",
        "sincere": "是",
        "evidence": [upload()],
    },
    "return": {"note": "台账与现场不符，请补充"},
    "verify": {"methods": "实地走访", "verdict": "好"},
    "hold": {"methods": "实地走访", "note": "三户回访，均已巩固"},
    "reopen": {"note": "回头看发现问题反弹", "due_on": "2099-01-31"},
    "last": {"institution": "《培训需求调查办法》", "months": "3"},
    "tell": {"note": "本季度按办法开展调查"},
    "move": {"to": "纪检监察机关", "reference": "示例移〔2020〕1号"},
    "void": {"note": "与另一事项重复登记"},
    "restore": {"note": "核对后并不重复"},
}

ITEMS = Machine("items", RULES, make, NEEDED)

"""Papers of supervision (domain.md §2.4)."""

from django.db.models import Q

from inspections.models import Slip
from inspections.standing import told_slip
from povertyparty.kinds import Day, Identifier
from povertyparty.ledger import Column, Known, Ledger, register, serial
from villages.columns import hidden, place_columns
from villages.lookups import PlaceLookup

LEVELS = {
    "提醒": "1",
    "蓝色": "2",
    "蓝": "2",
    "黄色": "3",
    "黄": "3",
    "红色": "4",
    "红": "4",
    "约谈函": "5",
}

SLIPS = register(
    Ledger(
        code="slips",
        marks=("number", "level", "unit", "subject"),
        title="督办单据台账",
        model=Slip,
        group="检视整改",
        unit="份",
        icon="send",
        note="单号按县、级别、年度连续编排；作废的保留单号",
        order=("-issued_on", "-id"),
        living=Q(state__in=Slip.OPEN),
        brief=("level", "subject", "unit", "reply_due"),
        keys=(("county", "number"),),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        writes="draft_slips",
        editable=False,
        locked=("issued", "督办单已经签发，不作更改；确需更正的，作废后重新拟办"),
        beside=("inspections/_slip.html", told_slip),
        columns=[
            serial(),
            Column(
                "number",
                kind=Identifier(what="单号", longest=40, pattern=r"[\w〔〕()（）./-]+"),
                aliases=("编号", "督办单编号", "文号"),
                required=True,
            ),
            Column("level", aliases=("级别", "督办级别"), synonyms=LEVELS),
            *place_columns("county", "township", "village"),
            Column("unit", aliases=("责任单位", "主送单位")),
            "subject",
            *hidden("requirements"),
            Column("basis", listed=False, known=Known("items", Slip.basis_codes)),
            *hidden("issuer"),
            Column("issued_on", aliases=("签发时间", "下发日期")),
            *hidden("signatory", "delivered_on"),
            Column("reply_due", kind=Day(end=True), aliases=("回复时限", "反馈期限")),
            *hidden("reply", "replied_on"),
            Column("result", listed=False, filtered=True, aliases=("评估结果",)),
            *hidden("assessed_on", "outcome"),
            Column("state", once=True, aliases=("状态", "办理状态")),
            *hidden("note"),
        ],
    )
)

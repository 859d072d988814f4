"""Why it came about, and what is done about it (domain.md §1.6, §2.3 R5)."""

from django.db.models import F, Q

from inspections.kinds import FigureName
from inspections.models import Cause, Item, Measure
from povertyparty.kinds import Day, Identifier, Name, Number, Text
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import hidden, place_columns
from villages.lookups import NumberLookup, PlaceCode, PlaceLookup


class ItemLookup(NumberLookup):
    field, part = "item", "@item"
    model, number = Item, "code"
    what = "整改事项编号没有登记，请先导入《巡察反馈问题整改台账》"


def reading(name, header):
    """What a measure's figure read: kept by steps, never typed."""
    return Column(
        f"-{name}", header, Number(places=4, least=-1_000_000_000), counted=lambda: F(name), listed=False
    )


def done_is_dated(row):
    if row.get("state") == Measure.State.DONE and "done_on" not in row:
        yield "done_on", "已完成但没有填落实日期", False


CAUSES = register(
    Ledger(
        code="causes",
        marks=("name", "root", "depth"),
        title="问题原因台账",
        model=Cause,
        group="检视整改",
        unit="条",
        icon="binoculars",
        order=("root", "id"),
        keys=(("county", "name"),),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        columns=[
            serial(),
            Column("name", kind=Name(200), aliases=("问题原因", "原因分析"), required=True),
            Column("root", aliases=("原因类别", "成因"), required=True),
            Column("word", aliases=("子类",)),
            Column("depth", aliases=("直接/根本",)),
            *place_columns("county", "township", "village"),
            Column("note", listed=False),
        ],
    )
)

MEASURES = register(
    Ledger(
        code="measures",
        marks=("code", "text", "nature", "evidence"),
        title="整改措施台账",
        model=Measure,
        group="检视整改",
        unit="条",
        icon="list-check",
        order=("item_id", "number", "id"),
        keys=(("county", "code"),),
        lookups=(PlaceLookup(deepest="县"), ItemLookup()),
        needs=("places", "items"),
        living=Q(state__in=Measure.OPEN),
        rules=(done_is_dated,),
        columns=[
            serial(),
            Column("code", kind=Identifier(what="整改措施编号", longest=60), required=True),
            Column("@item", "整改事项编号", Text(60), aliases=("事项编号",), listed=False),
            *place_columns("township", "village"),
            Column("text", kind=Text(4000), once=True, required=True),
            Column("nature", aliases=("性质",)),
            Column("who", aliases=("责任岗位",)),
            Column("due_on", kind=Day(end=True), aliases=("措施时限",)),
            Column("evidence", aliases=("证明材料",), listed=False),
            Column("state", once=True, aliases=("落实状态",)),
            Column("result", once=True, listed=False),
            Column("done_on", once=True, listed=False),
            Column("-figure", "对应指标", FigureName(), counted=lambda: F("figure"), listed=False),
            Column("-read_at", "指标地区代码", PlaceCode(), counted=lambda: F("read_at"), listed=False),
            Column("-comparator", "目标方向", Text(10), counted=lambda: F("comparator"), listed=False),
            reading("target", "目标值"),
            reading("before", "整改前读数"),
            reading("after", "销号时读数"),
            reading("later", "回头看读数"),
            *hidden("note"),
        ],
    )
)

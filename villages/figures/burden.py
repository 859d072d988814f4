"""基层减负: how often the villages are asked, how much they say twice, and how much of what is needed is there."""

from functools import partial

from django.db.models import Case, Q, Value, When

from povertyparty.figures import register, register_rate
from povertyparty.models import Retyped, Upload
from villages.figures.conditions import registered
from villages.models import TWELVE, Household, Village

GROUP = "基层减负"
OF_VILLAGE = (
    "groups",
    "all_households",
    "all_persons",
    "labour",
    "main_industry",
    "net_income",
    "cause",
    *TWELVE,
)
OF_HOUSEHOLD = (
    "size",
    "labour",
    "kind",
    "cause",
    "identified_on",
    "unsafe_house",
    "safe_water",
    "schooling_assured",
    "medical_assured",
    "net_income",
)


def during(name, period):
    begun = {f"{name}__gte": period.since} if period.since else {}
    return Q(**{f"{name}__lte": period.on}, **begun)


rate = partial(register_rate, group=GROUP)


def filled(model, names):
    """How many of these fields of a row say something."""
    empty = {name: None if model._meta.get_field(name).null else "" for name in names}
    first, *rest = (Case(When(**{name: nothing}, then=0), default=1) for name, nothing in empty.items())
    return sum(rest, first)


def completeness(ledger, model, names, label, where):
    """Two sums of cells, and the share of the one in the other."""
    headers = "、".join(str(model._meta.get_field(name).verbose_name) for name in names)
    common = {"unit": "格", "ledger": ledger, "group": GROUP, "where": where, "inner": True}
    register(
        code=f"{ledger}_cells_due",
        label=f"{label}应填的格",
        total=lambda p: Value(len(names)),
        definition=f"每行应填：{headers}",
        **common,
    )
    register(
        code=f"{ledger}_cells_filled",
        label=f"{label}已填的格",
        total=lambda p: filled(model, names),
        definition=f"应填的格中已填的：{headers}",
        **common,
    )
    rate(f"{ledger}_complete_share", f"{label}完整率", f"{ledger}_cells_filled", f"{ledger}_cells_due")


register(
    code="cells_typed_again",
    label="重复填报的格",
    unit="格",
    of=Retyped,
    group=GROUP,
    where=lambda p: during("on", p),
    total="cells",
    during=True,
    definition="统计期内提交的表和保存的记录中，系统已从其他台账得到或自己计算的格；目标是0",
)
rate("cells_typed_again_to_a_village", "村均重复填报", "cells_typed_again", "villages", unit="格", scale=1)
register(
    code="filings",
    label="报送次数",
    unit="次",
    of=Upload,
    group=GROUP,
    where=lambda p: Q(state=Upload.State.COMMITTED) & during("committed_at__date", p),
    total=lambda p: Value(1),
    during=True,
    definition="统计期内提交、没有撤销的报表",
)
rate("filings_to_a_village", "村均报送次数", "filings", "villages", unit="次", scale=1)
completeness("villages", Village, OF_VILLAGE, "村情数据", lambda p: Q())
completeness("households", Household, OF_HOUSEHOLD, "户数据", lambda p: registered(p.on))

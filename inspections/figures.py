"""Figures of what was found and how it is put right."""

from django.db.models import Q

from inspections.models import Item
from povertyparty.figures import register

GROUP = "检视整改"
DONE = [Item.State.CLOSED, Item.State.LASTING, Item.State.MOVED]

register(
    code="findings",
    label="检视问题",
    unit="个",
    ledger="findings",
    group=GROUP,
    definition="不同问题编号的个数",
)
register(code="items", label="整改事项", unit="项", ledger="items", group=GROUP, definition="整改台账的行数")
register(
    code="items_closed",
    label="已完成整改",
    unit="项",
    ledger="items",
    group=GROUP,
    where=lambda p: Q(state=Item.State.CLOSED),
    definition="完成情况为已完成（已销号）",
)
register(
    code="items_overdue",
    label="超期未完成",
    unit="项",
    ledger="items",
    group=GROUP,
    where=lambda p: ~Q(state__in=DONE) & Q(due_on__lt=p.on),
    definition="整改时限早于统计日，且未完成、未转长期坚持的事项",
)

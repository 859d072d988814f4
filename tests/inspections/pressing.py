"""What tests of papers share: items of a unit, and papers about them that have come so far."""

from datetime import date

from inspections.models import Finding, Item, Slip, SlipItem
from tests.conftest import VILLAGE

ON = date(2020, 6, 30)
made = iter(range(1, 100_000))


def item(state="doing", *, place=VILLAGE, unit="前湾村党支部", finding=None, **facts):
    n = next(made)
    of = finding or Finding.objects.create(
        place_id=place, code=f"DB2020-{n}", text="培训课程设置不够精准", stage="split"
    )
    held = {"code": f"DB2020-{n}-1"} | facts
    return Item.objects.create(finding=of, place_id=place, state=state, unit=unit, **held)


def paper(items, level, state="archived", *, round=1, issued_on=date(2020, 6, 20), **facts):
    """A paper that has come so far; one that was issued bears a number of its own."""
    n = next(made)
    number = f"拟〔2020〕{n}号" if state == "draft" else f"〔2020〕试{n}号"
    held = {
        "number": number,
        "subject": "督办",
        "issued_on": None if state == "draft" else issued_on,
    } | facts
    found = Slip.objects.create(
        place_id=items[0].place_id,
        level=level,
        unit=items[0].unit,
        state=state,
        **held,
    )
    SlipItem.objects.bulk_create(
        SlipItem(slip=found, item=one, place_id=one.place_id, round=round) for one in items
    )
    return Slip.objects.get(pk=found.pk)

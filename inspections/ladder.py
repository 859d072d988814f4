"""督办阶梯: which paper the rules propose for which item today, in one query however many items there are (domain.md §2.4).

blue    the deadline is near, or nobody signed for the item in time; once for a deadline
yellow  behind, silent or returned once; or near, and the unit did not do what the blue paper asked
red     overdue, far behind or returned twice
talk    as yellow after so many yellow papers, as red after a red one
nothing as long as a paper of that level or a higher one is under way, or soon after one that was done

It proposes; a person issues. What it says is said of items and units, never of persons.
"""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import GreaterThanOrEqual

from inspections.lights import conditions
from inspections.models import Item, Level, Slip, SlipItem
from inspections.models.slips import ENDED
from inspections.parameters import limits
from villages.models import Parameter, last_day_before

S = Item.State
# Where the next step is the unit's: what waits for the county is not pressed for.
AWAITED = (S.ASSIGNED, S.SIGNED, S.DOING, S.MOSTLY)


def proposed(on, county):
    """The items for which a paper is due that day, each with its `rung`."""
    said = Parameter.values(county, on)
    items = Item.objects.filter(state__in=AWAITED).exclude(unit="").annotate(rung=rung(on, county, said))
    pressed = papers(slip__state__in=Slip.OPEN, slip__level__gte=OuterRef("rung"))
    since = on - timedelta(said["slip_rest_days"])
    done = papers(slip__result=Slip.MET, slip__assessed_on__gt=since)
    return items.filter(~Exists(pressed), ~Exists(done), rung__isnull=False)


def groups(items):
    """The proposals as papers: of one level to one unit about what lies in one township; the highest level first."""
    rows = items.annotate(under=Left("place", 9)).order_by().values("rung", "unit", "under")
    return rows.annotate(count=Count("pk"), first_due=Min("due_on")).order_by("-rung", "under", "unit")


def rung(on, county, said):
    near = timedelta(limits(county, on).near)
    blued = papers(slip__level__gte=Level.BLUE, slip__issued_on__gte=OuterRef("due_on") - near)
    unmet = papers(slip__level=Level.BLUE, slip__result=Slip.UNMET)
    talked = GreaterThanOrEqual(ended(Level.YELLOW), said["yellows_to_talk"])
    red, behind, close = is_red(on, limits(county, on)), is_behind(on, limits(county, on)), is_near(on, near)
    late = Q(state=S.ASSIGNED, assigned_on__lte=last_day_before(on, said["sign_days"], county))
    return Case(
        When(red & Exists(papers(slip__level=Level.RED, slip__state__in=ENDED)), then=Value(Level.TALK)),
        When(red, then=Value(Level.RED)),
        When(behind & Q(talked), then=Value(Level.TALK)),
        When(behind | (close & Exists(unmet)), then=Value(Level.YELLOW)),
        When(close & ~Exists(blued), then=Value(Level.BLUE)),
        When(late & ~Exists(papers()), then=Value(Level.BLUE)),
        output_field=CharField(),
    )


def papers(**which):
    """Of an item: what the papers of this round say of it, those voided left out."""
    rows = SlipItem.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), **which)
    return rows.exclude(slip__state=Slip.State.VOIDED)


def ended(level):
    counted = (
        papers(slip__level=level, slip__state__in=ENDED).order_by().values("item").annotate(n=Count("pk"))
    )
    return Coalesce(Subquery(counted.values("n")), 0)


# The light of an item as conditions of a query


def is_red(on, told):
    red, _, _ = conditions(Item.TOLD, on, told)
    return reduce(or_, map(Q, red))


def is_behind(on, told):
    _, _, behind = conditions(Item.TOLD, on, told)
    return reduce(or_, map(Q, behind))


def is_near(on, near):
    return Q(due_on__range=(on, on + near))

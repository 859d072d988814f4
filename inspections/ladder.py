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
from itertools import groupby
from operator import or_

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import In

from inspections.lights import conditions
from inspections.models import Item, Level, Slip, SlipItem
from inspections.models.slips import ENDED
from inspections.parameters import limits
from villages.models import Parameter, last_day_before

S = Item.State
# Where the next step is the unit's: what waits for the county is not pressed for.
AWAITED = (S.ASSIGNED, S.SIGNED, S.DOING, S.MOSTLY)
THIS = {"item": OuterRef("pk"), "round": OuterRef("round")}
ROUNDS = 1 << 15  # more than an item can have


def proposed(on, county):
    """The items for which a paper is due that day, each with its `rung`."""
    said = Parameter.values(county, on)
    items = Item.objects.filter(state__in=AWAITED).exclude(unit="").annotate(rung=rung(on, county, said))
    since = on - timedelta(said["slip_rest_days"])
    done = of_papers(slip__result=Slip.MET, slip__assessed_on__gt=since)
    return items.filter(~done, rung__gt=under_way())


def groups(items):
    """((level, township, unit), keys of the items, the oldest deadline first) of each proposed paper, the highest level first."""
    rows = items.annotate(under=Left("place", 9)).order_by("-rung", "under", "unit", "due_on", "pk")
    for paper, lines in groupby(rows.values_list("rung", "under", "unit", "pk"), lambda line: line[:3]):
        yield paper, [pk for *_, pk in lines]


def rung(on, county, said):
    near = timedelta(limits(county, on).near)
    blued = papers(slip__level__gte=Level.BLUE, slip__issued_on__gte=OuterRef("due_on") - near, **THIS)
    unmet = of_papers(slip__level=Level.BLUE, slip__result=Slip.UNMET)
    yellowed = of_papers(said["yellows_to_talk"], slip__level=Level.YELLOW, slip__state__in=ENDED)
    reddened = of_papers(slip__level=Level.RED, slip__state__in=ENDED)
    red, behind, close = is_red(on, limits(county, on)), is_behind(on, limits(county, on)), is_near(on, near)
    late = Q(state=S.ASSIGNED, assigned_on__lte=last_day_before(on, said["sign_days"], county))
    return Case(
        When(red & reddened, then=Value(Level.TALK)),
        When(red, then=Value(Level.RED)),
        When(behind & yellowed, then=Value(Level.TALK)),
        When(behind | (close & unmet), then=Value(Level.YELLOW)),
        When(close & ~Exists(blued), then=Value(Level.BLUE)),
        When(late & ~of_papers(), then=Value(Level.BLUE)),
        output_field=CharField(),
    )


def under_way():
    """The highest level of the papers under way about an item, below all levels where there is none."""
    rows = papers(slip__state__in=Slip.OPEN, **THIS).order_by("-slip__level")
    return Coalesce(Subquery(rows.values("slip__level")[:1]), Value(""))


def papers(**which):
    """What such papers say of items, those voided left out."""
    return SlipItem.objects.filter(**which).exclude(slip__state=Slip.State.VOIDED)


def of_papers(least=1, **which):
    """Of an item: there are so many such papers about this round of it. Those of all items are gathered once: to look them
    up for each took a second where there are a hundred thousand."""
    rows = papers(**which).order_by().values(about=rounds("item"))
    if least > 1:
        rows = rows.annotate(n=Count("pk")).filter(n__gte=least).values("about")
    return Q(In(rounds("pk"), rows))


def rounds(item):
    """An item and a round of it as one number."""
    return F(item) * ROUNDS + F("round")


# The light of an item as conditions of a query


def is_red(on, told):
    red, _, _ = conditions(Item.TOLD, on, told)
    return reduce(or_, map(Q, red))


def is_behind(on, told):
    _, _, behind = conditions(Item.TOLD, on, told)
    return reduce(or_, map(Q, behind))


def is_near(on, near):
    return Q(due_on__range=(on, on + near))

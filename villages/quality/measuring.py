"""The limits that rules measure by, and the few expressions they are worded in."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Collate, Left, NullIf
from django.db.models.lookups import In

from villages.models import Cadre, Parameter, Posting

# Limits of the work are parameters; these are the law's, or what is lost in rounding.
ADULT = 18  # years
INCOME_TOLERANCE = Decimal(1)  # 元 a person
RATE_TOLERANCE = Decimal("0.05")  # percentage points
AMOUNT_TOLERANCE = Decimal("0.01")  # 万元

FIRST_SECRETARIES = Posting.FIRST_SECRETARIES


def serving(on):
    """Village cadres in a post."""
    return Cadre.objects.filter(Cadre.serving_on(on))


def first_secretaries(on):
    return Posting.objects.in_post(on).filter(duty__in=FIRST_SECRETARIES)


def matching(rows, link):
    """The rows whose fields equal those of the outer row: {field: field of the outer row}."""
    return rows.filter(**{name: OuterRef(outer) for name, outer in link.items()}).order_by()


def there(rows, **link):
    """There is such a row."""
    return Q(Exists(matching(rows, link)))


def some(rows, **link):
    """How many such rows there are; unknown where there is none."""
    name = next(iter(link))
    return Subquery(matching(rows, link).values(name).annotate(n=Count("pk")).values("n"))


def many(rows, **link):
    """How many such rows there are; 0 where there is none."""
    return Coalesce(some(rows, **link), 0)


def only(expression):
    """A comparison of expressions as a condition."""
    return Q(expression)


def joined(*names):
    return Collate(Func(Value("|"), *map(F, names), function="CONCAT_WS", output_field=TextField()), "C")


def shared(rows, *names, over, most=1):
    """What these fields say together, these rows say for more than `most` of `over`: worked out once, for there is no index."""
    said = rows.order_by().values(said=joined(*names)).annotate(n=Count(over, distinct=True))
    return Q(In(joined(*names), said.filter(n__gt=most).values("said")))


def days_before(on, key):
    """The day so many days before as the county allows."""
    return on - timedelta(days=int(Parameter.here(key, on)))


def past(name, on):
    """Before that day. A date known to the month is past when the month is."""
    day = on.isoformat()
    return Q(**{f"{name}__lt": day}) & ~Q(**{f"{name}__in": ["", day[:4], day[:7]]})


def years_before(on, years):
    return f"{on.year - years:04}{on.isoformat()[4:]}"


def year_of(name):
    return Cast(NullIf(Left(name, 4), Value("")), IntegerField())


def both(*names):
    """All of these are filled in."""
    return Q(*(~Q(**{name: ""}) for name in names))

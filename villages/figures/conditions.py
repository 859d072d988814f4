"""Conditions that several figures share, and the parameters they hang on."""

from django.db.models import Count, DecimalField, Q, Value
from django.db.models.functions import Coalesce

from povertyparty.figures import first_of
from villages.models import Cadre, Household, Parameter, Place, Posting, Reserve, Village

# What held on a day, as the models say it.
registered, unlifted, poor = Household.registered_on, Household.unlifted_on, Village.poor_on
serving, in_pool = Cadre.serving_on, Reserve.in_pool_on
COLLEGE = Q(schooling__in=["研究生", "大学本科", "大专"])
MEMBER = Q(political__in=["中共党员", "中共预备党员"])
AMOUNT = DecimalField(max_digits=14, decimal_places=2)


def a_village(on):
    return Q(code__length=12) & Place.in_force(on)


def poor_places(on):
    return Village.objects.filter(poor(on)).values("place")


def in_post(period):
    """Stationed in a poor village."""
    return Q(place__in=poor_places(period.on)) & Posting.held_on(period.on)


def places_of(rows, at_least=1, of="pk"):
    """The places where so many of these rows (or of the values of this field) lie."""
    held = rows.order_by().values("place").annotate(n=Count(of, distinct=of != "pk"))
    return held.filter(n__gte=at_least).values("place")


def younger(period, age):
    """Not yet so old that day; a birthday known to the month or year lies on its first day."""
    return Q(born_on__gt=first_of(years_before(period.on, age)))


def years_before(day, years):
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


def last_full_year(period):
    return Q(year=period.on.year - 1)


def this_year(period):
    return Q(year=period.on.year)


def nothing_as_zero(name):
    return Coalesce(name, Value(0, AMOUNT), output_field=AMOUNT)


def said(text):
    """A definition that names parameters: those of the county it is asked for, as they were on the day."""

    def told(period, place):
        return text.format_map(Parameter.texts(place[:6] if len(place) >= 6 else "", period.on))

    return told

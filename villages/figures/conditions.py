"""Conditions that several figures share."""

from django.db.models import Count, Q

from villages.models import Household, Posting, Reserve, Village

POOR = Q(poverty_level__in=[Village.Level.NATIONAL, Village.Level.REGIONAL])
UNLIFTED = [Household.Status.UNLIFTED, Household.Status.RELAPSED]
IN_POOL = Q(state__in=[Reserve.State.POOL, Reserve.State.TRAINING])
A_VILLAGE = Q(code__length=12, valid_to=None)


def poor_places():
    return Village.objects.filter(POOR).values("place")


def in_post(period):
    """Stationed in a poor village."""
    return Q(place__in=poor_places()) & Posting.held_on(period.on)


def places_of(rows, at_least=1):
    """The places where so many of these rows lie."""
    held = rows.order_by().values("place").annotate(n=Count("pk"))
    return held.filter(n__gte=at_least).values("place")

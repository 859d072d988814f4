"""Who holds which post over a place today, and which posts stand above it: whom notices are told to (`settings.POSTS`)."""

from django.utils import timezone

from povertyparty.scope import once
from villages.models import LEVELS, Appointment, Role

# Who answers for whom, from the village upwards, and how long a place's code is at least for such a post over it.
LINE = (
    (Role.VILLAGE_FILER, 12),
    (Role.TOWNSHIP_OFFICER, 9),
    (Role.TOWNSHIP_LEADER, 9),
    (Role.COUNTY_OFFICER, 6),
    (Role.COUNTY_LEADER, 6),
)
RANK = {role: n for n, (role, _) in enumerate(LINE)}
# Departments and supervision work beside the line: above them stands the county's office.
BESIDE = RANK[Role.TOWNSHIP_LEADER]
ESCALATES = (Role.TOWNSHIP_LEADER, Role.COUNTY_OFFICER, Role.COUNTY_LEADER)


def over(roles, code):
    """The appointments in force in one of these roles to a place that holds the code."""
    places = [code[:n] for n in LEVELS if n <= len(code)]
    return once(
        ("posts", roles, code, timezone.localdate()),
        lambda: list(in_force().filter(role__in=roles, place__in=places)),
    )


def of(users, code):
    """The appointments in force of these users to a place that holds the code."""
    places = [code[:n] for n in LEVELS if n <= len(code)]
    return list(in_force().filter(user__in=users, place__in=places)) if users else []


def in_force():
    rows = Appointment.objects.in_force().filter(user__is_active=True)
    return rows.select_related("user", "place").order_by("pk")


def above(roles, code):
    """The posts above the highest of these that there are over the place, one level after another."""
    rank = max((RANK[role] for role in roles if role in RANK), default=BESIDE)
    return [
        frozenset({role})
        for role, least in LINE
        if role in ESCALATES and RANK[role] > rank and len(code) >= least
    ]


def called(roles):
    return "、".join(Role(role).label for role in sorted(roles, key=lambda role: RANK.get(role, len(LINE))))

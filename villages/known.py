"""What other ledgers hold of a household or a village, for the columns of its form that would ask for it once more."""

from django.db.models import Case, CharField, Count, ExpressionWrapper, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, NullIf, Round
from django.utils import timezone

from povertyparty.ledger import Known
from villages.models import Cadre, CollectiveIncome, Contact, Household, Pairing, Person
from villages.models.places import percent


def unlifted(path=""):
    return Household.unlifted_on(timezone.localdate(), path)


# Of a household


def pairings():
    """Those in force; of several, first that of the helper whom the household names itself."""
    held = Pairing.objects.in_force().filter(household=OuterRef("pk"))
    held = held.annotate(named=ExpressionWrapper(OuterRef("helper"), CharField()))
    other = Case(When(helper=F("named"), then=0), default=1)
    return held.annotate(other=other).order_by("other", "since", "pk")


def helper():
    return Subquery(pairings().values("helper")[:1])


def of_the_helper(name):
    """What the pairing says of the very helper that the household's line names."""
    return lambda: Subquery(pairings().filter(Q(named="") | Q(other=0)).values(name)[:1])


HELPER = Known("pairings", helper)
HELPER_UNIT = Known("pairings", of_the_helper("unit"))
HELPER_PHONE = Known("pairings", of_the_helper("phone"))


# Of a village


def here(rows):
    return rows.filter(place=OuterRef("place")).order_by()


def households(which=None):
    """How many are registered; unknown where none is."""
    counted = here(Household.objects.registered()).values("place").annotate(n=Count("pk", filter=which))
    return Subquery(counted.values("n"))


def persons(which=None):
    registered = Household.registered_on(timezone.localdate(), "household__")
    members = Person.objects.filter(registered, household__place=OuterRef("place")).order_by()
    counted = members.values("household__place").annotate(n=Count("pk", filter=which))
    return Subquery(counted.values("n"))


def rate():
    """贫困发生率: unlifted persons in percent of all."""
    left = Cast(persons(unlifted("household__")), percent(""))
    return Round(left * 100 / NullIf(F("all_persons"), 0), 2)


def unit():
    return Subquery(here(Contact.objects.in_force().exclude(unit="")).values("unit")[:1])


def party_secretary():
    serving = Cadre.serving_on(timezone.localdate())
    held = here(Cadre.objects.filter(serving, post=Cadre.Post.SECRETARY)).order_by("pk")
    return Subquery(held.values("name")[:1])


def last_income():
    return Subquery(here(CollectiveIncome.objects.all()).order_by("-year").values("total")[:1])


HOUSEHOLDS = Known("households", households)
UNLIFTED_HOUSEHOLDS = Known("households", lambda: households(unlifted()))
MONITORED = Known("households", lambda: households(Q(monitored=True)))
PERSONS = Known("people", persons)
UNLIFTED_PERSONS = Known("people", lambda: persons(unlifted("household__")))
RATE = Known("people", rate)
UNIT = Known("contacts", unit)
FIRST_SECRETARY = Known("postings", Contact.first_secretary)
PARTY_SECRETARY = Known("cadres", party_secretary)
LAST_INCOME = Known("collective_incomes", last_income)

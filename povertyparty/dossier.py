"""Everything that is known of one record, in one place: 一村一档, 一户一档, 一人一档.

Nothing is listed by noun. What belongs to a record follows from what ledgers declare: a foreign key leads to it, it lies
in the place that the record is of, it carries the same identity number, it names the same person in the same village, it
names the unit. Each answer is a ledger's rows, narrowed.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import ForeignKey, Q, QuerySet
from django.utils import timezone

from povertyparty import search
from povertyparty.ledger import Ledger, holder
from povertyparty.listing import naming

# by the number, by the name → what is said of rows that may be somebody else's
HOW = {(True, False): "", (False, True): "同村同名", (True, True): "同证件号或同村同名"}


@dataclass(frozen=True)
class Gathered:
    """Rows of one ledger; `how` they were found where that is less than sure; `place` where a list shows the same rows."""

    ledger: Ledger
    rows: QuerySet
    how: str = ""
    place: str = ""


def gather(ledger, found, ledgers):
    """What each of these ledgers holds of the record."""
    above = upwards(found)
    yield from (Gathered(one, rows) for one, rows in above if one in ledgers)
    shown = [one for one, _ in above]
    if ledger.gathers:  # what there is one of in each place comes first
        ledgers = sorted(ledgers, key=lambda one: not one.one_a_place)
    for other in ledgers:
        if other not in shown and (told := of(ledger, found, other)):
            yield told


def of(ledger, found, other):
    if pointed := pointing(found, other):
        return Gathered(other, other.model.objects.filter(pointed))
    if ledger.gathers:
        return within(ledger, found, other)
    if ledger.named_in:
        return naming_unit(ledger, found, other)
    return same_person(ledger, found, other)


def upwards(found):
    """(ledger, the one row) that the record itself points to: a person's household, an item's finding."""
    links = [
        field
        for field in found._meta.local_fields
        if isinstance(field, ForeignKey) and field.name != found.scope_field and getattr(found, field.attname)
    ]
    told = [(holder(field.related_model), field) for field in links]
    return [
        (one, one.model.objects.filter(**{field.target_field.name: getattr(found, field.attname)}))
        for one, field in told
        if one
    ]


def pointing(found, other):
    """The condition on rows that point to the record (a household's people, a finding's items)."""
    links = [
        field
        for field in other.model._meta.local_fields
        if isinstance(field, ForeignKey)
        and isinstance(found, field.related_model)
        and field.name != other.model.scope_field
    ]
    if not links:
        return None
    return reduce(or_, (Q(**{field.attname: getattr(found, field.target_field.attname)}) for field in links))


def within(ledger, found, other):
    """A place has all that lies in it."""
    code = getattr(found, ledger.gathers)
    rows = in_force(other, other.model.objects.within(code))
    if other.model is ledger.model:
        rows = rows.exclude(pk=found.pk)
    return Gathered(other, rows, place=code)


def naming_unit(ledger, found, other):
    """A unit is named in other ledgers by what it is called."""
    own = {field.name for field in other.model._meta.local_fields}
    said = [Q(**{name: str(found)}) for name in ledger.named_in if name in own]
    if not said or other is ledger:
        return None
    place = found.lies_in
    return Gathered(other, in_force(other, other.model.objects.within(place).filter(reduce(or_, said))))


def in_force(ledger, rows):
    """Where there is one of each place, those before it are its history."""
    return rows.filter(ledger.lasting(timezone.localdate())) if ledger.one_a_place else rows


def same_person(ledger, found, other):
    """By the identity number; where one of the two has none, by the name within the same village."""
    column = naming(ledger)
    name = column.field and getattr(found, column.attname)
    theirs = search.searched(other)
    if not (name and column in search.searched(ledger).names):
        return None
    number = next((getattr(found, one.attname) for one in search.searched(ledger).seals), None)
    numbered = [one.attname for one in theirs.seals]
    known = reduce(or_, (Q(**{one: number}) for one in numbered), Q()) if number and numbered else None
    unknown = reduce(or_, (Q(**{one: None}) | Q(**{one: ""}) for one in numbered), Q()) if number else Q()
    named = reduce(or_, (Q(**{one.attname: name}) for one in theirs.names), Q())
    where = Q(**{other.model.scope_field: found.lies_in})
    ways = [*([known] if known else []), *([named & unknown & where] if named else [])]
    if not ways:
        return None
    rows = other.model.objects.filter(reduce(or_, ways))
    if other is ledger:
        rows = rows.exclude(pk=found.pk)
    return Gathered(other, rows, how=HOW[bool(known), bool(named)])

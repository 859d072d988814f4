"""By which division of places figures are read: that of the day they are asked for, or that of today.

As then, rows that came to a place later are counted where they lay on the day. As now, rows of places that are gone are
counted under what they became; where a place was split, its parts and what is left in it make one group, so that two
periods across a split still compare. Grouping is done in the query, so that totals, rates and distinct counts all come right.
"""

from collections import defaultdict
from functools import cached_property, partial

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from povertyparty.figures import READINGS
from povertyparty.scope import in_range
from villages.models import Lineage, Place

VILLAGE = 12


class Areas:
    """Every line of the scope read on one day, forwards to today or back to the day.

    moves    {code: the code that what lies there is counted under}
    mixed    {code: (the codes that what lies there came from, when)}: of each row the change log says which
    groups   {code: all codes counted under it} where a split made several of one
    """

    def __init__(self, reading, on, length=VILLAGE):
        self.reading, self.on, self.length = reading, on, length
        self.lines = list(Lineage.in_force().select_related("before", "after", "change"))
        self.places = {one.code: one for line in self.lines for one in (line.before, line.after) if one}
        self.onward, self.back = defaultdict(list), defaultdict(list)
        for line in self.lines:
            if line.after_id:
                self.onward[line.before_id].append(line.after_id)
                self.back[line.after_id].append(line)
        self.moves, self.mixed, self.groups = {}, {}, {}
        self.as_now() if reading == "now" else self.as_then()

    # As now

    def as_now(self):
        ends = {code: self.ends(code) for code in self.onward}
        scattered = [code for code, told in ends.items() if len({one[: self.length] for one in told}) > 1]
        if self.length == VILLAGE:
            for code in scattered:
                self.join({code, *ends[code]}, min(ends[code]))
        for code in sorted(ends.keys() - {*scattered}):
            self.join_one(code, min(ends[code]))

    def ends(self, code, seen=frozenset()):
        """The places open today that it became; itself where it goes on."""
        onward = {*self.onward.get(code, ())}
        found = {code} if code in onward or not onward else set()
        return found.union(*(self.ends(one, seen | {code}) for one in onward - seen - {code}))

    def join(self, members, head):
        """One group, with all groups that one of them is in already."""
        heads = {self.moves.get(one, one) for one in members}
        members = members.union(*(self.groups.pop(one, set()) for one in heads))
        self.groups[head] = members
        self.moves |= dict.fromkeys(members, head)
        del self.moves[head]

    def join_one(self, code, end):
        end = self.moves.get(end, end)
        if code != end and code not in self.moves:
            self.moves[code] = end

    # As then

    def as_then(self):
        for code in self.back:
            starts = dict(self.starts(code))
            if len(starts) > 1:
                self.mixed[code] = sorted(starts), min(starts.values())
            elif {*starts} != {code}:
                self.moves[code] = min(starts)

    def starts(self, code, at=None, seen=frozenset()):
        """(place that it came from, when it was first recorded as changed) for those of the day."""
        later = [line for line in self.back.get(code, ()) if line.change.on > self.on]
        if not later or code in seen:
            yield code, at
        for line in later if code not in seen else ():
            recorded = line.change.at if at is None else min(at, line.change.at)
            yield from self.starts(line.before_id, recorded, seen | {code})

    # Rows

    def __call__(self, model, within, length=None):
        """The rows that are counted within the place; by length, each with the code of the place it is counted under."""
        rows, code = model.objects.all(), self.code_of(model)
        if code is None:
            rows = rows.within(within)
        elif within:
            # The codes first, for they have an index.
            into = [one for one, under in self.unders() if under.startswith(within)]
            lies = in_range(model.scope_field, within) | Q(**{f"{model.scope_field}__in": into})
            rows = rows.filter(lies).alias(counted_at=code).filter(in_range("counted_at", within))
        return rows.at(length, code) if length else rows

    def unders(self):
        yield from self.moves.items()
        yield from ((code, origin) for code, (origins, _) in self.mixed.items() for origin in origins)

    def code_of(self, model):
        field = model.scope_field
        ways = [When(**{field: code}, then=Value(under)) for code, under in self.moves.items()]
        if field == "place":
            ways += [When(place=code, then=logged(model, *told)) for code, told in self.mixed.items()]
        return Case(*ways, default=F(field), output_field=CHARACTERS) if ways else None

    # Places

    def listed(self, within, valued):
        """[(code, name)] of the places to show: those in force, and those that rows are still counted under."""
        on = Q(valid_to=None) if self.reading == "now" else Place.in_force(self.on)
        found = Place.names.filter(on | Q(code__in=valued), code__startswith=within, code__length=self.length)
        return [(one.code, self.name_of(one)) for one in found.order_by("code") if one.code not in self.moves]

    def name_of(self, place):
        """As it was called on the day; of a group, all that are in it; and that a place is gone."""
        if told := self.group_name(place) or self.old_names.get(place.code):
            return told
        if place.valid_from and place.valid_from > self.on and self.reading == "then":
            return f"{place.name}（{place.valid_from}设立）"
        return f"{place.name}（已撤销）" if place.valid_to and place.valid_to <= self.on else place.name

    def group_name(self, place):
        """河东村、河西村（原大河村）."""
        members = self.groups.get(place.code, ())
        names = [self.places[code].name for code in sorted(members) if not self.places[code].valid_to]
        gone = [line for line in self.lines if line.before_id in members and line.after_id != line.before_id]
        old = [line.old_name for line in gone]
        return f"{'、'.join(names)}（原{'、'.join(dict.fromkeys(old))}）" if members else ""

    @cached_property
    def old_names(self):
        """What places that go on by their code were called on the day, where they are read as then."""
        later = [one for one in self.lines if one.before_id == one.after_id and one.change.on > self.on]
        named = {
            one.before_id: one.old_name for one in sorted(later, key=lambda one: one.change.on, reverse=True)
        }
        return named if self.reading == "then" else {}


CHARACTERS = CharField(db_collation="C")


def logged(model, origins, at):
    """Where the change log saw the row last before the change was recorded; where it lies if it came only after."""
    log = model.events.rel.related_model.objects.filter(
        pgh_obj_id=OuterRef("pk"), place__in=origins, pgh_created_at__lt=at
    )
    return Coalesce(
        Subquery(log.order_by("-pgh_id").values("place")[:1]), F("place"), output_field=CHARACTERS
    )


READINGS["then"] = "按当时区划", partial(Areas, "then")
READINGS["now"] = "按现行区划", partial(Areas, "now")

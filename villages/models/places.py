"""区划: a place is a code prefix (县 6 digits, 乡镇 9, 村 12), and everything placed stands on it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Left, Length

from povertyparty.models import Record, tracked
from povertyparty.scope import Placed, ScopedQuerySet

LEVELS = {2: "省", 4: "市", 6: "县", 9: "乡镇", 12: "村"}


class PlaceQuerySet(ScopedQuerySet):
    def at_level(self, level):
        return self.filter(code__length=next(length for length, label in LEVELS.items() if label == level))


@tracked
class Place(Record):
    """A division of the country. Names and codes are public, so the table has no row security; lists keep to the scope."""

    scope_field = "code"
    scope_column = None

    code = models.CharField("统计区划代码", max_length=12, unique=True, db_collation="C")
    name = models.CharField("名称", max_length=60)
    former_names = ArrayField(
        models.CharField(max_length=60), verbose_name="曾用名", default=list, blank=True
    )
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True)

    names = models.Manager()

    class Meta(Record.Meta):
        base_manager_name = "names"
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d+$") & Q(code__length__in=list(LEVELS)),
                name="place_code_is_a_division_code",
                violation_error_message="区划代码应为2、4、6、9或12位数字",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="place_ends_after_it_begins",
                violation_error_message="撤销日期不能早于启用日期",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def full_name(self):
        above = Place.names.filter(code=self.code[:9]) if self.level == "村" else ()
        return full_name(self.code, {one.code: one.name for one in (self, *above)})

    @property
    def level(self):
        return level_of(self.code)

    @staticmethod
    def in_force(on, path=""):
        """Open on that day; of what lies in a place, by the path to it ("place__")."""
        begun = Q(**{f"{path}valid_from": None}) | Q(**{f"{path}valid_from__lte": on})
        return begun & (Q(**{f"{path}valid_to": None}) | Q(**{f"{path}valid_to__gt": on}))


models.CharField.register_lookup(Length)


class Local(Record):
    """A record that lies in a place. Its county is kept by the database, for keys that are unique within a county."""

    scope_field = "place"
    scope_column = "place_code"

    place = models.ForeignKey(
        Place,
        models.PROTECT,
        to_field="code",
        db_column="place_code",
        db_index=False,
        related_name="+",
        verbose_name="村",
    )
    county = models.GeneratedField(
        expression=Left("place", 6),
        output_field=models.CharField(max_length=6, db_collation="C"),
        db_persist=True,
    )

    class Meta(Record.Meta):
        abstract = True
        indexes = [models.Index(fields=["place", "id"], name="%(class)s_by_place")]


class Attached(Placed):
    """What belongs to records and has no ledger of its own: a file, a line between two of them."""

    scope_field, scope_column = "place", "place_code"

    place = models.ForeignKey(
        Place, models.PROTECT, to_field="code", db_column="place_code", related_name="+", verbose_name="地区"
    )

    class Meta(Placed.Meta):
        abstract = True


def read_off(label, states, *cases, default):
    """A state that follows from other facts of the record; the database works it out, so that nothing can contradict it."""
    return models.GeneratedField(
        verbose_name=label,
        expression=Case(*cases, default=Value(default)),
        output_field=models.CharField(max_length=20),
        db_persist=True,
        choices=states,
    )


def waiting(name, states, field="state"):
    """What the desk asks for on every page: the few records of a place whose next step is somebody's."""
    return models.Index(fields=["place"], name=name, condition=Q(**{f"{field}__in": [*states]}))


def common(codes):
    """The smallest place that holds all of these."""
    return next(codes[0][:n] for n in (12, 9, 6, 4, 2) if len({code[:n] for code in codes}) == 1)


def level_of(code):
    return LEVELS.get(len(code), "")


def full_name(code, names):
    """近山镇前湾村, of {code: name}: the township belongs to a village's name."""
    return f"{names.get(code[:9], '')}{names[code]}" if level_of(code) == "村" else names[code]


def parent_of(code):
    """The code one level up, or "" above a province."""
    return next((code[:length] for length in sorted(LEVELS, reverse=True) if length < len(code)), "")


def padded(code):
    """The 12 digits that official sheets carry."""
    return code.ljust(12, "0") if code else ""


def unpadded(code):
    """The prefix that scope needs: 659901000000 → 659901."""
    for length in (2, 4, 6, 9):
        if code[length:] == "0" * (12 - length):
            return code[:length]
    return code


def exit_year_on(day):
    """Of a household or village: the year it was lifted in, once that has come."""
    return Case(When(exit_year__lte=day.year, then=F("exit_year")))


def count(label):
    return models.PositiveIntegerField(label, null=True, blank=True)


def money(label):
    """An amount in 万元."""
    return models.DecimalField(label, max_digits=12, decimal_places=2, null=True, blank=True)


def percent(label):
    return models.DecimalField(label, max_digits=7, decimal_places=2, null=True, blank=True)

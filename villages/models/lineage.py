"""区划变更: places that were split, merged, renamed, moved or closed, and what became of what lies in them (domain.md §2.2).

Names and dates of places change here and nowhere else. What is in force follows to the one place that came after; what is
of its time stays where it was, so that history reads as it then was. After a split nobody knows who went where until a
roster says so: all stays until then.
"""

from contextlib import suppress
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from povertyparty.kinds import Fault
from povertyparty.ledger import REGISTRY
from povertyparty.scope import Placed, current, noted
from villages.models.appointments import Appointment
from villages.models.places import LEVELS, Local, Place, level_of
from villages.models.villages import Village


class PlaceChange(Placed):
    """One change by one document, or the voiding of one (append only). It lies in the place that holds all it concerns."""

    append_only = True

    class Kind(models.TextChoices):
        RENAME = "rename", "更名"
        MOVE = "move", "改隶"
        MERGE = "merge", "合并"
        SPLIT = "split", "拆分"
        CLOSE = "close", "撤销"
        VOID = "void", "作废"

    place_code = models.CharField("地区", max_length=12, db_collation="C")
    kind = models.CharField("变更类型", max_length=8, choices=Kind)
    on = models.DateField("变更日期")
    document = models.CharField("批准文号", max_length=60, blank=True)
    reason = models.CharField("作废原因", max_length=200, blank=True)
    voids = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="voided_by", verbose_name="作废的变更"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    # The database's own clock, as the change log's: what is logged with the change is not from before it.
    at = models.DateTimeField("登记时间", db_default=TransactionNow())

    class Meta(Placed.Meta):
        verbose_name = verbose_name_plural = "区划变更"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voids=None) & ~Q(kind="void")
                | Q(voids__isnull=False, kind="void") & ~Q(reason=""),
                name="place_change_voided_with_a_reason",
                violation_error_message="作废须写明原因",
            )
        ]

    def __str__(self):
        return f"{self.on} {self.get_kind_display()}"

    # What it concerns

    @cached_property
    def befores(self):
        return list(Place.names.filter(code__in=[one.before_id for one in self.lines.all()]).order_by("code"))

    @cached_property
    def afters(self):
        return list(Place.names.filter(code__in={one.after_id for one in self.lines.all()}).order_by("code"))

    @property
    def voided(self):
        return getattr(self, "voided_by", None)

    # Recording one

    @classmethod
    def record(cls, kind, before, after, *, on, document, by):
        """What becomes of what: `before` places, `after` {code: name}. All of it in one transaction, or a Fault in Chinese."""
        codes = sorted({*(one.code for one in before), *after})
        before = list(
            Place.names.select_for_update().filter(code__in=[one.code for one in before]).order_by("code")
        )
        refuse_senseless(kind, before, after, on)
        change = cls(kind=kind, place_code=holding_all(codes), on=on, document=document, by=by)
        with transaction.atomic(), noted(change=f"{change}"):
            change.save(force_insert=True)
            change.open_places(before, after)
            change.follow(before, after)
        return change

    def open_places(self, before, after):
        """Close the old ones that do not go on, open the new ones, and say what came from what."""
        goes_on = {one.code for one in before} & {*after}
        for code, name in after.items():
            # After a split the old name means neither part, unless one goes on by its code.
            names = [one.name for one in before if self.kind != self.Kind.SPLIT or one.code == code]
            self.open_place(code, name, names, goes_on=code in goes_on)
        closed = [one.code for one in before if one.code not in goes_on]
        Place.objects.filter(code__in=closed).update(valid_to=self.on, version=F("version") + 1)
        Lineage.objects.bulk_create(
            Lineage(change=self, before_id=one.code, after_id=code, old_name=one.name)
            for one in before
            for code in after or [None]
        )

    def open_place(self, code, name, names, *, goes_on):
        """What those that became this place were called stays known."""
        place = Place.names.filter(code=code).first() or Place(code=code)
        place.former_names = list(dict.fromkeys(one for one in (*place.former_names, *names) if one != name))
        place.name, place.version = name, place.version + bool(place.pk)
        if not goes_on:
            place.valid_from, place.valid_to = self.on, None
        place.save()

    def follow(self, before, after):
        """Move what is in force to the one place that comes after; what it has already of its own stays behind.

        Of a split the listing as a poor village goes on in each part; all else waits for the rosters.
        """
        closed = [one.code for one in before if one.code not in after]
        if self.kind == self.Kind.SPLIT:
            self.inherit_listing(before[0], after)
        elif after and closed:
            (code,) = after
            reappoint(closed, code)
            for ledger in movable():
                move(ledger, closed, code)

    def inherit_listing(self, before, after):
        for one in Village.objects.filter(place=before).exclude(poverty_level=Village.Level.NONE):
            Village.objects.bulk_create(
                Village(
                    place_id=code,
                    poverty_level=one.poverty_level,
                    listed_year=one.listed_year,
                    exit_year=one.exit_year,
                )
                for code in after
                if code != one.place_id
            )

    # Taking one back

    def void(self, reason, by):
        """As if it had not been recorded, as long as that can be done. What was recorded stays to be read."""
        if why := self.holds_fast():
            raise Fault(why)
        with transaction.atomic(), noted(change=f"作废：{self}"):
            made = type(self)(
                kind=self.Kind.VOID, place_code=self.place_code, on=self.on, reason=reason, voids=self, by=by
            )
            made.save(force_insert=True)
            try:
                self.give_back()
            except IntegrityError:
                raise Fault("转过去的记录与原处的记录重复，不能作废：请先核对这些记录") from None
            for line in self.lines.all():
                Place.objects.filter(code=line.before_id).update(
                    name=line.old_name, valid_to=None, version=F("version") + 1
                )
            # Open for no day at all, so that the code can be used again.
            Place.objects.filter(code__in=self.opened).update(valid_to=self.on, version=F("version") + 1)
        return made

    def give_back(self):
        if self.kind == self.Kind.SPLIT:
            Village.objects.filter(place__in=self.opened).delete()
        elif self.kind in ONE_TO_ONE and self.opened:
            (before,) = (one.code for one in self.befores)
            Appointment.objects.filter(place__in=self.opened).update(place=before)
            for _, rows in lying(self.opened):
                rows.update(place=before, version=F("version") + 1)

    @cached_property
    def opened(self):
        """Codes of the places that this change opened."""
        return [one.code for one in self.afters if one.valid_from == self.on]

    def holds_fast(self):
        """Why it can no longer be taken back, or ""."""
        codes = [one.code for one in (*self.befores, *self.afters)]
        if self.voids_id or self.voided:
            return "已经作废"
        if (
            Lineage.in_force()
            .filter(Q(before__in=codes) | Q(after__in=codes), change__pk__gt=self.pk)
            .exists()
        ):
            return "这些地方后来又有变更，请先作废后来的变更"
        if self.kind == self.Kind.MERGE and not self.opened:
            return "并入的是原有的村，已经并入的记录分不出来，不能作废"
        if self.kind in {self.Kind.MERGE, self.Kind.SPLIT} and any(
            rows.exists() for _, rows in self.followed()
        ):
            return "新的村已经有记录，不能作废：请先把这些记录改回原来的村"
        return ""

    def followed(self):
        """Rows of the new places; a listing that was inherited and never touched is none."""
        for ledger, rows in lying(self.opened):
            inherited = ledger.model is Village and self.kind == self.Kind.SPLIT
            yield ledger, rows.filter(version__gt=1) if inherited else rows


class Lineage(models.Model):
    """沿革: what a place became. One that goes on by its code, renamed or with parts split off, became itself."""

    append_only = True

    change = models.ForeignKey(PlaceChange, models.PROTECT, related_name="lines", verbose_name="区划变更")
    before = models.ForeignKey(
        Place, models.PROTECT, to_field="code", related_name="successors", verbose_name="变更前"
    )
    after = models.ForeignKey(
        Place,
        models.PROTECT,
        to_field="code",
        related_name="origins",
        null=True,
        blank=True,
        verbose_name="变更后",
    )
    old_name = models.CharField("原名称", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "沿革"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "before", "after"],
                nulls_distinct=False,
                name="lineage_once",
                violation_error_message="同一变更中重复登记",
            )
        ]

    def __str__(self):
        return f"{self.old_name}（{self.before_id}）"

    @classmethod
    def in_force(cls):
        """Of the changes in the scope that were not voided."""
        return cls.objects.filter(
            change__in=PlaceChange.objects.filter(voids=None, voided_by=None).values("pk")
        )


# What stands against a change

ONE_TO_ONE = {PlaceChange.Kind.RENAME, PlaceChange.Kind.MOVE}


def refuse_senseless(kind, before, after, on):
    """Said in Chinese, the first thing that stands against it."""
    Kind = PlaceChange.Kind
    parts = {Kind.SPLIT: (1, 2), Kind.MERGE: (2, 1), Kind.CLOSE: (1, 0)}.get(kind, (1, 1))
    if len(before) < parts[0] or (len(before) > 1 and kind != Kind.MERGE):
        raise Fault("合并要选两个以上的村" if kind == Kind.MERGE else "请选定变更的地方")
    if len(after) < parts[1] or (len(after) > 1 and kind != Kind.SPLIT):
        raise Fault("拆分要写明两个以上的新村" if kind == Kind.SPLIT else "请写明变更后的代码和名称")
    for one in before:
        refuse_closed(one, on)
    codes = {one.code for one in before}
    if len({level_of(code) for code in (*codes, *after)}) > 1:
        raise Fault("变更前后应是同一级的地方")
    if len(min(codes)) < 12:
        refuse_above_villages(kind, before[0], after)
    refuse_codes(kind, before, after)


def refuse_closed(place, on):
    if not current().holds(place.code) or place.code == current().lo:
        raise Fault(f"“{place}”不在您的管辖范围")
    if place.valid_to:
        raise Fault(f"“{place}”已于{place.valid_to}撤销，不能再变更")
    if place.valid_from and on < place.valid_from:
        raise Fault(f"“{place}”自{place.valid_from}起设立，变更日期不能早于这一天")
    told = Lineage.in_force().filter(Q(before=place) | Q(after=place), change__on__gt=on).first()
    if told:
        raise Fault(f"“{place}”在{told.change.on}已有变更，变更日期不能早于这一天")


def refuse_above_villages(kind, place, after):
    """What lies in a township bears its code, so its villages have to move one by one."""
    if kind == PlaceChange.Kind.CLOSE:
        if Place.objects.filter(code__startswith=place.code, valid_to=None).exclude(pk=place.pk).exists():
            raise Fault(f"“{place}”还有未撤销的村：请先把各村改隶到其他乡镇")
    elif set(after) != {place.code}:
        raise Fault("乡镇合并、拆分或更换代码的，请先登记新的乡镇，把所辖各村逐个改隶过去，再撤销原乡镇")


def refuse_codes(kind, before, after):
    codes = {one.code for one in before}
    known = {one.code: one for one in Place.names.filter(code__in=after)}
    townships = set(Place.objects.filter(code__length=9, valid_to=None).values_list("code", flat=True))
    for code in after:
        if not current().holds(code):
            raise Fault(f"代码{code}不在您的管辖范围")
        if len(code) == 12 and code[:9] not in townships:
            raise Fault(f"代码{code}所在的乡镇没有登记，或已撤销")
        if code in known and code not in codes:
            refuse_used(known[code])
    if len(set(after.values())) < len(after):
        raise Fault("变更后的名称不能相同")
    refuse_wrong_word(kind, before, after)


def refuse_used(place):
    if not place.valid_to:
        raise Fault(f"代码{place.code}已登记为“{place}”：并入原有的村，请把它也选为合并的村")
    if place.valid_to != place.valid_from:
        raise Fault(f"代码{place.code}曾是“{place}”（{place.valid_to}撤销），不能再用")


def refuse_wrong_word(kind, before, after):
    """更名 stays in its township, 改隶 leaves it, the parts of a village stay together."""
    Kind, moved = PlaceChange.Kind, {code[:9] for code in after} - {one.code[:9] for one in before}
    if kind == Kind.RENAME and dict.fromkeys([one.code for one in before], before[0].name) == after:
        raise Fault("名称和代码都没有改变")
    if kind == Kind.MOVE and not moved:
        raise Fault("改隶应改到另一乡镇；乡镇不变的，请按“更名”登记")
    if kind in {Kind.RENAME, Kind.SPLIT} and moved:
        raise Fault("改到另一乡镇的，请按“改隶”登记")


def holding_all(codes):
    """The code of the lowest place that holds all of these."""
    first, last = min(codes), max(codes)
    return next(first[:n] for n in sorted(LEVELS, reverse=True) if len(first) >= n and first[:n] == last[:n])


# What lies in a place


def movable():
    """Ledgers whose rows can go on elsewhere: what is of a day or a year stays."""
    return [ledger for ledger in placed() if not ledger.dated]


def placed():
    return [ledger for ledger in REGISTRY.values() if issubclass(ledger.model, Local)]


def move(ledger, closed, code):
    """Move what is in force; how many rows have to stay because the new place has such already."""
    rows = ledger.model.objects.filter(ledger.lasting(timezone.localdate()), place__in=closed)
    try:
        with transaction.atomic():
            rows.update(place=code, version=F("version") + 1)
            return 0
    except IntegrityError:
        return rows.count()


def reappoint(closed, code):
    """Whoever works in a closed place works in the new one, but who does so already."""
    for one in Appointment.objects.in_force().filter(place__in=closed):
        with suppress(IntegrityError), transaction.atomic():
            Appointment.objects.filter(pk=one.pk).update(place=code)


def lying(codes):
    """(ledger, its rows there), whether in force or history."""
    return [(ledger, ledger.model.objects.filter(place__in=codes)) for ledger in placed()]

"""原因、整改措施: why something was found wrong, what is done about it, and whether it moved anything (domain.md §1.6, §2.3).

Cause, finding and measure are joined many to many: one cause lies behind several findings, one measure answers several.
What a unit reports is one numbered text, and so the official ledger has it. From the first step taken here that speaks of
measures they are rows, and from then on the rows are what is true: the ledger's column is written from them.
"""

import re

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from inspections.models.findings import Finding
from inspections.models.items import Item
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet
from villages.models import Attached, Local, labels

# 1.建立制度;2.开展培训
NUMBERED = re.compile(r"(?:^|(?<=[\n;；。]))\s*(?:\d{1,2}\s*[.．、](?!\d)|[(（]\d{1,2}[)）]|[①-⑳])\s*")
MOST = 30  # measures of one item


def numbered(text):
    """The measures one by one, where the text numbers them; else the whole text is one."""
    return [part for part in (part.strip(" \n;；") for part in NUMBERED.split(text)) if part]


@tracked
class Cause(Local):
    """原因: of how offices work, never of villagers. One that many findings share is there once."""

    scope_through = "behind"

    Depth = labels("直接原因", "根本原因")

    name = models.CharField("原因", max_length=200)
    root = models.CharField("成因类别", max_length=20, choices=Item.Cause)
    word = models.CharField("具体成因", max_length=40, blank=True)
    depth = models.CharField("原因层次", max_length=4, choices=Depth, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "问题原因"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name"],
                name="cause_once",
                violation_error_message="这个原因在本县已登记",
            )
        ]

    def __str__(self):
        return self.name


class MeasureQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state__in=Measure.OPEN)

    def aimed(self):
        """That name a figure which is to move."""
        return self.exclude(figure="")


@tracked
class Measure(Local):
    """整改措施: what is done, by whom, by when, shown by what; of one item, or of none yet (预防)."""

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        DOING = "doing", "进行"
        DONE = "done", "完成"
        DROPPED = "dropped", "放弃"

    Nature = labels("纠正", "预防")
    Comparator = labels("不低于", "不高于")
    OPEN = (State.PLANNED, State.DOING)

    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="planned", verbose_name="整改事项"
    )
    code = models.CharField("整改措施编号", max_length=60)
    number = models.PositiveSmallIntegerField("措施序号", default=1, editable=False)
    text = models.TextField("措施内容", max_length=4000)
    nature = models.CharField("措施性质", max_length=2, choices=Nature, blank=True)
    who = models.CharField("措施责任岗位", max_length=100, blank=True)
    due_on = models.DateField("措施完成时限", null=True, blank=True)
    evidence = models.CharField("证明材料类型", max_length=100, blank=True)
    state = models.CharField("措施状态", max_length=8, choices=State, default=State.PLANNED)
    result = models.TextField("落实结果", max_length=2000, blank=True)
    done_on = models.DateField("落实日期", null=True, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    # The figure that is to move, where it is read, and what it read: kept when work begins, at closing, at looking back.
    figure = models.CharField("对应指标", max_length=60, blank=True, editable=False)
    comparator = models.CharField("目标方向", max_length=3, choices=Comparator, blank=True, editable=False)
    target = models.DecimalField("目标值", max_digits=16, decimal_places=2, null=True, editable=False)
    read_at = models.CharField("指标地区", max_length=12, db_collation="C", blank=True, editable=False)
    before = models.DecimalField("整改前", max_digits=20, decimal_places=4, null=True, editable=False)
    before_on = models.DateField("整改前读数日期", null=True, editable=False)
    after = models.DecimalField("销号时", max_digits=20, decimal_places=4, null=True, editable=False)
    after_on = models.DateField("销号时读数日期", null=True, editable=False)
    later = models.DecimalField("回头看时", max_digits=20, decimal_places=4, null=True, editable=False)
    later_on = models.DateField("回头看读数日期", null=True, editable=False)

    objects = MeasureQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "整改措施"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "code"],
                name="measure_code_once",
                violation_error_message="该整改措施编号在本县已登记",
            ),
            models.CheckConstraint(
                condition=Q(figure="") | ~Q(comparator="") & ~Q(read_at="") & Q(target__isnull=False),
                name="measure_aims_at_something",
                violation_error_message="写明了对应指标的，要写明目标方向、目标值和地区",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def is_open(self):
        return self.state in self.OPEN

    # Whether the figure moved

    @classmethod
    def still(cls):
        """The figure was read twice, and has neither come nearer to its target nor reached it."""
        up = Q(comparator="不低于", after__lte=F("before"), after__lt=F("target"))
        down = Q(comparator="不高于", after__gte=F("before"), after__gt=F("target"))
        return up | down

    def moved(self, value):
        """Whether the figure has come nearer to its target since the beginning, or reached it; None where that is not known."""
        if value is None or self.target is None:
            return None
        least = self.comparator == "不低于"
        if value >= self.target if least else value <= self.target:
            return True
        return None if self.before is None else value > self.before if least else value < self.before

    # Text and rows

    @classmethod
    def of(cls, item):
        """Those of the item, in the order of the text."""
        return cls.objects.filter(item=item).order_by("number", "pk")

    @classmethod
    def itemise(cls, item):
        """The text of the item as rows, where it has none yet. Returns the rows."""
        rows = list(cls.of(item))
        return rows or cls.add(item, split(item.measures))

    @classmethod
    def add(cls, item, texts):
        """New rows of the item, behind those it has. Codes are never given twice, so those dropped are counted too."""
        first = cls.of(item).count() + 1
        return [
            cls.objects.create(
                place_id=item.place_id, item=item, code=f"{item.code}-{n}", number=n, text=text, due_on=item.due_on
            )
            for n, text in enumerate(texts, first)
        ]  # fmt: skip

    @classmethod
    def said(cls, item):
        """What the item is to do, one by one: what was given up is no measure of it any more."""
        rows = list(cls.of(item))
        return [one.text for one in rows if one.state != cls.State.DROPPED] if rows else split(item.measures)

    @classmethod
    def written(cls, item, *more):
        """The text of the official column, from the rows."""
        said = [*cls.said(item), *more]
        return "\n".join(f"{n}.{text}" for n, text in enumerate(said, 1)) if len(said) > 1 else "".join(said)


def split(text):
    """As rows are made of it: a text of very many numbers is told as it stands, for somebody to sort out."""
    parts = numbered(text)
    return parts if len(parts) <= MOST else [text.strip()]


# Lines between them, each seen where its second end is seen


@tracked
class CauseOfFinding(Attached):
    scope_through = "finding"

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="behind", verbose_name="原因")
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="causes", verbose_name="检视问题")

    class Meta(Attached.Meta):
        verbose_name = verbose_name_plural = "问题的原因"
        constraints = [models.UniqueConstraint(fields=["cause", "finding"], name="cause_of_finding_once")]

    def __str__(self):
        return f"{self.cause_id} → {self.finding_id}"


@tracked
class CauseOfMeasure(Attached):
    scope_through = "measure"

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="met_by", verbose_name="原因")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="against", verbose_name="整改措施")

    class Meta(Attached.Meta):
        verbose_name = verbose_name_plural = "措施针对的原因"
        constraints = [models.UniqueConstraint(fields=["cause", "measure"], name="cause_of_measure_once")]

    def __str__(self):
        return f"{self.cause_id} → {self.measure_id}"


@tracked
class FindingOfMeasure(Attached):
    """Beside the finding of its own item, a measure may answer others."""

    scope_through = "measure"

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="met_by", verbose_name="检视问题")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="answers", verbose_name="整改措施")

    class Meta(Attached.Meta):
        verbose_name = verbose_name_plural = "措施针对的其他问题"
        constraints = [models.UniqueConstraint(fields=["finding", "measure"], name="finding_of_measure_once")]

    def __str__(self):
        return f"{self.finding_id} → {self.measure_id}"


# What is asked of the chain

ROOTS = [value for value, _ in Item.Cause]


def caused_by(root):
    """Of a finding: a cause of this kind is tagged, or the ledger of its items says so."""
    tagged = CauseOfFinding.objects.filter(finding=OuterRef("pk"), cause__root=root)
    return Q(Exists(tagged)) | Q(Exists(Item.objects.filter(finding=OuterRef("pk"), cause=root)))


def uncaused():
    """Of a finding: nobody has said why."""
    said = Item.objects.filter(finding=OuterRef("pk")).exclude(cause="")
    return ~Q(Exists(CauseOfFinding.objects.filter(finding=OuterRef("pk")))) & ~Q(Exists(said))


def unmet():
    """Of a cause: no measure is taken against it. One that names no cause is taken against all those of its finding."""
    living = Measure.objects.exclude(state=Measure.State.DROPPED)
    named = CauseOfMeasure.objects.filter(cause=OuterRef("pk"), measure__in=living)
    unnamed = living.filter(~Exists(CauseOfMeasure.objects.filter(measure=OuterRef("pk"))))
    own = Exists(unnamed.filter(item__finding=OuterRef("finding")))
    other = Exists(FindingOfMeasure.objects.filter(finding=OuterRef("finding"), measure__in=unnamed))
    behind = CauseOfFinding.objects.filter(cause=OuterRef("pk")).filter(own | other)
    return ~Q(Exists(named)) & ~Q(Exists(behind))


def aimless():
    """Of a measure: it goes on, and there is no finding that it answers."""
    gone = Q(item=None) | Q(item__state__in=[Item.State.VOIDED, Item.State.MOVED])
    answered = Exists(FindingOfMeasure.objects.filter(measure=OuterRef("pk")))
    return ~Q(state=Measure.State.DROPPED) & gone & ~Q(answered)


def closed_without_moving():
    """Of a finding: an item of it was closed, and the figure that its measure was to move has not moved."""
    closed = [Item.State.CLOSED, Item.State.ARCHIVED]
    still = Measure.objects.aimed().filter(
        Measure.still(), item__finding=OuterRef("pk"), item__state__in=closed
    )
    return Q(Exists(still))

"""重复填报: cells that somebody filled in though the system has the fact from elsewhere. The goal is none.

Counted when an upload is committed or a form saved, and kept beside them: the original of an upload goes after 90 days.
"""

from django.db import models
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from povertyparty.scope import Placed


class Retyped(Placed):
    """So many cells of one column that one upload or form said once more (append only)."""

    append_only = True

    place_code = models.CharField("地区", max_length=12, db_collation="C", blank=True)
    ledger = models.CharField("台账", max_length=40)
    column = models.CharField("列", max_length=60)
    cells = models.PositiveIntegerField("格数")
    on = models.DateField("日期", default=timezone.localdate)

    class Meta:
        verbose_name = verbose_name_plural = "重复填报"
        app_label = "povertyparty"
        indexes = [models.Index(fields=["place_code", "on"], name="retyped_by_place")]

    def __str__(self):
        return f"{self.ledger} {self.column}"

    @classmethod
    def keep(cls, place_code, ledger, cells):
        """`cells` is {column: how many}."""
        cls.objects.bulk_create(
            cls(place_code=place_code, ledger=ledger, column=column, cells=n) for column, n in cells.items()
        )

    @classmethod
    def by_month(cls, since, until, within=""):
        """{(first day of the month, ledger, column): cells}."""
        rows = cls.objects.within(within).filter(on__gte=since, on__lte=until).order_by()
        months = rows.annotate(month=TruncMonth("on")).values_list("month", "ledger", "column")
        return {tuple(key): n for *key, n in months.annotate(n=Sum("cells"))}

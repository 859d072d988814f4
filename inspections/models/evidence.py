"""佐证材料: the files that show what was found, what was done about it, what a unit replied."""

from django.db import models
from django.db.models import Q

from inspections.models.findings import Finding
from inspections.models.items import Item
from inspections.models.slips import Slip
from povertyparty.models import RecordStep, StoredFile
from villages.models import Attached


class Evidence(Attached):
    """A file of one record, given with a step of it and never taken back."""

    append_only = True

    item = models.ForeignKey(
        Item, models.PROTECT, null=True, related_name="evidence", verbose_name="整改事项"
    )
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, related_name="evidence", verbose_name="检视问题"
    )
    slip = models.ForeignKey(
        Slip, models.PROTECT, null=True, related_name="evidence", verbose_name="督办单据"
    )
    step = models.ForeignKey(RecordStep, models.PROTECT, related_name="evidence", verbose_name="步骤")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="文件")

    class Meta(Attached.Meta):
        verbose_name = verbose_name_plural = "佐证材料"
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, finding=None, slip=None)
                | Q(item=None, finding__isnull=False, slip=None)
                | Q(item=None, finding=None, slip__isnull=False),
                name="evidence_of_one_thing",
                violation_error_message="佐证材料属于一个整改事项、一个检视问题或者一份督办单据",
            )
        ]

    def __str__(self):
        return str(self.file)

    @property
    def of(self):
        return self.item or self.finding or self.slip

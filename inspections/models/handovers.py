"""交接: what a first secretary or officer leaves to whoever comes after, confirmed by both and by a witness (domain.md §2.7)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from povertyparty.models import tracked
from villages.models import Local


@tracked
class Handover(Local):
    """What was handed over is kept as it was when it was given: later it still says what the other took on."""

    class State(models.TextChoices):
        DRAFT = "draft", "待移交"
        GIVEN = "given", "待接收"
        RECEIVED = "received", "待监交"
        CLOSED = "closed", "已交接"

    giver = models.CharField("移交人", max_length=64)
    office = models.CharField("职务", max_length=60, blank=True)
    receiver = models.CharField("接收人", max_length=64)
    on = models.DateField("交接日期", default=timezone.localdate)
    note = models.CharField("备注", max_length=400, blank=True)
    state = models.CharField("交接状态", max_length=10, choices=State, default=State.DRAFT, editable=False)
    locked = models.BooleanField("清单已固定", default=False, editable=False)
    pack = models.JSONField("移交时的清单", null=True, editable=False)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "工作交接"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "giver", "on"],
                name="handover_once",
                violation_error_message="同一人同一天在该地区的交接已登记",
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")),
                name="handover_to_another",
                violation_error_message="接收人不能是移交人自己",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", locked=False, pack__isnull=True)
                | (~Q(state="draft") & Q(locked=True, pack__isnull=False)),
                name="handover_keeps_its_pack",
                violation_error_message="移交人确认以后，清单不能更改",
            ),
        ]

    def __str__(self):
        return f"{self.giver}交接"

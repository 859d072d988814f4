"""What the ground keeps: users, records with a version and an origin, and what was looked at or taken out."""

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from povertyparty.comments import Comment
from povertyparty.documents import DocumentTemplate
from povertyparty.files import StoredFile
from povertyparty.jobs import Job
from povertyparty.notices import Letter, Mail, Notice
from povertyparty.retyping import Retyped
from povertyparty.saved import SavedFilter
from povertyparty.scope import Placed
from povertyparty.uploads import Upload, UploadedRow


class User(AbstractUser):
    """Somebody who signs in. What they may do and where comes from the appointment they act in, never from here."""

    first_name = last_name = None
    name = models.CharField("姓名", max_length=64)
    preferences = models.JSONField("界面设置", default=dict, blank=True, editable=False)
    must_change_password = models.BooleanField("首次登录须改密码", default=False)
    mail = models.CharField("邮件通知", max_length=5, choices=Mail, default=Mail.DAILY)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    get_short_name = get_full_name


class Record(Placed):
    """A row of a ledger: which edit it is at, and the Excel row it last came from."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)
    origin = models.ForeignKey(
        UploadedRow, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name="来源行"
    )

    class Meta(Placed.Meta):
        abstract = True


def tracked(model):
    """Every insert, change and deletion of the model goes into its event table, by whatever way it was written.

    Statement-level triggers see COPY, bulk and raw SQL too. The generated county is left out: it follows from the place.
    """
    events = (pghistory.InsertEvent, pghistory.UpdateEvent, pghistory.DeleteEvent)
    return pghistory.track(
        *(event(level=pghistory.Statement) for event in events),
        exclude=[f.name for f in model._meta.local_fields if f.generated],
        attrs={"scope_column": model.scope_column, "append_only": True},
    )(model)


class Access(Placed):
    """Somebody saw or took out what is masked by default: a reveal, an export, a download (append only)."""

    append_only = True

    class Kind(models.TextChoices):
        REVEAL = "reveal", "查看"
        EXPORT = "export", "导出"
        DOWNLOAD = "download", "下载"

    place_code = models.CharField("地区", max_length=12, db_collation="C", blank=True)
    kind = models.CharField("事项", max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="操作人")
    at = models.DateTimeField("时间", auto_now_add=True)
    reason = models.CharField("事由", max_length=200)
    ledger = models.CharField("台账", max_length=40, blank=True)
    record = models.BigIntegerField("记录", null=True)
    columns = models.JSONField("列", default=list)
    rows = models.PositiveIntegerField("行数", default=1)
    detail = models.JSONField("条件", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "查看与导出记录"
        indexes = [models.Index(fields=["ledger", "record"]), models.Index(fields=["place_code", "-at"])]

    def __str__(self):
        return f"{self.get_kind_display()} {self.ledger} {self.record or ''}"


class RecordStep(Placed):
    """One step that somebody took with a record, in the office they then held (append only); see steps.py."""

    append_only = True

    place_code = models.CharField("地区", max_length=12, db_collation="C")
    process = models.CharField("流程", max_length=40)
    ledger = models.CharField("台账", max_length=40)
    record = models.BigIntegerField("记录")
    verb = models.CharField("步骤", max_length=20)
    before = models.CharField("原状态", max_length=20, blank=True)
    after = models.CharField("新状态", max_length=20, blank=True)
    version = models.PositiveIntegerField("版本")
    details = models.JSONField("填写内容", default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人")
    office = models.CharField("办理时的岗位", max_length=100)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["pk"]
        # What the conditional update promises, the database keeps: a version of a record is reached by one step.
        constraints = [
            models.UniqueConstraint(fields=["ledger", "record", "version"], name="record_step_once")
        ]

    def __str__(self):
        return f"{self.ledger} {self.record} {self.verb}"

    @property
    def day(self):
        return timezone.localtime(self.at).date()


__all__ = [
    "Access",
    "Comment",
    "DocumentTemplate",
    "Job",
    "Letter",
    "Notice",
    "Record",
    "RecordStep",
    "Retyped",
    "SavedFilter",
    "StoredFile",
    "Upload",
    "UploadedRow",
    "User",
    "tracked",
]

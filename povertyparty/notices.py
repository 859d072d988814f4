"""通知: what the system tells an appointed person of a record: whose turn it became, what came of it, which day is near or past.

Every notice has an occasion: the version that a step led to, a threshold of a deadline, a comment. The database keeps one
notice of an occasion for a record and an appointment, so that nobody is told twice, whoever tells it and however often.
"""

from importlib import import_module

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.scope import Placed, ScopedQuerySet

NAMED = 120  # letters of what names a record


class Mail(models.TextChoices):
    """How somebody who gave an address wants to hear of notices outside the system."""

    EACH = "each", "有通知即发"
    DAILY = "daily", "每日汇总"
    NONE = "none", "不发邮件"


class Letter(Placed):
    """邮件: what is sent to one person of so many notices, tried again until it is sent or too often refused."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    place_code = models.CharField("地区", max_length=12, db_collation="C", blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="收件人"
    )
    subject = models.CharField("主题", max_length=100)
    body = models.TextField("正文")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("未成功的原因", max_length=200, blank=True)
    written_at = models.DateTimeField("写成时间", default=timezone.now)
    next_at = models.DateTimeField("下次发送时间", default=timezone.now)
    sent_at = models.DateTimeField("发出时间", null=True)

    class Meta(Placed.Meta):
        app_label = "povertyparty"
        verbose_name = verbose_name_plural = "通知邮件"
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="letter_waiting")]

    def __str__(self):
        return self.subject


class NoticeQuerySet(ScopedQuerySet):
    def of(self, user):
        """Those addressed to this person in the appointment they act in; nobody else reads them."""
        return self.filter(user=user.pk, appointment=user.appointment.pk if user.appointment else None)

    def unread(self):
        return self.filter(read_at=None, settled_at=None)

    def read(self):
        return self.filter(read_at=None).update(read_at=timezone.now())


class Notice(Placed):
    """Told to one appointment of a record. Read by its addressee, or settled: the matter moved on before."""

    class Kind(models.TextChoices):
        TURN = "turn", "轮到办理"
        RESULT = "result", "办理结果"
        REMINDER = "reminder", "到期提醒"
        ESCALATION = "escalation", "超期提级"
        COMMENT = "comment", "留言"

    # What the next step makes pointless.
    UNDONE = (Kind.TURN, Kind.REMINDER, Kind.ESCALATION)

    place_code = models.CharField("地区", max_length=12, db_collation="C")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="收件人"
    )
    appointment = models.BigIntegerField("任用")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    ledger = models.CharField("台账", max_length=40)
    record = models.BigIntegerField("记录")
    occasion = models.CharField("事由", max_length=80)
    title = models.CharField("标题", max_length=200)
    text = models.CharField("内容", max_length=500, blank=True)
    url = models.CharField("页面", max_length=200)
    at = models.DateTimeField("时间", default=timezone.now)
    read_at = models.DateTimeField("已读时间", null=True)
    settled_at = models.DateTimeField("了结时间", null=True)
    mail = models.BooleanField("要发邮件", default=False)
    letter = models.ForeignKey(
        Letter, models.SET_NULL, null=True, related_name="notices", verbose_name="邮件"
    )

    objects = NoticeQuerySet.scoped()

    class Meta(Placed.Meta):
        app_label = "povertyparty"
        verbose_name = verbose_name_plural = "通知"
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "record", "occasion", "appointment"], name="notice_once"
            )
        ]
        indexes = [
            models.Index(fields=["appointment", "-id"], name="notice_of_appointment"),
            models.Index(
                fields=["appointment"],
                condition=Q(read_at=None, settled_at=None),
                name="notice_unread",
            ),
            models.Index(fields=["user"], condition=Q(mail=True, letter=None), name="notice_to_mail"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_unread(self):
        return self.read_at is None and self.settled_at is None

    @property
    def told(self):
        """What is true of it once, whoever tells it."""
        return self.ledger, self.record, self.occasion, self.appointment

    @classmethod
    def to(cls, appointment, found, ledger, **said):
        return cls(
            place_code=found.lies_in,
            user=appointment.user,
            appointment=appointment.pk,
            ledger=ledger,
            record=found.pk,
            mail=wants_mail(appointment.user),
            **said,
        )

    @classmethod
    def keep(cls, notices):
        """How many of them were new. Of two who tell the same at once, the second adds nothing."""
        rows = cls.objects.filter(
            ledger__in={one.ledger for one in notices}, record__in={one.record for one in notices}
        )
        known = set(rows.values_list("ledger", "record", "occasion", "appointment")) if notices else set()
        new = {one.told: one for one in notices if one.told not in known}
        # In one order, so that two at once never wait for each other in a ring.
        cls.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
        return len(new)


def wants_mail(user):
    return bool(settings.EMAIL_CONFIGURED and user.email and user.mail != Mail.NONE)


def posts():
    """Who holds which post over a place: the ground knows neither (`settings.POSTS` names the module).

    over(roles, code)   the appointments in force, each with user, role, unit and `may`
    of(users, code)     the appointments of these users
    above(roles, code)  the posts above these, one level after another
    called(roles)       what they are called
    """
    return import_module(settings.POSTS)


def named(process, found):
    return Truncator(process.named(found)).chars(NAMED)


# Who is told


def awaited(process, found, roles, shut=frozenset()):
    """(the appointments that are meant, what is to be said of it): where nobody holds such a post, those above.

    `shut` are people who may not act here: with nobody else in the post, it is as good as vacant.
    """
    code = found.lies_in
    for level in (roles, *posts().above(roles, code)):
        held = [
            one
            for one in posts().over(level, code)
            if one.may(process.right)
            and (level != roles or (one.user_id not in shut and process.concerns(found, one)))
        ]
        if held:
            return held, "" if level == roles else f"没有可以办理的{posts().called(roles)}，转请您安排"
    return [], ""


def shut_out(process, found, verb):
    """Those who took, in this round, a step whose taker may not take this one."""
    if not process.steps[verb].not_by:
        return set()
    return {one.by_id for one in process.round(found) if one.verb in process.steps[verb].not_by}


def took_part(process, found):
    """The appointments in force of those who took a step with the record."""
    users = {one.by_id for one in process.trail(found)}
    return [one for one in posts().of(users, found.lies_in) if one.may(process.right)]


# What is told of a step


def announce(process, found, taken):
    """Tells of a step just taken, in its transaction: whose turn it became; where nothing is awaited now, what came of it."""
    if taken.after == taken.before:
        return
    settle(process.ledger, found.pk)
    label, state = process.steps[taken.verb].label, process.states[taken.after]
    turn = process.turns.get(taken.after) if process.asks(found) else None
    if turn:
        held, vacancy = awaited(process, found, turn.roles, shut_out(process, found, turn.verb))
        kind, title = Notice.Kind.TURN, f"{label}：请{asked(process.what(turn), vacancy)}"
    else:
        kind, title, vacancy = Notice.Kind.RESULT, f"{label}，现在是“{state}”", ""
        held = took_part(process, found)
    text = "；".join(filter(None, [named(process, found), f"{taken.office}：{label}", vacancy]))
    Notice.keep([
        Notice.to(
            one, found, process.ledger, occasion=f"step.{taken.version}", kind=kind,
            title=title, text=text, url=address(process.ledger, found.pk),
        )
        for one in held if one.user_id != taken.by_id
    ])  # fmt: skip


def asked(what, vacancy):
    return f"安排{what}" if vacancy else what


def settle(ledger, record):
    """The record moved on: what was asked of anybody before and not read yet needs no reading any more."""
    rows = Notice.objects.filter(ledger=ledger, record=record, kind__in=Notice.UNDONE)
    rows.unread().update(settled_at=timezone.now())


def address(ledger, record):
    """Where one works on the record: the page of its own, if the ledger has one."""
    page = LEDGERS[ledger].page
    return reverse(page[0], args=[record]) if page else reverse("record", args=[ledger, record])

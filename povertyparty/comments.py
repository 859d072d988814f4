"""批注、留言: what people say of a record beside its steps. Added and never rewritten; whoever saw to it marks it 已处理.

A comment asks those who took part in the record's steps, and waits on their desks until somebody marks it. Its author may
take it back for ten minutes: that it was there stays to be seen, what it said does not.
"""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from povertyparty.kinds import Fault, Text
from povertyparty.notices import Notice, address, awaited, named, posts, took_part
from povertyparty.scope import Placed, ScopedQuerySet

LONGEST = 500
MINUTES = 10  # in which the author may take a comment back
SETTLED_ONCE = ("ledger", "record", "place_code", "by", "office", "at", "reply_to", "asked")


class CommentRefused(Exception):
    """Why it was not done, and nothing was changed; the message is for people."""


class CommentQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(processed_at=None, withdrawn_at=None)

    def waiting_for(self, user):
        """What this person, in the appointment they act in, was asked and nobody has seen to yet."""
        pk = user.appointment.pk if user.appointment else 0
        return self.waiting().filter(asked__contains=[pk])


class Comment(Placed):
    place_code = models.CharField("地区", max_length=12, db_collation="C")
    ledger = models.CharField("台账", max_length=40)
    record = models.BigIntegerField("记录")
    reply_to = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replies", verbose_name="回复的留言"
    )
    text = models.TextField("留言", max_length=LONGEST)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="留言人")
    office = models.CharField("留言时的岗位", max_length=100)
    at = models.DateTimeField("时间", default=timezone.now)
    asked = ArrayField(models.BigIntegerField(), verbose_name="请谁处理", default=list)
    processed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="处理人"
    )
    processed_at = models.DateTimeField("处理时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = CommentQuerySet.scoped()

    class Meta(Placed.Meta):
        app_label = "povertyparty"
        verbose_name = verbose_name_plural = "留言"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | Q(withdrawn_at__isnull=False), name="comment_says_something"
            ),
            models.CheckConstraint(
                condition=Q(processed_by=None, processed_at=None)
                | Q(processed_by__isnull=False, processed_at__isnull=False),
                name="comment_processed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["ledger", "record"], name="comment_of_record"),
            GinIndex(
                fields=["asked"],
                condition=Q(processed_at=None, withdrawn_at=None),
                name="comment_waiting",
            ),
        ]
        # What was said stays as it was said, whoever writes: it may only be taken back whole.
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_said", fields=SETTLED_ONCE),
            pgtrigger.Protect(
                name="not_rewritten",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__text__df=pgtrigger.F("new__text")) & ~pgtrigger.Q(new__text=""),
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def may_still_go(self):
        return self.withdrawn_at is None and timezone.now() < self.at + timedelta(minutes=MINUTES)

    def withdraw(self, user):
        """Taken back by its author, within ten minutes and before anybody saw to it."""
        if self.by_id != user.pk:
            raise CommentRefused("只能撤回自己的留言")
        rows = Comment.objects.filter(pk=self.pk, withdrawn_at=None, processed_at=None)
        young = rows.filter(at__gt=timezone.now() - timedelta(minutes=MINUTES))
        if not young.update(withdrawn_at=timezone.now(), text=""):
            raise CommentRefused(f"留言只能在{MINUTES}分钟内、处理之前撤回；可以另写一条更正")
        notices = Notice.objects.filter(ledger=self.ledger, record=self.record, occasion=occasion(self))
        notices.unread().update(settled_at=timezone.now())

    def process(self, user):
        """Marked as seen to: who was first stays."""
        rows = Comment.objects.filter(pk=self.pk, reply_to=None, withdrawn_at=None, processed_at=None)
        if not rows.update(processed_at=timezone.now(), processed_by=user):
            raise CommentRefused("这条留言已有人处理，或已撤回，请看过最新情况")


def occasion(comment):
    return f"comment.{comment.pk}"


def read(text):
    """What was typed, or a refusal that says what is wrong with it."""
    try:
        said = Text(longest=LONGEST).parse(text or "").strip()
    except Fault as fault:
        raise CommentRefused(f"没有留言：{fault}") from None
    if not said:
        raise CommentRefused("没有留言：请写明内容")
    return said


def add(ledger, found, user, text, *, processes, reply_to=None):
    """Said of a record. Those who took part in its steps are told and asked; where nobody did, those whose turn it is."""
    text = read(text)
    if reply_to and (reply_to.reply_to_id or (reply_to.ledger, reply_to.record) != (ledger.code, found.pk)):
        raise CommentRefused("只能回复这条记录的留言，回复不能再回复")
    told = [one for one in concerned(ledger, found, processes) if one.user_id != user.pk]
    comment = Comment.objects.create(
        place_code=found.lies_in,
        ledger=ledger.code,
        record=found.pk,
        reply_to=reply_to,
        text=text,
        by=user,
        office=str(user.appointment),
        asked=[] if reply_to else [one.pk for one in told],
    )
    title, name = "新回复" if reply_to else "新留言", naming(found, processes)
    Notice.keep([
        Notice.to(
            one, found, ledger.code, occasion=occasion(comment), kind=Notice.Kind.COMMENT,
            title=f"{ledger.title}：{title}", text=f"{name}；{comment.office}：{title}",
            url=f"{address(ledger.code, found.pk)}#comments",
        )
        for one in told
    ])  # fmt: skip
    return comment


def naming(found, processes):
    return named(processes[0], found) if processes else str(found)


def concerned(ledger, found, processes):
    """The appointments of those who took part in steps or comments; where nobody did, of those whose turn it is."""
    said = Comment.objects.filter(ledger=ledger.code, record=found.pk).values_list("by", flat=True)
    speakers = [one for one in posts().of(set(said), found.lies_in) if one.may(ledger.right)]
    told = {one.pk: one for process in processes for one in took_part(process, found)}
    if not told:
        turns = ((one, one.turns.get(one.state(found))) for one in processes)
        told = {
            one.pk: one for process, turn in turns if turn for one in awaited(process, found, turn.roles)[0]
        }
    return [*(told | {one.pk: one for one in speakers}).values()]


def threads(ledger, found):
    """The comments of a record, the newest thread first, each with its replies in their order; in one query."""
    rows = Comment.objects.filter(ledger=ledger.code, record=found.pk)
    told = list(rows.select_related("by", "processed_by").order_by("pk"))
    replies = {}
    for one in told:
        if one.reply_to_id:
            replies.setdefault(one.reply_to_id, []).append(one)
    return [(one, replies.get(one.pk, [])) for one in reversed(told) if one.reply_to_id is None]

"""Notices by e-mail, for those who gave an address, where a mail server is set. Nobody waits for it and no step fails by it.

A letter says titles and where to read more; names and facts stay in the system. It is written after the notices were
committed, sent by a job of its own, and tried again after growing pauses; what was refused for good, administrators see.
"""

from datetime import datetime, time, timedelta
from itertools import groupby
from os.path import commonprefix
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.utils import timezone

from povertyparty import jobs
from povertyparty.notices import Letter, Mail, Notice

DIGEST_AT = time(8)
PAUSES = [timedelta(minutes=n) for n in (5, 15, 60, 240)]
MOST = len(PAUSES) + 1  # times that a letter is tried
LISTED = 50  # notices that a letter names


def to_write(now):
    """The notices that a letter is due for: at once, or those of the day up to this morning's hour."""
    local = timezone.localtime(now)
    morning = timezone.make_aware(datetime.combine(local.date(), DIGEST_AT))
    upto = morning if now >= morning else morning - timedelta(days=1)
    ripe = Q(user__mail=Mail.EACH) | Q(user__mail=Mail.DAILY, at__lt=upto)
    rows = Notice.objects.filter(ripe, mail=True, letter=None, user__is_active=True).unread()
    return rows.exclude(user__email="")


def to_send(now):
    return Letter.objects.filter(state=Letter.State.WAITING, next_at__lte=now)


def are_wanted():
    now = timezone.now()
    return settings.EMAIL_CONFIGURED and (to_write(now).exists() or to_send(now).exists())


@jobs.job("write letters", repeatable=True, wanted=are_wanted)
def write_letters(job=None):
    """Writes what is due, and queues each letter: every one is sent, or fails, for itself."""
    now = timezone.now()
    rows = to_write(now).select_related("user").select_for_update(of=("self",), skip_locked=True)
    for user, notices in groupby(rows.order_by("user", "pk"), key=lambda one: one.user):
        write(user, list(notices))
    due = list(to_send(now).select_for_update(skip_locked=True))
    for letter in due:
        jobs.queue("send letter", owner=None, place_code="", letter=letter.pk)
    # Should its job be lost, the letter is found again later.
    Letter.objects.filter(pk__in=[one.pk for one in due]).update(next_at=now + PAUSES[0])
    return {"letters": len(due)}


def write(user, notices):
    letter = Letter.objects.create(
        user=user,
        place_code=commonprefix([one.place_code for one in notices]),  # noqa: RUF071 – of codes, letter by letter
        subject=f"抓党建促脱贫案件管理：{len(notices)}条新通知",
        body=body(notices),
    )
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(letter=letter)


def body(notices):
    # Who holds two posts may be told the same in both.
    said = [*dict.fromkeys(f"{one.title}\n{settings.SITE_URL}{one.url}" for one in notices)]
    lines = said[:LISTED]
    if len(said) > LISTED:
        lines.append(f"还有{len(said) - LISTED}条，请登录系统查看。")
    return "\n\n".join(
        [*lines, "请登录系统办理。本邮件由系统发出，请勿回复；不想再收，请在系统的“邮件通知”中改定。"]
    )


@jobs.job("send letter")
def send_letter(job, letter):
    """Sent once; of two who hold the same letter the second finds it taken."""
    found = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    one = found.filter(pk=letter, state=Letter.State.WAITING).first()
    if one is None:
        return {}
    one.attempts += 1
    try:
        send_mail(one.subject, one.body, None, [one.user.email])
    except (SMTPException, OSError, ValueError) as error:
        one.error = in_words(error)
        one.state = Letter.State.FAILED if one.attempts >= MOST else Letter.State.WAITING
        one.next_at = timezone.now() + PAUSES[min(one.attempts, len(PAUSES)) - 1]
    else:
        one.error, one.state, one.sent_at = "", Letter.State.SENT, timezone.now()
    one.save()
    return {"state": one.state}


def in_words(error):
    """Without the server's own text, which may hold addresses."""
    if isinstance(error, SMTPAuthenticationError):
        return "邮件服务器不接受用户名或密码，请核对 EMAIL_URL"
    if isinstance(error, SMTPRecipientsRefused | ValueError):
        return "邮件服务器不接受收件地址，请核对该用户的电子邮件地址"
    if isinstance(error, SMTPException):
        return "邮件服务器拒绝发送，请查看邮件服务器的记录"
    return "连不上邮件服务器，请核对 EMAIL_URL 和网络"


def try_again(letter):
    """Asked for by an administrator; whether it had failed."""
    rows = Letter.objects.filter(pk=letter, state=Letter.State.FAILED)
    return bool(rows.update(state=Letter.State.WAITING, attempts=0, next_at=timezone.now()))

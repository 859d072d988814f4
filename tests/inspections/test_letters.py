"""Notices by e-mail: only where a server is set and somebody wants them, minimal, tried again, and never in anybody's way."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone

from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty import jobs, letters
from povertyparty.letters import MOST
from povertyparty.mailbox import MailboxFault, mailbox
from povertyparty.models import Job, Letter, Notice, User
from povertyparty.scope import everywhere
from tests.inspections.rectifying import needed
from tests.inspections.telling import told
from villages.models import Role

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
EVENING = datetime(2026, 12, 30, 20, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def configured(settings):
    settings.EMAIL_CONFIGURED, settings.EMAIL_BACKEND = True, LOCMEM
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://dangjian.example", "tongzhi@dangjian.example"


@pytest.fixture
def clock(monkeypatch):
    """clock(moment): what time it is from now on."""

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))

    return at


@pytest.fixture
def leader(somebody):
    return somebody(Role.TOWNSHIP_LEADER)


def wants(user, how, email="leader@dangjian.example"):
    user.email, user.mail = email, how
    User.objects.filter(pk=user.pk).update(email=email, mail=how)


def apply_for(item, user, in_scope, at=None):
    with in_scope(user):
        RECTIFICATION.take(Item.objects.get(pk=item.pk), "apply", user, **needed("apply"))
        if at:
            Notice.objects.filter(record=item.pk).update(at=at)


def work():
    """As the worker does every minute, until nothing is left to do; how many jobs that were."""
    count = 0
    while (jobs.queue_wanted(), done := jobs.run_pending())[1]:
        count += done
    return count


def all_letters():
    with everywhere("test"):
        return list(Letter.objects.select_related("user").order_by("pk"))


@pytest.mark.django_db
def test_without_a_server_nothing_is_queued(item_in, filer, leader, in_scope):
    wants(leader, "each")
    apply_for(item_in("doing"), filer, in_scope)
    assert len(told()) == 1 and not told()[0].mail
    assert work() == 0 and not mail.outbox and not all_letters()
    with everywhere("test"):
        assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("how,email", [("none", "leader@dangjian.example"), ("each", "")])
def test_who_does_not_want_it_gets_none(how, email, configured, item_in, filer, leader, in_scope):
    wants(leader, how, email)
    apply_for(item_in("doing"), filer, in_scope)
    assert work() == 0 and not mail.outbox


@pytest.mark.django_db
def test_at_once_means_within_a_minute_and_says_titles_and_pages_only(
    configured, item_in, filer, leader, in_scope
):
    wants(leader, "each")
    item = item_in("doing", facts={"symptom": "王小明家的门窗没有修好", "person": "吴干事"})
    apply_for(item, filer, in_scope)
    work()
    (sent,) = mail.outbox
    assert sent.to == ["leader@dangjian.example"] and sent.from_email == "tongzhi@dangjian.example"
    assert f"申请销号：请初审\nhttps://dangjian.example/items/{item.pk}/" in sent.body
    for private in ("王小明", "吴干事", item.code, filer.name, "前湾村"):
        assert private not in sent.body + sent.subject
    assert work() == 0 and len(mail.outbox) == 1


@pytest.mark.django_db
def test_the_day_s_notices_come_in_one_letter_in_the_morning(
    configured, item_in, filer, leader, in_scope, clock
):
    wants(leader, "daily")
    clock(EVENING)
    for _ in range(3):
        apply_for(item_in("doing"), filer, in_scope, at=EVENING)
    assert work() == 0
    clock(EVENING + timedelta(hours=11, minutes=59))
    assert work() == 0
    clock(EVENING + timedelta(hours=12))
    # Of the new day: tomorrow's letter.
    apply_for(item_in("doing"), filer, in_scope, at=EVENING + timedelta(hours=12))
    work()
    (sent,) = mail.outbox
    assert "3条新通知" in sent.subject and sent.body.count("请初审") == 3
    clock(EVENING + timedelta(hours=36))
    work()
    assert [one.subject.partition("：")[2] for one in mail.outbox] == ["3条新通知", "1条新通知"]


@pytest.mark.django_db
def test_what_was_read_meanwhile_needs_no_letter(
    configured, item_in, filer, leader, in_scope, client_of, clock
):
    wants(leader, "daily")
    apply_for(item_in("doing"), filer, in_scope)
    client_of(leader).post("/inbox/read-all/")
    clock(timezone.now() + timedelta(days=2))
    assert work() == 0 and not mail.outbox


class Refusing:
    """A server that says no so many times."""

    def __init__(self, error, times):
        self.error, self.times, self.asked = error, times, 0

    def __call__(self, *args, **kwargs):
        self.asked += 1
        if self.asked <= self.times:
            raise self.error


@pytest.mark.django_db
def test_it_is_tried_again_after_growing_pauses_and_then_sent(
    configured, item_in, filer, leader, in_scope, clock, monkeypatch
):
    server = Refusing(SMTPServerDisconnected("boom"), times=2)
    monkeypatch.setattr(letters, "send_mail", server)
    wants(leader, "each")
    clock(EVENING)
    apply_for(item_in("doing"), filer, in_scope)
    work()
    (letter,) = all_letters()
    assert (letter.state, letter.attempts, server.asked) == ("waiting", 1, 1)
    assert "邮件服务器" in letter.error and "boom" not in letter.error
    clock(EVENING + timedelta(minutes=4))
    assert work() == 0
    for minutes in (6, 30):
        clock(EVENING + timedelta(minutes=minutes))
        work()
    (letter,) = all_letters()
    assert (letter.state, letter.attempts, letter.error) == ("sent", 3, "") and letter.sent_at


@pytest.mark.django_db
def test_after_so_many_times_it_failed_and_administrators_see_why(
    configured, item_in, filer, leader, in_scope, clock, monkeypatch, somebody, client_of
):
    server = Refusing(SMTPRecipientsRefused({"leader@dangjian.example": (550, b"no")}), times=99)
    monkeypatch.setattr(letters, "send_mail", server)
    wants(leader, "each")
    clock(EVENING)
    apply_for(item_in("doing"), filer, in_scope)
    for hours in range(0, 48, 5):
        clock(EVENING + timedelta(hours=hours))
        work()
    (letter,) = all_letters()
    assert (letter.state, letter.attempts, server.asked) == ("failed", MOST, MOST)
    administrator = client_of(somebody(Role.ADMINISTRATOR))
    page = administrator.get("/letters/").content.decode()
    assert "邮件服务器不接受收件地址" in page and f"letters/{letter.pk}/again/" in page
    administrator.post(f"/letters/{letter.pk}/again/")
    server.times = 0
    work()
    assert all_letters()[0].state == "sent"
    assert "没有失败" in administrator.post(f"/letters/{letter.pk}/again/", follow=True).content.decode()


@pytest.mark.django_db
def test_only_administrators_see_letters(configured, officer, clerk, client_of):
    for user in (officer, clerk):
        assert client_of(user).get("/letters/").status_code == 403


@pytest.mark.django_db
def test_a_server_that_does_not_answer_is_in_nobody_s_way(
    configured, item_in, filer, leader, in_scope, monkeypatch, fresh
):
    monkeypatch.setattr(letters, "send_mail", Refusing(OSError("unreachable"), times=99))
    wants(leader, "each")
    item = item_in("doing")
    apply_for(item, filer, in_scope)
    work()
    assert fresh(item).state == "applied" and "连不上" in all_letters()[0].error


@pytest.mark.parametrize(
    "error,words",
    [
        (SMTPAuthenticationError(535, b"x"), "用户名或密码"),
        (SMTPRecipientsRefused({}), "收件地址"),
        (SMTPServerDisconnected("x"), "拒绝发送"),
        (TimeoutError("x"), "连不上"),
    ],
)
def test_what_went_wrong_is_said_in_words(error, words):
    assert words in letters.in_words(error)


# What one chooses


@pytest.mark.django_db
def test_everybody_chooses_for_themselves(leader, client_of):
    client = client_of(leader)
    assert "没有设置邮件服务器" in client.get("/inbox/mail/").content.decode()
    assert client.post("/inbox/mail/", {"email": "a@dangjian.example", "mail": "each"}).status_code == 302
    assert User.objects.values_list("email", "mail").get(pk=leader.pk) == ("a@dangjian.example", "each")
    refused = client.post("/inbox/mail/", {"email": "不是地址", "mail": "each"})
    assert refused.status_code == 422 and "有效的" in refused.content.decode()
    assert User.objects.get(pk=leader.pk).email == "a@dangjian.example"


# The setting


@pytest.mark.parametrize(
    "environ,expected",
    [
        ({"EMAIL_URL": "smtp://u:p%40ss@mail.example:587"}, ("mail.example", 587, "u", "p@ss", True, False)),
        ({"EMAIL_URL": "smtps://mail.example"}, ("mail.example", 465, "", "", False, True)),
        ({"EMAIL_HOST": "mail.example"}, ("mail.example", 25, "", "", False, False)),
        (
            {"EMAIL_HOST": "mail.example", "EMAIL_PORT": "465", "EMAIL_USER": "a@b.example", "EMAIL_PASSWORD": "p:/@"},
            ("mail.example", 465, "a@b.example", "p:/@", False, True),
        ),
    ],
)  # fmt: skip
def test_a_server_is_set_from_the_environment(environ, expected):
    told = mailbox(environ)
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL")  # fmt: skip
    assert told["EMAIL_CONFIGURED"] and tuple(told[name] for name in names) == expected


def test_without_an_environment_there_is_none():
    assert mailbox({}) == {"EMAIL_CONFIGURED": False}
    assert mailbox({"EMAIL_URL": ""}) == {"EMAIL_CONFIGURED": False}


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:abc"])
def test_a_setting_that_means_nothing_is_refused_in_words(url):
    with pytest.raises(MailboxFault, match="EMAIL_URL"):
        mailbox({"EMAIL_URL": url})


def test_the_sender_is_the_one_said_or_the_user_who_signs_in():
    sender = lambda **environ: mailbox(environ)["DEFAULT_FROM_EMAIL"]  # noqa: E731
    assert sender(EMAIL_URL="smtp://mail.example") == "povertyparty@mail.example"
    assert sender(EMAIL_URL="smtp://a%40b.example:x@mail.example") == "a@b.example"
    assert (
        sender(EMAIL_URL="smtp://mail.example", EMAIL_FROM="党建办 <d@b.example>") == "党建办 <d@b.example>"
    )

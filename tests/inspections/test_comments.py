"""What is said of a record: by whom, to whom it is told, who saw to it, and how it is taken back."""

import re
from datetime import timedelta

import pytest
from django.db import InternalError, NotSupportedError, ProgrammingError, connection, transaction
from django.utils import timezone

from povertyparty import desk
from povertyparty.comments import MINUTES
from povertyparty.models import Comment
from povertyparty.scope import everywhere
from tests.inspections.rectifying import COUNTY, FAR
from tests.inspections.telling import people, told
from villages.models import Place, Role

pytestmark = pytest.mark.django_db
R = Role


@pytest.fixture
def item(item_in, filer, officer):
    """An item on which the village's filer and the county's officer took steps."""
    return item_in("doing", assign=officer, plan=filer, sign=filer, approve=officer)


@pytest.fixture
def say(client_of):
    """say(user, item, text): as a browser would; the answer, followed."""

    def send(user, item, text, **more):
        return client_of(user).post(f"/comments/items/{item.pk}/add/", {"text": text, **more}, follow=True)

    return send


def comments():
    with everywhere("test"):
        return list(Comment.objects.select_related("by", "processed_by").order_by("pk"))


def post(client_of, user, comment, what):
    return client_of(user).post(f"/comments/{comment.pk}/{what}/", follow=True)


def test_who_took_part_is_told_and_nobody_else(item, filer, officer, clerk, chief, outsider, say):
    page = say(clerk, item, "请补报第二季度的培训照片")
    assert page.status_code == 200 and "请补报第二季度的培训照片" in page.content.decode()
    assert {filer, officer} <= people(told(item, kind="comment"))
    assert not {clerk, chief, outsider} & people(told(item, kind="comment"))


def test_it_waits_on_the_desks_of_those_asked_until_somebody_saw_to_it(
    item, filer, officer, clerk, say, client_of, in_scope
):
    say(clerk, item, "请补报照片")
    (comment,) = comments()
    for user in (filer, officer):
        with in_scope(user):
            assert any("请补报照片" in one["title"] for one in desk.waiting(user, 50)[1])
    with in_scope(clerk):
        assert not any("请补报照片" in one["title"] for one in desk.waiting(clerk, 50)[1])
        mine = desk.count(clerk)
    assert "已标为已处理" in post(client_of, filer, comment, "process").content.decode()
    (comment,) = comments()
    assert comment.processed_by == filer and comment.processed_at
    for user in (filer, officer):
        with in_scope(user):
            assert not any("请补报照片" in one["title"] for one in desk.waiting(user, 50)[1])
    with in_scope(clerk):
        assert desk.count(clerk) == mine


def test_the_first_who_saw_to_it_stays(item, filer, officer, clerk, say, client_of):
    say(clerk, item, "请补报照片")
    (comment,) = comments()
    post(client_of, filer, comment, "process")
    assert "已有人处理" in post(client_of, officer, comment, "process").content.decode()
    assert comments()[0].processed_by == filer


def test_where_nobody_took_part_those_whose_turn_it_is_are_asked(item_in, officer, clerk, chief, say):
    item = item_in("not_started")
    say(clerk, item, "这一项与上一轮的重复")
    assert people(told(item, kind="comment")) == {officer}


def test_a_reply_is_told_too_and_asks_nothing(item, filer, clerk, say, in_scope):
    say(clerk, item, "请补报照片")
    (comment,) = comments()
    page = say(filer, item, "明天补报", reply_to=comment.pk).content.decode()
    reply = comments()[1]
    assert "明天补报" in page and reply.reply_to_id == comment.pk and reply.asked == []
    assert clerk in people(told(item, occasion=f"comment.{reply.pk}"))


def test_a_reply_has_no_replies_and_stays_with_its_record(item, item_in, filer, clerk, say):
    say(clerk, item, "请补报照片")
    say(filer, item, "明天补报", reply_to=comments()[0].pk)
    assert "回复不能再回复" in say(clerk, item, "好", reply_to=comments()[1].pk).content.decode()
    other = item_in("doing")
    assert "只能回复这条记录的留言" in say(clerk, other, "好", reply_to=comments()[0].pk).content.decode()
    assert len(comments()) == 2


@pytest.mark.parametrize(
    "text,why", [("", "请写明内容"), ("  \n ", "请写明内容"), ("长" * 501, "超过500个字")]
)
def test_what_says_nothing_or_too_much_is_refused(text, why, item, clerk, say):
    assert why in say(clerk, item, text).content.decode()
    assert not comments() and not told(item)


def test_the_form_says_what_not_to_write(item, clerk, client_of):
    page = client_of(clerk).get(f"/items/{item.pk}/").content.decode()
    assert "请勿写民族、宗教" in page


def test_text_is_shown_as_text(item, clerk, say):
    page = say(clerk, item, "<script>alert(1)</script>").content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


# Taking back


def test_the_author_takes_it_back_and_that_stays_to_be_seen(item, filer, clerk, say, client_of, in_scope):
    say(clerk, item, "写错了的内容")
    (comment,) = comments()
    page = post(client_of, clerk, comment, "withdraw").content.decode()
    assert "已撤回" in page and "写错了的内容" not in page
    assert comments()[0].text == "" and not any(one.is_unread for one in told(item, kind="comment"))
    with in_scope(filer):
        assert not any("留言" in one["title"] for one in desk.waiting(filer, 50)[1])


def test_only_the_author_and_only_for_ten_minutes(item, filer, clerk, say, client_of, monkeypatch):
    say(clerk, item, "请补报照片")
    (comment,) = comments()
    assert "只能撤回自己的留言" in post(client_of, filer, comment, "withdraw").content.decode()
    later = timezone.now() + timedelta(minutes=MINUTES, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "10分钟内" in post(client_of, clerk, comment, "withdraw").content.decode()
    assert comments()[0].text == "请补报照片"


def test_what_somebody_saw_to_is_not_taken_back(item, filer, clerk, say, client_of):
    say(clerk, item, "请补报照片")
    (comment,) = comments()
    post(client_of, filer, comment, "process")
    assert "处理之前撤回" in post(client_of, clerk, comment, "withdraw").content.decode()
    assert comments()[0].text == "请补报照片"


# What the database keeps


@pytest.mark.parametrize(
    "change",
    [{"text": "另一句话"}, {"office": "别的岗位"}, {"at": timezone.now()}, {"asked": []}, {"record": 1}],
)
def test_nobody_rewrites_what_was_said(change, item, clerk, say):
    say(clerk, item, "请补报照片")
    with (
        everywhere("test"),
        pytest.raises((InternalError, NotSupportedError, ProgrammingError)),
        transaction.atomic(),
    ):
        Comment.objects.update(**change)
    assert comments()[0].text == "请补报照片"


def test_nobody_deletes_what_was_said(item, clerk, say):
    say(clerk, item, "请补报照片")
    with (
        everywhere("test"),
        pytest.raises((InternalError, NotSupportedError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM povertyparty_comment")
    assert len(comments()) == 1


# Where


def test_another_township_neither_reads_nor_writes(item, clerk, outsider, say, client_of):
    say(clerk, item, "哨兵留言")
    (comment,) = comments()
    client = client_of(outsider)
    assert client.post(f"/comments/items/{item.pk}/add/", {"text": "看看"}).status_code == 404
    assert client.post(f"/comments/{comment.pk}/process/").status_code == 404
    assert client.post(f"/comments/{comment.pk}/withdraw/").status_code == 404
    for address in ("/", "/inbox/", "/todos/"):
        assert "哨兵留言" not in client.get(address).content.decode()
    assert len(comments()) == 1 and comments()[0].processed_at is None


def test_a_role_without_the_ledger_says_nothing(item, somebody, client_of):
    for role in (R.READER, R.AUDITOR, R.ADMINISTRATOR):
        client = client_of(somebody(role))
        assert client.post(f"/comments/items/{item.pk}/add/", {"text": "看看"}).status_code == 403
    assert not comments()


def test_records_of_other_ledgers_with_steps_have_comments_too(household, clerk, client_of):
    client = client_of(clerk)
    page = client.get(f"/ledgers/households/{household.pk}/").content.decode()
    assert 'id="comments"' in page
    client.post(f"/comments/households/{household.pk}/add/", {"text": "户主外出，暂由邻居代签"})
    assert "户主外出，暂由邻居代签" in client.get(f"/ledgers/households/{household.pk}/").content.decode()


def test_a_ledger_without_steps_has_none(places, clerk, client_of):
    with everywhere("test"):
        place = Place.objects.get(code=FAR[:6])
    assert client_of(clerk).post(f"/comments/places/{place.pk}/add/", {"text": "看看"}).status_code == 404
    assert place.code == COUNTY


def test_who_saw_to_it_and_when_stands_on_the_page(item, filer, clerk, say, client_of):
    say(clerk, item, "请补报照片")
    page = client_of(filer).get(f"/items/{item.pk}/").content.decode()
    assert "1 条待处理" in page and "标为已处理" in page
    post(client_of, filer, comments()[0], "process")
    page = client_of(clerk).get(f"/items/{item.pk}/").content.decode()
    assert f"已处理：{filer.name}" in page and "条待处理" not in page


def test_every_button_of_the_panel_carries_its_token(item, clerk, filer, say):
    say(clerk, item, "请补报照片")
    page = say(filer, item, "明天补报", reply_to=comments()[0].pk).content.decode()
    forms = re.findall(r'<form[^>]*action="/comments/.*?</form>', page, re.DOTALL)
    assert len(forms) == 4  # seen to, withdraw, reply, say
    assert all("csrfmiddlewaretoken" in form for form in forms)

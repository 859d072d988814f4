"""收件箱: what waits for one's step and what one was told, the unread first; and whether it is told by e-mail too."""

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from povertyparty import desk
from povertyparty.models import Notice, User
from povertyparty.pages.permit import may

SIZE = 20
TODOS = 10
TONES = {"turn": "info", "result": "ok", "reminder": "warn", "escalation": "bad", "comment": "mute"}


@may("view_ledgers", "GET")
def inbox(request):
    user = request.user
    count, todos = desk.waiting(user, TODOS)
    own, asked = Notice.objects.of(user), request.GET.get("kind", "")
    kind = asked if asked in Notice.Kind.values else ""
    rows = own.filter(kind=kind) if kind else own
    page = Paginator(unread_first(rows), SIZE).get_page(request.GET.get("page"))
    return render(request, "kit/inbox.html", {
        "title": "收件箱",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "收件箱", "url": ""}],
        "todos": todos,
        "todo_count": count,
        "todo_more": reverse("todos") if count > len(todos) else "",
        "kinds": kinds(own, kind),
        "kind": kind,
        "unread": desk.bell(user).unread,
        "notices": [told(one) for one in page],
        "pager": pager(page, kind),
        "read_all_url": reverse("inbox_read_all"),
    })  # fmt: skip


def unread_first(rows):
    last = Case(When(Q(read_at=None, settled_at=None), then=Value(0)), default=Value(1))
    return rows.order_by(last, "-pk")


def kinds(own, chosen):
    """The kinds with how many are unread of each, to choose from."""
    unread = dict(own.unread().order_by().values_list("kind").annotate(Count("pk")))
    told = [("", "全部", sum(unread.values())), *((k.value, k.label, unread.get(k, 0)) for k in Notice.Kind)]
    return [
        {"label": label, "unread": n, "url": address(kind), "current": kind == chosen}
        for kind, label, n in told
    ]


def address(kind, page=1):
    asked = "&".join([f"kind={kind}"] * bool(kind) + [f"page={page}"] * (page > 1))
    return f"{reverse('inbox')}{'?' if asked else ''}{asked}"


def told(one):
    return {
        "kind": {"label": one.get_kind_display(), "tone": TONES[one.kind]},
        "title": one.title,
        "text": one.text,
        "at": one.at,
        "unread": one.is_unread,
        "settled": one.settled_at and not one.read_at,
        "open_url": reverse("inbox_open", args=[one.pk]),
        "read_url": reverse("inbox_read", args=[one.pk]) if one.is_unread else "",
    }


def pager(page, kind):
    """See kit/_pager.html."""

    def url(n):
        return address(kind, n) if 1 <= n <= page.paginator.num_pages and n != page.number else ""

    n, pages = page.number, page.paginator.num_pages
    return {
        "number": n,
        "pages": pages,
        "first": url(1),
        "prev": url(n - 1),
        "next": url(n + 1),
        "last": url(pages),
        "around": [
            {"n": i, "url": url(i), "current": i == n} for i in range(max(1, n - 2), min(pages, n + 2) + 1)
        ],
        "size_urls": [],
    }


# Reading


def own(request, pk):
    return get_object_or_404(Notice.objects.of(request.user), pk=pk)


@may("view_ledgers", "POST")
def inbox_open(request, pk):
    """To the record, and the notice is read by that."""
    found = own(request, pk)
    mark(request.user, Notice.objects.filter(pk=found.pk))
    return redirect(found.url)


@may("view_ledgers", "POST")
def inbox_read(request, pk):
    mark(request.user, Notice.objects.filter(pk=own(request, pk).pk))
    return redirect("inbox")


@may("view_ledgers", "POST")
def inbox_read_all(request):
    """Of the kind that is shown."""
    kind = request.POST.get("kind", "")
    rows = Notice.objects.of(request.user).unread()
    count = mark(request.user, rows.filter(kind=kind) if kind in Notice.Kind.values else rows)
    messages.success(request, f"{count} 条通知已标为已读。" if count else "没有未读的通知。")
    return redirect("inbox")


def mark(user, rows):
    count = rows.read()
    desk.forget(user)
    return count


# By e-mail


class MailChoice(forms.ModelForm):
    class Meta:
        model = User
        fields = ("email", "mail")
        labels = {"email": "电子邮件地址"}
        help_texts = {
            "email": "可以不填。邮件里只有标题和页面地址，不写姓名等内容。",
            "mail": "每日汇总在早上8点以后发出，只列还没有读的通知。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False


@may("enter", "GET", "POST")
def mail_choice(request):
    form = MailChoice(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "已保存邮件通知的设置。")
        return redirect("mail_choice")
    return render(request, "kit/mail_choice.html", {
        "title": "邮件通知",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "邮件通知", "url": ""}],
        "form": form,
        "configured": settings.EMAIL_CONFIGURED,
    }, status=422 if form.errors else 200)  # fmt: skip


urlpatterns = [
    path("inbox/", inbox, name="inbox"),
    path("inbox/read-all/", inbox_read_all, name="inbox_read_all"),
    path("inbox/mail/", mail_choice, name="mail_choice"),
    path("inbox/<int:pk>/", inbox_open, name="inbox_open"),
    path("inbox/<int:pk>/read/", inbox_read, name="inbox_read"),
]

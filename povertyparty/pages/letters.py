"""Notices by e-mail as administrators see them: what was sent, what was not and why, and trying again."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from povertyparty.letters import MOST, try_again
from povertyparty.models import Letter
from povertyparty.pages.permit import may

NEWEST = 100
TONES = {"waiting": "info", "sent": "ok", "failed": "bad"}


@may("manage_users", "GET")
def letters(request):
    rows = Letter.objects.select_related("user").annotate(told=Count("notices"))
    failed = rows.filter(state=Letter.State.FAILED).order_by("-pk")[:NEWEST]
    return render(request, "kit/letters.html", {
        "title": "通知邮件",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "通知邮件", "url": ""}],
        "configured": settings.EMAIL_CONFIGURED,
        "most": MOST,
        "failed": [told(one) for one in failed],
        "letters": [told(one) for one in rows.exclude(state=Letter.State.FAILED).order_by("-pk")[:NEWEST]],
    })  # fmt: skip


def told(one):
    return {
        "user": str(one.user),
        "count": one.told,
        "written_at": one.written_at,
        "state": {"label": one.get_state_display(), "tone": TONES[one.state]},
        "attempts": one.attempts,
        "error": one.error,
        "next_at": one.next_at if one.state == Letter.State.WAITING and one.attempts else None,
        "again_url": reverse("letter_again", args=[one.pk]) if one.state == Letter.State.FAILED else "",
    }


@may("manage_users", "POST")
def letter_again(request, pk):
    found = get_object_or_404(Letter, pk=pk)
    if try_again(found.pk):
        messages.success(request, f"已重新排队，一分钟内再发给{found.user}。")
    else:
        messages.error(request, "这封邮件没有失败，不用重发。")
    return redirect("letters")


urlpatterns = [
    path("letters/", letters, name="letters"),
    path("letters/<int:pk>/again/", letter_again, name="letter_again"),
]

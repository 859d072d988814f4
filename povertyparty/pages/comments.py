"""Comments on the page of a record: the panel, saying something, taking it back, marking it as seen to."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse

from povertyparty import desk
from povertyparty.comments import LONGEST, MINUTES, Comment, CommentRefused, add, threads
from povertyparty.ledger import REGISTRY
from povertyparty.notices import address
from povertyparty.pages.permit import find, ledger_of, may
from povertyparty.scope import current
from povertyparty.steps import processes_of


def comments_of(ledger, found, user):
    """templates/kit/_comments.html; None where the record lies above one's place: there one only reads it."""
    if not current().holds(found.lies_in):
        return None
    told = threads(ledger, found)
    return {
        "threads": [
            shown(one, user) | {"replies": [shown(reply, user) for reply in replies]} for one, replies in told
        ],
        "waiting": sum(one.processed_at is None and one.withdrawn_at is None for one, _ in told),
        "url": reverse("comment_add", args=[ledger.code, found.pk]),
        "longest": LONGEST,
        "minutes": MINUTES,
    }


def shown(one, user):
    return {
        "pk": one.pk,
        "who": f"{one.by}（{one.office}）",
        "at": one.at,
        "text": one.text,
        "withdrawn": one.withdrawn_at,
        "processed": f"{one.processed_by}" if one.processed_at else "",
        "processed_at": one.processed_at,
        "withdraw_url": reverse("comment_withdraw", args=[one.pk])
        if one.by_id == user.pk and one.may_still_go and not one.processed_at
        else "",
        "process_url": reverse("comment_process", args=[one.pk])
        if not (one.reply_to_id or one.processed_at or one.withdrawn_at)
        else "",
    }


@may("view_ledgers", "POST")
def comment_add(request, code, pk):
    ledger = ledger_of(request, code)
    processes = processes_of(ledger)
    if not processes:
        raise Http404
    found = get_object_or_404(ledger.model.objects.within(current().lo), pk=pk)
    reply_to = request.POST.get("reply_to", "")
    if reply_to:
        reply_to = get_object_or_404(Comment, pk=reply_to if reply_to.isdigit() else 0)
    try:
        comment = add(
            ledger, found, request.user, request.POST.get("text"),
            processes=processes, reply_to=reply_to or None,
        )  # fmt: skip
    except CommentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        asked = "" if comment.reply_to_id or comment.asked else "，还没有经办过的人，没有请谁处理"
        messages.success(request, f"已{'回复' if comment.reply_to_id else '留言'}{asked}。")
    return back(code, pk)


@may("view_ledgers", "POST")
def comment_withdraw(request, pk):
    return done(request, pk, Comment.withdraw, "已撤回。")


@may("view_ledgers", "POST")
def comment_process(request, pk):
    return done(request, pk, Comment.process, "已标为已处理。")


def done(request, pk, act, said):
    found = get_object_or_404(Comment, pk=pk)
    ledger = ledger_of(request, find(REGISTRY, found.ledger).code)
    try:
        act(found, request.user)
    except CommentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    desk.forget(request.user)
    return back(ledger.code, found.record)


def back(code, pk):
    return redirect(f"{address(code, pk)}#comments")


urlpatterns = [
    path("comments/<slug:code>/<int:pk>/add/", comment_add, name="comment_add"),
    path("comments/<int:pk>/withdraw/", comment_withdraw, name="comment_withdraw"),
    path("comments/<int:pk>/process/", comment_process, name="comment_process"),
]

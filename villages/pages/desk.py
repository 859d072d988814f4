"""The desk, taking up another appointment, and who looked at what."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from povertyparty import desk
from povertyparty.figures import REGISTRY, Period
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.models import Access, Upload
from povertyparty.pages.cards import cards
from povertyparty.pages.permit import may
from povertyparty.rows import cells
from villages.access import CHOSEN
from villages.models import Appointment, Role
from villages.pages.figures import by_place

HOME = (
    "poor_villages",
    "households",
    "persons",
    "unlifted_households",
    "unlifted_persons",
    "reserves",
    "items",
    "items_overdue",
)
TODOS = 10
MANY = 300


@may("enter", "GET")
def home(request):
    """What must be done today, where the place stands, what is wrong — in this order."""
    user, period = request.user, Period(timezone.localdate())
    count, todos = desk.waiting(user, TODOS) if user.may("view_ledgers") else (0, [])
    uploads = recent_uploads(user) if user.may("import_ledgers") else []
    filer = user.role == Role.VILLAGE_FILER and todos
    return render(request, "home.html", {
        "title": "工作台",
        "todos": todos,
        "todo_more": {"label": f"全部 {count} 项", "url": reverse("todos")} if count > TODOS else None,
        "suggestions": desk.suggested(user),
        "primary": {"label": "办理最近一项", "url": todos[0]["url"], "help": f"{todos[0]['title']}"} if filer else None,
        "figures": cards([REGISTRY[c] for c in HOME if c in REGISTRY], period, user.place.code, user) if user.may("view_figures") else [],
        "figures_note": f"截至 {period.on}",
        "figures_url": reverse("figures") if user.may("view_figures") else "",
        "imports": [told(upload) for upload in uploads],
        "troubles": troubles(uploads),
        "charts": charts(period, user.place.code, user) if user.may("view_figures") and len(user.place.code) < 12 else [],
    })  # fmt: skip


@may("view_ledgers", "GET")
def todos(request):
    """All that waits for one's step, the first of each kind."""
    count, found = desk.waiting(request.user, MANY)
    return render(request, "todos.html", {
        "title": "全部待办",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "全部待办", "url": ""}],
        "todos": found,
        "left": count - len(found),
    })  # fmt: skip


def recent_uploads(user):
    return list(Upload.objects.filter(by=user).select_related("file").order_by("-pk")[:5])


TONES = {"ready": "warn", "faulty": "bad", "unreadable": "bad", "committed": "ok"}


def told(upload):
    return {
        "file": str(upload),
        "ledger": upload.declared.title if upload.declared else "未识别",
        "when": upload.at,
        "state": {"label": upload.get_state_display(), "tone": TONES.get(upload.state, "mute")},
        "url": reverse("upload_detail", args=[upload.pk]),
    }


def troubles(uploads):
    return [
        {
            "text": f"“{upload}”{upload.trouble or '有错误的行，尚未提交'}",
            "url": reverse("upload_detail", args=[upload.pk]),
            "kind": "导入",
        }
        for upload in uploads
        if upload.state in {Upload.State.FAULTY, Upload.State.UNREADABLE}
    ]


def charts(period, place, user):
    rows = by_place([REGISTRY["households"], REGISTRY["unlifted_households"]], period, place, user)
    if not rows:
        return []
    return [{
        "id": "lifted", "title": "各地脱贫进度", "kind": "bar", "unit": "户", "stacked": True, "tones": ["ok", "bad"],
        "heads": ["地区", "已脱贫户", "未脱贫户"],
        "rows": [[name, values["households"] - values["unlifted_households"], values["unlifted_households"]] for _, name, values in rows],
    }]  # fmt: skip


# Who acts, and who looked


@may("enter", "POST")
def act_as(request, pk):
    appointment = get_object_or_404(Appointment.objects.in_force(), pk=pk, user=request.user)
    request.session[CHOSEN] = appointment.pk
    messages.success(request, f"现在以“{appointment}”的身份工作。")
    return redirect("home")


@may("read_log", "GET")
def accesses(request):
    """Who saw or took out what is masked by default."""
    rows = Access.objects.select_related("by").order_by("-pk")[:200]
    heads = [{"label": label} for label in ("时间", "操作人", "事项", "台账", "列", "行数", "事由")]
    lines = [
        [
            timezone.localtime(a.at).strftime("%Y-%m-%d %H:%M"),
            a.by.name,
            a.get_kind_display(),
            LEDGERS[a.ledger].title if a.ledger in LEDGERS else a.ledger,
            "、".join(a.columns) or "（已遮盖）",
            a.rows,
            a.reason,
        ]
        for a in rows
    ]
    return render(request, "kit/log.html", {
        "title": "查看与导出记录",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "查看与导出记录", "url": ""}],
        "table": {"title": "最近的查看、导出和下载", "counted": f"{len(lines)} 条", "url": "", "heads": heads, "rows": [{"url": "", "cells": cells(heads, line)} for line in lines]},
    })  # fmt: skip

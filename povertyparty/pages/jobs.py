"""What goes on in the background for somebody: how far it is, and what came of it. Each sees only his own."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse

from povertyparty.bulk import GONE, Line
from povertyparty.files import respond
from povertyparty.ledger import REGISTRY
from povertyparty.models import Job, StoredFile
from povertyparty.pages.downloads import give_out
from povertyparty.pages.permit import may
from povertyparty.screening import FileFault

LABELS = {
    "read upload": "读取上传的表格",
    "commit upload": "提交导入",
    "commit uploads": "全部提交",
    "mark upload": "标注原表",
    "export": "导出台账",
    "take steps": "批量办理",
}
State = Job.State
TONES = {
    State.QUEUED: "mute",
    State.RUNNING: "info",
    State.DONE: "ok",
    State.FAILED: "bad",
    State.CANCELLED: "mute",
}


def own(request, pk):
    return get_object_or_404(Job.objects.select_related("owner"), pk=pk, owner=request.user)


@may("enter", "GET")
def job(request, pk):
    found = own(request, pk)
    if request.htmx:
        return render(request, "kit/_job.html", {"job": told(found)})
    label = LABELS.get(found.kind, found.kind)
    return render(request, "kit/job.html", {
        "title": label,
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": label, "url": ""}],
        "job": told(found),
        **way_back(found),
    })  # fmt: skip


def told(found):
    result = found.result or {}
    stored = StoredFile.objects.filter(pk=result.get("file")).first()
    return {
        "label": LABELS.get(found.kind, found.kind),
        "state": {"label": found.get_state_display(), "tone": TONES[found.state]},
        "running": found.is_open,
        "done": found.done,
        "total": found.total or 0,
        "stage": found.note or "正在排队，马上开始",
        "poll_url": reverse("job", args=[found.pk]),
        "at": found.created,
        "who": str(found.owner),
        "failure": failure(found),
        "result": result.get("text", "") or lost(stored),
        "rows": rows_of(found, result.get("lines", ())),
        "download": download(found, stored) if stored and not stored.removal else None,
    }


def rows_of(found, lines):
    return (
        outcome(REGISTRY[found.arguments["ledger"]], "", [Line(*line) for line in lines])["rows"]
        if lines
        else ()
    )


def outcome(ledger, text, lines):
    """kit/_outcome.html: what came of each record, those not done first."""
    rows = [
        {
            "label": line.label,
            "url": "" if line.told == GONE else row_url(ledger, line.pk),
            "told": {"label": "已办", "tone": "ok"} if line.done else {"label": "未办", "tone": "warn"},
            "why": line.told,
        }
        for line in sorted(lines, key=lambda line: line.done)
    ]
    return {"text": text, "rows": rows}


def row_url(ledger, pk=0):
    """Where a row leads: to the page where it is worked on, if the ledger has one."""
    return reverse(ledger.page[0], args=[pk]) if ledger.page else reverse("record", args=[ledger.code, pk])


def failure(found):
    return "已取消，没有改动数据" if found.state == State.CANCELLED else found.error


def lost(stored):
    return f"“{stored.name}”{stored.removal}，需要时请重新办理。" if stored and stored.removal else ""


def download(found, stored):
    return {
        "url": reverse("job_file", args=[found.pk]),
        "label": f"下载 {stored.name}",
        "size": filesizeformat(stored.size),
    }


def way_back(found):
    """Where this work was asked for."""
    if found.arguments.get("upload"):
        return {
            "back_url": reverse("upload_detail", args=[found.arguments["upload"]]),
            "back_label": "回到这次导入",
        }
    if found.arguments.get("ledger") in REGISTRY:
        return {"back_url": reverse("ledger", args=[found.arguments["ledger"]]), "back_label": "回到台账"}
    return {"back_url": reverse("uploads"), "back_label": "导入记录"}


@may("enter", "POST")
def job_file(request, pk):
    """Give out what the job made."""
    found = own(request, pk)
    stored = get_object_or_404(StoredFile, pk=(found.result or {}).get("file"))
    try:
        return give_out(
            request, lambda: respond(stored, request), what=LABELS.get(found.kind, found.kind),
            ledger=found.arguments.get("ledger", ""), detail={"文件": stored.name, "任务": found.pk},
        )  # fmt: skip
    except FileFault as fault:
        messages.error(request, str(fault))
        return redirect("job", pk)


urlpatterns = [
    path("jobs/<int:pk>/", job, name="job"),
    path("jobs/<int:pk>/file/", job_file, name="job_file"),
]

"""The main job in the browser: files in, a preview of what each would do, and only then a commit, or taking it back."""

import io
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import content_disposition_header

from povertyparty import jobs, marking, preview
from povertyparty.files import StoredFile, private_copy, respond
from povertyparty.listing import SIZES
from povertyparty.models import Upload
from povertyparty.pages.downloads import give_out
from povertyparty.pages.lists import MEDIA, pager
from povertyparty.pages.permit import ledgers_of, may
from povertyparty.plan import Trouble, Verdict
from povertyparty.scope import current
from povertyparty.screening import FileFault
from povertyparty.uploads import (
    UNDO_WITHIN,
    WORKBOOKS,
    Overtaken,
    UploadRefused,
    plan_dependants,
    take_turn,
)

SUFFIXES = [suffix for kind in WORKBOOKS for suffix in kind.suffixes]
LARGE = 2000  # rows to be written; more is done in the background, where it shows how far it is
MARKED_AT_ONCE = 5 * 2**20
RECENT = 5
State = Upload.State
Running = jobs.Job.State.RUNNING


@dataclass(frozen=True)
class Pages:
    """Which part of a long table is shown."""

    number: int
    size: int
    total: int

    @classmethod
    def asked(cls, request, total):
        size, number = request.GET.get("size", ""), request.GET.get("page", "")
        size = int(size) if size.isdecimal() and int(size) in SIZES else SIZES[0]
        last = max(1, -(-total // size))
        return cls(min(int(number), last) if number.isdecimal() and number != "0" else 1, size, total)

    @property
    def pages(self):
        return max(1, -(-self.total // self.size))

    @property
    def start(self):
        return (self.number - 1) * self.size


def every_upload():
    return Upload.objects.select_related("file", "by", "job", "committed_by").order_by("-pk")


def one_upload(pk):
    return get_object_or_404(every_upload(), pk=pk)


def find_upload(request, pk):
    """The upload, for who may see its ledger at all."""
    found = one_upload(pk)
    if is_closed_to(request.user, found):
        raise PermissionDenied
    return found


def is_closed_to(user, found):
    return found.declared is not None and not user.may(found.declared.right)


# Files in


@may("import_ledgers", "GET", "POST")
def upload(request):
    if request.method == "POST":
        return receive(request)
    return render(request, "kit/upload.html", {
        "title": "上传表格",
        "crumbs": crumbs({"label": "导入", "url": reverse("uploads")}, {"label": "上传表格", "url": ""}),
        "upload_url": reverse("upload"),
        "uploads_url": reverse("uploads"),
        "suffixes": ",".join(SUFFIXES),
        "limit": settings.UPLOAD_LIMIT,
        "limit_text": f"{settings.UPLOAD_LIMIT // 2**20} MB",
        "ledgers": [{"label": one.title, "blank_url": reverse("template", args=[one.code])} for one in ledgers_of(request.user)],
        "recent": [line(one) for one in every_upload().filter(by=request.user)[:RECENT]],
    })  # fmt: skip


def receive(request):
    """Each file becomes an upload of its own, so that a bad one does not stop the good ones."""
    taken, refused = [], []
    for content in request.FILES.getlist("files"):
        try:
            taken.append(Upload.receive(content, request.user))
        except FileFault as fault:
            refused.append(str(fault))
    if not taken and not refused:
        refused.append("没有选择文件，请先选择要上传的表格")
    if "application/json" in request.headers.get("Accept", ""):
        return in_json(taken, refused)
    for reason in refused:
        messages.error(request, reason)
    if len(taken) == 1:
        return redirect("upload_detail", taken[0].pk)
    return redirect("uploads" if taken else "upload")


def in_json(taken, refused):
    if refused:
        return JsonResponse({"error": "；".join(refused)}, status=400)
    url = reverse("upload_detail", args=[taken[0].pk]) if len(taken) == 1 else reverse("uploads")
    return JsonResponse({"url": url})


def crumbs(*more):
    return [{"label": "工作台", "url": reverse("home")}, *more]


# The list


@may("import_ledgers", "GET")
def uploads(request):
    rows = every_upload()
    page = Pages.asked(request, rows.count())
    shown = list(rows[page.start : page.start + page.size])
    return render(request, "kit/uploads.html", {
        "title": "导入",
        "crumbs": crumbs({"label": "导入", "url": ""}),
        "count_text": f"共 {page.total:,} 次",
        "actions": [{"label": "上传表格", "url": reverse("upload"), "icon": "upload", "primary": True}],
        "uploads": [line(one) for one in shown],
        "poll_url": request.get_full_path() if any(one.busy for one in shown) else "",
        "pager": pager(request, page),
        "commit_all": commit_all_form(request),
        "empty": {
            "text": "还没有导入过表格。", "remedy": "把现有的 Excel 台账直接上传，系统先核对、后提交。",
            "url": reverse("upload"), "link": "去上传",
        },
    })  # fmt: skip


def line(found):
    url = reverse("upload_detail", args=[found.pk])
    known = found.tally if found.tally and found.state != State.DISCARDED else {}
    return {
        "file": found.name,
        "url": url,
        "ledger": found.declared.title if found.declared else None,
        "state": state_of(found),
        **progress_of(found),
        "rows": rows_text(found),
        "who": str(found.by or "系统"),
        "at": found.at,
        "numbers": [
            {"label": v.label, "value": f"{known.get(v, 0):,}", "url": f"{url}?show={v}" if known else "", "tone": tone_of(v, known)}
            for v in Verdict
        ],
    }  # fmt: skip


def tone_of(verdict, tally):
    if not tally.get(verdict):
        return ""
    return {Verdict.NEW: "ok", Verdict.REFUSED: "bad"}.get(verdict, "")


TONES = {
    State.WAITING: "mute",
    State.READY: "warn",
    State.FAULTY: "bad",
    State.UNREADABLE: "bad",
    State.COMMITTED: "ok",
    State.UNDONE: "mute",
    State.DISCARDED: "mute",
}


def state_of(found):
    """The state in a word; while a job is at it, what the job is doing."""
    label, tone = found.get_state_display(), TONES[found.state]
    if found.state == State.READY and not found.writes:
        label, tone = "没有变化", "mute"
    if found.busy:
        doing = "读取中" if found.state == State.WAITING else "提交中"
        label, tone = (doing if found.job.state == Running else "排队中"), "info"
    elif found.state == State.WAITING:
        label, tone = "读取中断", "bad"
    return {"code": found.state, "label": label, "tone": tone}


def progress_of(found):
    if not found.busy:
        return {"running": False}
    return {
        "running": True,
        "stage": found.job.note or "正在排队，马上开始",
        "done": found.job.done,
        "total": found.job.total or 0,
    }


def rows_text(found):
    counted = [found.tally[v] for v in Verdict.values if v in found.tally]
    return f"{sum(counted):,}" if counted else None


# One upload


@may("import_ledgers", "GET")
def upload_detail(request, pk):
    return show(request, one_upload(pk))


def show(request, found, *, refusal="", later=(), status=200):
    """The page of one upload; `refusal` says why what was just asked was not done."""
    waiting, closed = waited_for(found), is_closed_to(request.user, found)
    if closed:
        refusal = (
            f"您没有办理《{found.declared.title}》的权限：请放弃本次导入，把原表交县委组织部经办人导入。"
        )
    context = {
        "title": found.name,
        "crumbs": crumbs({"label": "导入", "url": reverse("uploads")}, {"label": found.name, "url": ""}),
        "upload": facts(found),
        "poll_url": reverse("upload_detail", args=[found.pk]) if found.busy else "",
        "path": path_of(found),
        "refusal": refusal or commit_failure(found),
        "undo_refused": preview.later_edits(later) if later else None,
        "undo_title": refusal,
        "waiting": waiting,
        **(deeds_when_closed(found) if closed else deeds(found, waiting)),
        **(
            whole_preview(request, found)
            if found.told and found.file_id and not (found.busy or closed)
            else {}
        ),
    }
    return render(request, "kit/upload_detail.html", context, status=status)


def facts(found):
    return {
        "file": found.name,
        "size": size_of(found.file),
        "who": str(found.by or "系统"),
        "at": found.at,
        "state": state_of(found),
        **progress_of(found),
        "ledger": {"label": found.declared.title, "url": reverse("ledger", args=[found.ledger])} if found.declared else None,
        "layout": found.layout or ("标准表样" if found.declared else ""),
        "rows": rows_text(found),
        "place": preview.place_text(found.place_code),
        "failure": failure_of(found),
        "outcome": outcome_of(found),
        "committed_at": found.committed_at,
    }  # fmt: skip


def size_of(file):
    if file is None:
        return "原表已删除"
    return f"原件{file.removal}" if file.removal else filesizeformat(file.size)


def failure_of(found):
    """Why nothing could be made of the file."""
    if found.state == State.UNREADABLE:
        return f"{found.trouble}。原表没有保留，请改正后重新上传。"
    if found.state == State.WAITING and not found.busy:
        reason = found.job.error if found.job else ""
        remedy = "可以点“重新读取”再试一次" if found.original else "请重新上传这份表"
        return f"{reason or '读取没有完成'}。{remedy}。"
    return ""


def commit_failure(found):
    job = found.job
    failed = job is not None and job.kind.startswith("commit") and job.state == jobs.Job.State.FAILED
    return job.error if failed and found.state == State.READY else ""


def outcome_of(found):
    by = f"{found.committed_by or '系统'} {day(found.committed_at)}" if found.committed_at else ""
    undone = f"{day(found.undone_at)} " if found.undone_at else ""
    return {
        State.COMMITTED: f"已提交：{written(found)}（{by}）。",
        State.UNDONE: f"{undone}已撤销，数据已恢复成导入前的内容。",
        State.DISCARDED: "已放弃，没有写入任何数据，原表已删除。",
    }.get(found.state, "")


def written(found):
    """新增 12 行、修改 3 行: what a commit writes or has written."""
    counted = ((v.label, found.tally.get(v, 0)) for v in (Verdict.NEW, Verdict.CHANGED))
    return "、".join(f"{label} {count:,} 行" for label, count in counted if count) or "没有变化"


def day(moment):
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def path_of(found):
    """上传 → 读取 → 核对 → 提交, and how far it has come."""
    at = {State.WAITING: 1, State.UNREADABLE: 1, State.READY: 2, State.FAULTY: 2}.get(found.state, 4)
    if found.busy and found.state == State.READY:
        at = 3
    names = ("上传", "读取", "核对", "提交")
    return [
        {"label": name, "state": "done" if i < at else "now" if i == at else "next"}
        for i, name in enumerate(names)
    ]


def deeds(found, waiting):
    """What can be done with the upload now."""
    urls = {
        name: reverse(f"upload_{name}", args=[found.pk])
        for name in ("original", "marked", "discard", "undo", "reread")
    }
    idle = not (found.busy and found.state == State.READY)
    until = found.committed_at and found.committed_at + UNDO_WITHIN
    may_undo = found.state == State.COMMITTED and can_still_undo(found)
    open_states = {State.WAITING, State.READY, State.FAULTY}
    return {
        "original_url": urls["original"] if found.original else "",
        "marked_url": urls["marked"] if found.original and found.told.get("kinds") and found.state == State.FAULTY else "",
        "discard": {"url": urls["discard"]} if found.state in open_states and idle else None,
        "reread": {"url": urls["reread"]} if found.state in open_states and not found.busy and found.original else None,
        "undo": {"url": urls["undo"], "until": until} if may_undo else None,
        "commit": commit_form(found) if found.state in Upload.OPEN and not found.busy else None,
        "next": next_deed(found, waiting),
    }  # fmt: skip


def deeds_when_closed(found):
    is_open = found.state in {State.WAITING, State.READY, State.FAULTY}
    return {"discard": {"url": reverse("upload_discard", args=[found.pk])} if is_open else None}


def next_deed(found, waiting):
    """What to do about a file that cannot be committed as it is."""
    if found.busy or found.state not in {State.FAULTY, State.UNREADABLE} or is_asking(found):
        return None
    if waiting and set(found.told["kinds"]) == {Trouble.REFERENCE}:
        return {
            "label": f"先提交《{waiting[0]['label']}》",
            "url": waiting[0]["url"],
            "icon": "chevron-right",
        }
    return {"label": "上传改正后的表格", "url": reverse("upload"), "icon": "upload"}


def can_still_undo(found):
    return timezone.now() < found.committed_at + UNDO_WITHIN


def commit_form(found):
    why_not = why_not_commit(found)
    return {
        "url": reverse("upload_commit", args=[found.pk]),
        "label": f"提交：{written(found)}",
        "allowed": not why_not,
        "why_not": why_not,
        "digest": found.digest,
    }


def why_not_commit(found):
    if found.trouble:
        return found.trouble
    if is_asking(found):
        return "有同名的地方，请先在下面选定是哪一个；选定后系统会自动重新核对。"
    if refused := found.tally[Verdict.REFUSED]:
        return f"有 {refused:,} 行有误，整份表暂不能提交。请按下面的提示改正原表后重新上传；“下载标注后的原表”已把有误的单元格标红。"
    return "" if found.writes else "与库中数据完全一致，不需要提交。"


# What it would do


def whole_preview(request, found):
    showing = asked_view(request, found)
    return {
        "numbers": numbers(found, showing),
        "dropped": [{"column": column, "reason": reason} for column, reason in found.told["dropped"]],
        "unknown": found.told["unknown"],
        "units": [{"column": column, "unit": unit} for column, unit in found.told["units"]],
        "notices": found.told["notices"],
        "asked": asked_form(found),
        "before": committed_before(found),
        **one_view(request, found, showing),
    }


def asked_form(found):
    """Names that several places bear, and which of them the file means."""
    asked = found.told.get("asked")
    if not asked or found.state not in Upload.OPEN:
        return None
    return {
        "url": reverse("upload_answer", args=[found.pk]),
        "digest": found.digest,
        "open": is_asking(found),
        "names": [
            {"field": f"asked-{at}", "name": one["name"], "choices": one["choices"], "answer": one["answer"]}
            for at, one in enumerate(asked)
        ],
    }


def is_asking(found):
    return any(not one["answer"] for one in found.told.get("asked", ()))


VIEWS = ("new", "changed", "same", "refused", "hints", "passed")


def asked_view(request, found):
    asked = request.GET.get("show", "")
    if asked in VIEWS:
        return asked
    return next((view for view in ("refused", "changed", "new") if found.tally[view]), "same")


def numbers(found, showing):
    passed = found.told["passed_count"]
    counted = [(v.value, v.label, found.tally[v]) for v in Verdict]
    counted += [("hints", "提示", found.tally["hints"])]
    counted += [("passed", "跳过", passed)] if passed else []
    tones = {"new": "ok", "refused": "bad", "hints": "warn"}
    return [
        {
            "label": label,
            "value": f"{count:,}",
            "unit": "行",
            "url": f"?show={view}",
            "tone": tones.get(view, "") if count else "",
            "current": view == showing,
        }
        for view, label, count in counted
    ]


def one_view(request, found, showing):
    page = Pages.asked(request, total_of(found, showing))
    part = (found, page.start, page.size)
    told = {"pager": pager(request, page)}
    if showing == "refused":
        return told | {"showing": "faults", "fault_groups": preview.fault_groups(*part)}
    if showing == "hints":
        return told | {"showing": "faults", "fault_groups": preview.hint_groups(*part)}
    if showing == "changed":
        return told | {"showing": "changed", "changed": preview.changed_rows(*part)}
    if showing == "passed":
        return told | {"showing": "rows", "table": preview.passed_table(*part)}
    return told | {"showing": "rows", "table": preview.row_table(found, showing, page.start, page.size)}


def total_of(found, showing):
    if showing == "refused":
        return sum(found.told["kinds"].values())
    if showing == "hints":
        return preview.count_of(found, "hints")
    return len(found.told["passed"]) if showing == "passed" else found.tally[showing]


def waited_for(found):
    """Open uploads that may bring the records which this one looked for and did not find."""
    if found.state != State.FAULTY or not found.told.get("lacking"):
        return []
    others = (
        every_upload()
        .filter(ledger__in=preview.sources_of(found), state__in=Upload.OPEN)
        .exclude(pk=found.pk)
    )
    return [
        {"label": one.declared.title, "file": one.name, "url": reverse("upload_detail", args=[one.pk])}
        for one in others
        if one.tally[Verdict.NEW] or one.tally[Verdict.REFUSED]
    ][:RECENT]  # fmt: skip


def committed_before(found):
    """The last commit of exactly this file, by whoever it was."""
    same = every_upload().filter(file__sha256=found.file.sha256, state=State.COMMITTED).exclude(pk=found.pk)
    last = same.order_by("-committed_at").first()
    if last is None:
        return None
    return {
        "who": str(last.committed_by or "系统"),
        "at": last.committed_at,
        "url": reverse("upload_detail", args=[last.pk]),
    }


# Commit and undo


@may("import_ledgers", "POST")
def upload_commit(request, pk):
    """Do what the page showed: the digest that comes back with the form is the proof that it is still the same."""
    found = find_upload(request, pk)
    if request.POST.get("digest") != found.digest or found.state != State.READY or found.busy:
        return show(
            request, found, refusal="内容在您核对之后已更新，没有提交。请再看一遍后提交。", status=409
        )
    found.accepted_unknown = found.accepted_unknown or request.POST.get("accepted") == "1"
    if found.writes > LARGE and (found.accepted_unknown or not found.questions):
        found.job = jobs.queue(
            "commit upload", owner=request.user, place_code=found.place_code, upload=found.pk,
            digest=found.digest, accepted=found.accepted_unknown,
        )  # fmt: skip
        found.save(update_fields=["job"])
        return redirect("upload_detail", pk)
    return commit_now(request, found)


def commit_now(request, found):
    try:
        in_turn(found, lambda: found.commit(request.user, found.digest))
    except Overtaken as refusal:
        found.plan_again(request.user, str(refusal))
        return show(
            request, found, refusal=f"没有提交：{refusal}。系统正在重新核对，请稍候再看。", status=409
        )
    except UploadRefused as refusal:
        return show(request, find_upload(request, found.pk), refusal=f"没有提交：{refusal}。", status=409)
    plan_dependants(found, request.user)
    return redirect("upload_detail", found.pk)


def in_turn(found, act):
    """A page waits only seconds for somebody else's commit, and a database in trouble is told in words."""
    if not take_turn(found.ledger):
        raise UploadRefused(f"另有人正在提交《{found.declared.title}》，请稍后再试")
    try:
        with transaction.atomic():
            act()
    except DatabaseError as error:
        raise UploadRefused("数据库暂时不能完成操作，数据没有改动，请稍后再试") from error


@may("import_ledgers", "POST")
def upload_undo(request, pk):
    found = find_upload(request, pk)
    try:
        in_turn(found, found.undo)
    except UploadRefused as refusal:
        return show(
            request,
            find_upload(request, pk),
            refusal=f"没有撤销：{refusal}。",
            later=refusal.details,
            status=409,
        )
    plan_dependants(found, request.user)
    return redirect("upload_detail", pk)


@may("import_ledgers", "POST")
def upload_discard(request, pk):
    found = one_upload(pk)
    try:
        if found.busy and found.state == State.READY:
            raise UploadRefused("正在提交，不能放弃")
        found.discard()
    except UploadRefused as refusal:
        return show(request, one_upload(pk), refusal=f"没有放弃：{refusal}。", status=409)
    messages.success(request, f"已放弃“{found.name}”，没有写入任何数据。")
    return redirect("uploads")


@may("import_ledgers", "POST")
def upload_answer(request, pk):
    """Which of several places of one name is meant, for the whole file (domain.md §3.0 rule 7)."""
    found = find_upload(request, pk)
    if request.POST.get("digest") != found.digest or found.busy or found.state not in Upload.OPEN:
        return show(request, found, refusal="内容已更新，没有记下您的选择。请再选一次。", status=409)
    said = ((one, request.POST.get(f"asked-{at}")) for at, one in enumerate(found.told["asked"]))
    found.answer({one["question"]: code for one, code in said if code in dict(one["choices"])}, request.user)
    return redirect("upload_detail", pk)


@may("import_ledgers", "POST")
def upload_reread(request, pk):
    """Plan the file once more: after a reading that broke off, or because the data have changed."""
    found = find_upload(request, pk)
    if found.busy or not found.original or found.state not in {*Upload.OPEN, State.WAITING}:
        return show(request, found, refusal="现在不能重新读取。", status=409)
    found.plan_again(request.user)
    return redirect("upload_detail", pk)


# Several at once


def ready_of(user):
    """This person's uploads that need nothing more than the word."""
    return [
        one
        for one in every_upload().filter(by=user, state=State.READY)
        if one.writes and not (one.busy or one.questions or is_closed_to(user, one))
    ]


def commit_all_form(request):
    ready = ready_of(request.user)
    if len(ready) < 2:
        return None
    shown = format_html_join(
        "", '<input type="hidden" name="shown" value="{}:{}">', ((one.pk, one.digest) for one in ready)
    )
    return {
        "url": reverse("upload_commit_all"),
        "label": f"全部提交（{len(ready)} 份）",
        "hidden_fields": shown,
    }


@may("import_ledgers", "POST")
def upload_commit_all(request):
    """Commit the uploads whose previews the list showed, one after another in one job."""
    ready = {f"{one.pk}:{one.digest}": one for one in ready_of(request.user)}
    wanted = [ready[shown] for shown in request.POST.getlist("shown") if shown in ready]
    if not wanted:
        messages.error(request, "这些导入已经处理过，或内容已更新，请逐个核对。")
        return redirect("uploads")
    queued = jobs.queue(
        "commit uploads", owner=request.user, place_code=current().lo, shown=[[one.pk, one.digest] for one in wanted]
    )  # fmt: skip
    Upload.objects.filter(pk__in=[one.pk for one in wanted]).update(job=queued)
    return redirect("job", queued.pk)


# Files out


@may("import_ledgers", "POST")
def upload_original(request, pk):
    found = find_upload(request, pk)
    return given(request, found, "下载原表", lambda: respond(found.file, request))


@may("import_ledgers", "POST")
def upload_marked(request, pk):
    """The sheet as it was sent, with the very cells in red; a large one is made in the background."""
    found = find_upload(request, pk)
    if found.original and found.original.size > MARKED_AT_ONCE:
        queued = jobs.queue("mark upload", owner=request.user, place_code=found.place_code, upload=found.pk)
        return redirect("job", queued.pk)
    return given(request, found, "下载标注后的原表", lambda: as_download(*marked(found)))


def given(request, found, what, make):
    """A lost file is told and not a crash."""
    if not found.file_id:
        messages.error(request, "原表没有保留，不能下载。")
        return redirect("upload_detail", found.pk)
    try:
        detail = {"文件": found.name, "导入": found.pk}
        return give_out(request, make, what=what, ledger=found.ledger, detail=detail)
    except FileFault as fault:
        messages.error(request, str(fault))
        return redirect("upload_detail", found.pk)


def as_download(name, content):
    headers = {
        "Content-Disposition": content_disposition_header(True, name),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=MEDIA, headers=headers)


def marked(found):
    """(file name, bytes) of the marked copy."""
    faults = [
        marking.Fault(one["sheet"], one["row"], None if one["at"] is None else one["at"] + 1, one["header"], one["value"], one["reason"])
        for one in preview.faults(found)
    ]  # fmt: skip
    target = io.BytesIO()
    with private_copy(found.file) as source:
        marking.mark(source, target, faults)
    return f"{Path(found.name).stem}（标注）.xlsx", target.getvalue()


@jobs.job("mark upload", repeatable=True, shows=(FileFault,))
def mark_upload(job, upload):
    name, content = marked(Upload.objects.select_related("file").get(pk=upload))
    target = io.BytesIO(content)
    target.name = name
    stored = StoredFile.keep(
        target,
        place_code=job.place_code,
        by=job.owner,
        purpose=StoredFile.Purpose.RESULT,
        kinds=WORKBOOKS,
        limit=settings.UPLOAD_LIMIT * 2,
    )
    return {"file": stored.pk}


urlpatterns = [
    path("uploads/", uploads, name="uploads"),
    path("uploads/new/", upload, name="upload"),
    path("uploads/commit-all/", upload_commit_all, name="upload_commit_all"),
    path("uploads/<int:pk>/", upload_detail, name="upload_detail"),
    path("uploads/<int:pk>/commit/", upload_commit, name="upload_commit"),
    path("uploads/<int:pk>/undo/", upload_undo, name="upload_undo"),
    path("uploads/<int:pk>/discard/", upload_discard, name="upload_discard"),
    path("uploads/<int:pk>/answer/", upload_answer, name="upload_answer"),
    path("uploads/<int:pk>/read/", upload_reread, name="upload_reread"),
    path("uploads/<int:pk>/original/", upload_original, name="upload_original"),
    path("uploads/<int:pk>/marked/", upload_marked, name="upload_marked"),
]

"""The list of any ledger, what of it one sees, and its Excel."""

import io
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe

from povertyparty import bulk, documents, jobs, writing
from povertyparty.bulk import MOST
from povertyparty.documents import MOST_ROWS, LedgerDocument, day, documents_of, template_of
from povertyparty.ledger import REGISTRY
from povertyparty.listing import SIZES, Listing, is_dear, said
from povertyparty.models import Access, SavedFilter, StoredFile
from povertyparty.pages.forms import filter_helper
from povertyparty.pages.jobs import row_url
from povertyparty.pages.permit import find, ledger_of, may
from povertyparty.rows import Body, Reader
from povertyparty.scope import current
from povertyparty.screening import DOCX, XLSX, FileFault, FileRefused
from povertyparty.tables import EXPORTED

AT_ONCE = 20_000
WORD = "document:"  # begins the formats that are documents
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def listing_of(request, ledger):
    chosen = request.user.preferences.get("columns", {}).get(ledger.code, ())
    return Listing(ledger, request.user, request.GET, chosen)


@may("view_ledgers", "GET")
def ledger_list(request, code):
    ledger = ledger_of(request, code)
    filters = [*SavedFilter.objects.seen_by(request.user).filter(ledger=code)]
    mine = next((one for one in filters if one.opens and one.owner_id == request.user.pk), None)
    if mine and not request.GET:
        return redirect(request.path + mine.address)
    listing = listing_of(request, ledger)
    reader = listing.reader()
    told = around(request, ledger, listing) | {"saved": saved_bar(request, listing, filters)}
    if mine:  # else clearing the conditions would set these again
        told["clear_url"] = f"{told['clear_url']}{'&' if listing.place else ''}all=1"
    body = Body(
        reader,
        listing.key,
        row_url(ledger),
        told["selectable"],
        states=listing.states,
        brief=listing.brief,
    )
    # Cells were escaped one by one when the body was joined.
    return render(request, "kit/list.html", {**told, "body": mark_safe(body.html(listing.page(reader)))})


def around(request, ledger, listing):
    """Everything on the page but the rows."""
    code = ledger.code
    columns = (code, *(column.name for column in listing.columns))
    choices = with_chosen(request, ledger)
    asked = (code, listing.place, *sorted(pair for pair in request.GET.items() if pair[0] != "page"))
    return {
        "title": ledger.title,
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": ledger.title, "url": ""}],
        "count_text": f"共 {listing.count:,} {ledger.unit}",
        "filter_form": SimpleLazyObject(lambda: filter_helper(listing.form)),
        "heads": SimpleLazyObject(lambda: heads(request, listing)),
        "pager": SimpleLazyObject(lambda: pager(request, listing)),
        # What these parts of the page depend on: see kept.py.
        "filter_key": (asked, *(c.kind.choices for c in ledger.columns if c.kind.varies)),
        "columns_key": columns,
        "heads_key": (asked, columns, bool(choices)),
        "selectable": bool(choices),
        "choices": choices,
        "choose_all": listing.count if choices and listing.pages > 1 else 0,
        "choose_most": MOST,
        "pager_key": (asked, listing.number, listing.pages),
        "search": listing.search,
        "keep": [
            (name, request.GET[name])
            for name in ("place", "sort", "size", "figure", "rule", "on", "from", "areas")
            if request.GET.get(name)
        ],
        "clear_url": f"?{urlencode({'place': listing.place})}" if listing.place else "?",
        "chips": chips(request, listing),
        "note": "　".join(filter(None, (str(ledger.note), listing.note))),
        "actions": actions(request, ledger),
        "columns": chooser(listing),
        "columns_url": reverse("ledger_columns", args=[code]),
        "columns_reset_url": reverse("ledger_columns", args=[code]) + "?reset=1",
        "export": export_form(request, ledger, listing) if request.user.may("export_ledgers") else None,
        "figure": figure_card(listing),
        "rule": rule_card(listing),
        "empty": empty(request, ledger, listing),
    }


def saved_bar(request, listing, filters):
    """kit/_saved.html"""
    code, now, asked = listing.ledger.code, listing.address, request.GET.get("saved", "")
    opened = next((one for one in filters if str(one.pk) == asked), None)
    shown = [filter_chip(request, one, now) for one in filters]
    narrowed = (listing.means or listing.place) and not any(one["current"] for one in shown)
    return {
        "filters": shown,
        "mine": [one for one in shown if one["mine"]],
        "add_url": reverse("saved_filter_add", args=[code]) + f"?{request.GET.urlencode()}"
        if narrowed
        else "",
        "may_share": request.user.may("share_filters"),
        "lost": opened.lost(listing) if opened else [],
    }


def filter_chip(request, one, now):
    def url(what):
        return reverse("saved_filter", args=[one.ledger, one.pk, what])

    own = one.owner_id == request.user.pk
    return {
        "label": one.name,
        "url": one.address,
        "current": one.query == now,
        "shared": one.shared,
        "opens": one.opens,
        "mine": one.is_changed_by(request.user),
        "rename_url": url("rename"),
        "delete_url": url("delete"),
        "share_url": url("unshare" if one.shared else "share") if request.user.may("share_filters") else "",
        "open_url": url("unopen" if one.opens else "open") if own else "",
    }


def address(request, **changed):
    """This address with some parameters changed; None drops one. The page number never survives a change."""
    kept = {name: value for name, value in request.GET.items() if name != "page"}
    kept |= changed
    return "?" + urlencode({name: value for name, value in kept.items() if value not in (None, "")})


def chips(request, listing):
    found = [
        {
            "label": one.label,
            "value": said(one, value),
            "remove_url": address(request, **{one.parameter: None}),
        }
        for one, value in listing.narrowed
    ]
    if listing.search:
        found.append({"label": "查找", "value": listing.search, "remove_url": address(request, q=None)})
    return found


def heads(request, listing):
    column, descending = listing.sorted_by
    return [
        {
            "label": one.label if not one.kind.numeric else one.header,
            "numeric": one.kind.numeric,
            "key": one is listing.key,
            "sorted": ("desc" if descending else "asc") if one is column else "",
            "sort_url": sort_url(request, one, column, descending),
        }
        for one in listing.columns
    ]


def sort_url(request, one, column, descending):
    if not one.path or one.sensitive or one.derive or is_dear(one):
        return ""
    return address(request, sort=f"-{one.name}" if one is column and not descending else one.name)


def pager(request, listing):
    def url(n):
        return address(request, page=n) if 1 <= n <= listing.pages and n != listing.number else ""

    n = listing.number
    around = range(max(1, n - 2), min(listing.pages, n + 2) + 1)
    return {
        "number": n,
        "pages": listing.pages,
        "first": url(1),
        "prev": url(n - 1),
        "next": url(n + 1),
        "last": url(listing.pages),
        "around": [{"n": i, "url": address(request, page=i), "current": i == n} for i in around],
        "size_urls": [{"n": s, "url": address(request, size=s), "current": s == listing.size} for s in SIZES],
    }


def actions(request, ledger):
    found = []
    if ledger.shut(request.user.may):
        return found
    if request.user.may("import_ledgers"):
        found.append({"label": "导入", "url": reverse("upload"), "icon": "upload"})
    if ledger.editable and request.user.may("edit_ledgers"):
        found.append(
            {
                "label": "新增",
                "url": reverse("record_add", args=[ledger.code]),
                "icon": "plus-lg",
                "primary": True,
            }
        )
    return found


def with_chosen(request, ledger):
    """What may be done with the chosen rows: steps that go for many, and their Excel."""
    narrowed = f"?{request.GET.urlencode()}"
    found = [
        {"label": one.steps[verb].label, "url": reverse("bulk_step", args=[ledger.code, one.code, verb]) + narrowed, "grave": one.steps[verb].grave}
        for one, verb in bulk.open_to(request.user, ledger)
    ]  # fmt: skip
    if request.user.may("export_ledgers"):
        url = reverse("ledger_export", args=[ledger.code]) + narrowed
        found.append({"label": "导出所选", "url": url, "download": True})
    return found


def chooser(listing):
    shown = set(listing.columns)
    return [
        {"code": c.name, "label": c.label, "chosen": c in shown, "fixed": c is listing.key}
        for c in listing.ledger.columns
        if c.name != "-serial" and not c.never
    ]


def figure_card(listing):
    figure = listing.figure
    if not figure or figure.ledger != listing.ledger.code:
        return None
    period = listing.period
    areas = listing.query.get("areas") if listing.areas else None
    asked = {"on": period.on, "from": period.since, "place": listing.place, "areas": areas}
    return {
        "label": figure.label,
        "value": f"{listing.count:,}",
        "unit": figure.unit,
        "definition": figure.says(period, listing.place),
        "url": f"{reverse('figure', args=[figure.code])}?{urlencode({k: v for k, v in asked.items() if v})}",
    }


def rule_card(listing):
    rule = listing.rule
    if not rule:
        return None
    place = f"&place={listing.place}" if listing.place else ""
    return {
        "label": rule.label,
        "severity": {"label": rule.severity.value, "tone": rule.severity.tone},
        "why": rule.why,
        "remedy": rule.remedy,
        "url": f"{reverse('quality')}?on={listing.period.on}{place}",
    }


def empty(request, ledger, listing):
    if listing.narrowed or listing.search or listing.figure or listing.rule:
        return {
            "text": "没有符合条件的记录。",
            "remedy": "请放宽条件再查。",
            "url": "?",
            "link": "清除全部条件",
        }
    if request.user.may("import_ledgers") and not ledger.shut(request.user.may):
        return {
            "text": f"还没有{ledger.title}的记录。",
            "remedy": "可以把现有的 Excel 台账直接上传。",
            "url": reverse("upload"),
            "link": "去上传",
        }
    return {
        "text": f"还没有{ledger.title}的记录。",
        "remedy": "由经办人导入或新增后在这里查看。",
        "url": "",
        "link": "",
    }


@may("view_ledgers", "POST")
def ledger_columns(request, code):
    """Which columns this person sees, in the order of the form."""
    ledger = ledger_of(request, code)
    wanted = set(request.POST.getlist("column"))
    chosen = [c.name for c in ledger.columns if c.name in wanted]
    kept = request.user.preferences.setdefault("columns", {})
    if "reset" in request.GET or not chosen:
        kept.pop(code, None)
    else:
        kept[code] = chosen
    request.user.save(update_fields=["preferences"])
    return redirect(
        request.META.get("HTTP_REFERER") if same_site(request) else reverse("ledger", args=[code])
    )


def same_site(request):
    return request.META.get("HTTP_REFERER", "").startswith(request.build_absolute_uri("/"))


# Export


def export_form(request, ledger, listing):
    layouts = [
        {"code": f"layout:{name}", "label": f"官方表样（{name}）" if name else "官方表样"}
        for name in ledger.layouts
    ]
    return {
        "url": reverse("ledger_export", args=[ledger.code]) + "?" + request.GET.urlencode(),
        "reason_needed": False,
        "full_allowed": any(c.sensitive and request.user.may(c.right) for c in ledger.columns),
        "formats": [*layouts, {"code": "list", "label": "当前显示的列"}, *word_formats(ledger)],
    }


def word_formats(ledger):
    found = documents_of(ledger.code, LedgerDocument)
    return [{"code": f"{WORD}{one.code}", "label": f"{one.title}（Word）"} for one in found]


@may("export_ledgers", "POST")
def ledger_export(request, code):
    """Exactly the rows of the list, masked unless a role that may gives a reason; every export is written down."""
    ledger = ledger_of(request, code)
    listing = listing_of(request, ledger)
    listing.only = only(request)
    full, reason = request.POST.get("full") == "1", request.POST.get("reason", "").strip()
    opened = [c for c in ledger.columns if full and c.sensitive and request.user.may(c.right)]
    if full and (not opened or len(reason) < 4):
        messages.error(request, "导出不遮盖的内容须有权限，并写明事由（至少4个字）。")
        return redirect(reverse("ledger", args=[code]) + "?" + request.GET.urlencode())
    wanted = {
        "format": request.POST.get("format", ""),
        "rights": sorted({c.right for c in opened}),
        "reason": reason,
        "query": request.GET.urlencode(),
        "only": listing.only,
        "where": str(request.user.place or ""),
    }
    if wanted["format"].startswith(WORD):
        return word_export(request, ledger, listing, wanted, opened)
    note_export(request.user, ledger, listing, wanted, opened)
    if listing.count > AT_ONCE:
        job = jobs.queue("export", owner=request.user, place_code=current().lo, ledger=code, **wanted)
        return redirect("job", job.pk)
    content = io.BytesIO()
    name = write_export(content, request.user, ledger, listing, wanted)
    return as_download(name, content.getvalue(), MEDIA)


def as_download(name, content, media):
    headers = {
        "Content-Disposition": content_disposition_header(True, name),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=media, headers=headers)


def only(request):
    """The keys of the chosen rows, in order; None for all that the conditions leave."""
    chosen = [one.partition(".")[0] for one in request.POST.getlist("chosen")]
    if not chosen or request.POST.get("all"):
        return None
    return sorted({int(pk) for pk in chosen if pk.isascii() and pk.isdecimal() and len(pk) < 18})


def note_export(user, ledger, listing, wanted, opened):
    Access.objects.create(
        kind=Access.Kind.EXPORT, by=user, place_code=current().lo, ledger=ledger.code, rows=listing.count, reason=wanted["reason"],
        columns=[c.header for c in opened], detail={"条件": listing.told(), "地区": listing.place},
    )  # fmt: skip


# A list in Word


def word_export(request, ledger, listing, wanted, opened):
    """The rows of the list as a document, masked as the Excel is, and written down as it is."""
    code = wanted["format"].removeprefix(WORD)
    document = find({one.code: one for one in documents_of(ledger.code, LedgerDocument)}, code)
    try:
        if listing.count > MOST_ROWS:
            raise FileRefused(
                f"Word 文书最多{MOST_ROWS:,}{ledger.unit}，现在有{listing.count:,}{ledger.unit}：请先筛选，或导出 Excel"
            )
        template = template_of(document, current().lo)
        content = documents.render(document, template, listed(document, listing, wanted))
    except FileFault as fault:
        messages.error(request, f"没有导出：{fault}。")
        return redirect(reverse("ledger", args=[ledger.code]) + "?" + request.GET.urlencode())
    note_export(request.user, ledger, listing, wanted, opened)
    name = f"{wanted['where']}{document.title}{timezone.localtime():%Y%m%d-%H%M}.docx"
    return as_download(name, content, DOCX.media)


def listed(document, listing, wanted):
    """What the template is told: the rows, and what stands above them."""
    columns = [c for c in listing.ledger.columns if not c.never and c.name != "-serial"]
    cells = Reader(listing.ledger, columns, rights=wanted["rights"], on=listing.on).cells(listing.rows)
    texts = ({c.name: written(cell) for c, cell in zip(columns, row, strict=True)} for row in cells)
    return {
        "填报单位": wanted["where"],
        "填报日期": day(timezone.localdate()),
        "导出说明": exported(listing),
        "总数": str(listing.count),
        document.rows: [*document.lines(texts)],
    }


def written(cell):
    return "" if cell is None else str(cell)


@jobs.job("export", repeatable=True)
def export(job, ledger, **wanted):
    """A large export in the background: the file waits at the job's page."""
    found = REGISTRY[ledger]
    listing = Listing(found, job.owner, QueryDict(wanted["query"]))
    listing.only = wanted.get("only")
    content = io.BytesIO()
    name = write_export(content, job.owner, found, listing, wanted, job.progress)
    content.name = name
    stored = StoredFile.keep(
        content,
        place_code=current().lo,
        by=job.owner,
        purpose=StoredFile.Purpose.RESULT,
        kinds=[XLSX],
        limit=1 << 31,
    )
    return {"file": stored.pk}


def write_export(target, user, ledger, listing, wanted, progress=None):
    """Write the workbook and return its name. The official layout goes out as the form has it, header by header."""
    kind, _, layout = wanted["format"].partition(":")
    if kind == "list":
        columns = [(c.label, c) for c in listing.columns]
    else:
        columns = ledger.layout(layout if layout in ledger.layouts else "")
    reader = Reader(ledger, [column for _, column in columns], rights=wanted["rights"], on=listing.on)
    now = timezone.localtime()
    form = form_of(
        ledger,
        columns,
        wanted["where"],
        exported(listing),
    )
    rows = reader.cells(listing.rows)
    writing.write(target, form, told(rows, progress, listing.count) if progress else rows)
    return f"{wanted['where']}{ledger.title}{now:%Y%m%d-%H%M}.xlsx"


def exported(listing):
    """Who took it out, when, by which conditions."""
    now = timezone.localtime()
    return (
        f"导出人：{listing.user}　{EXPORTED}{now:%Y-%m-%d %H:%M}　{'；'.join(listing.told()) or '全部记录'}"
    )


def told(rows, progress, total):
    for number, row in enumerate(rows):
        if number % 2000 == 0:
            progress(number, total, f"已写 {number:,} 行")
        yield row


def form_of(ledger, columns, where, told="", template=False):
    """The official form: title, 填报单位 line, and on exports who took it out, when and by which conditions."""
    today = timezone.localdate()
    date = f"填报日期：{day(today)}" if told else "填报日期：　　　年　　月　　日"
    return writing.Form(
        title=f"{where}{ledger.title}",
        heads=[head(header, column) for header, column in columns],
        notes=[
            f"填报单位（盖章）：{where}　　填报人：　　　　　　联系电话：　　　　　　　{date}　　{ledger.note}",
            *([told] if told else []),
        ],
        template=template,
        properties={"导出说明": told} if told else {},
    )


def head(header, column):
    if column is None or column.never:
        return writing.Head(header, width=10, help="不采集，请留空")
    kind = column.kind
    given = "系统计算" if column.is_counted else f"{column.source}已登记的" if column.source else ""
    needed = f"{given}，不用填；" if given else "必填；" if column.required else ""
    return writing.Head(
        header,
        width=6 if column.name == "-serial" else max(kind.width, min(len(header) + 4, 24)),
        kind="text" if column.sensitive else kind.excel,
        places=getattr(kind, "places", 2),
        choices=tuple(getattr(kind, "choices", ())) if not isinstance(kind, tuple) else (),
        help=f"{needed}{kind.help}",
    )


@may("view_ledgers", "GET")
def template(request, code):
    """The blank form: the official headers with drop-downs and a line of help above them."""
    ledger = ledger_of(request, code)
    layout = request.GET.get("layout", "")
    content = io.BytesIO()
    columns = [
        (h, c) for h, c in ledger.layout(layout if layout in ledger.layouts else "") if not (c and c.never)
    ]
    writing.write(content, form_of(ledger, columns, str(request.user.place or ""), template=True))
    return HttpResponse(
        content.getvalue(),
        content_type=MEDIA,
        headers={"Content-Disposition": content_disposition_header(True, f"{ledger.title}（空白表）.xlsx")},
    )


urlpatterns = [
    path("ledgers/<slug:code>/", ledger_list, name="ledger"),
    path("ledgers/<slug:code>/columns/", ledger_columns, name="ledger_columns"),
    path("ledgers/<slug:code>/export/", ledger_export, name="ledger_export"),
    path("ledgers/<slug:code>/template.xlsx", template, name="template"),
]

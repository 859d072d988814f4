"""Documents: the Word of a record and the same on paper; which templates there are, their placeholders, and replacing one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone

from povertyparty import documents
from povertyparty.documents import (
    LARGEST_TEMPLATE,
    REGISTRY,
    DocumentTemplate,
    LedgerDocument,
    TemplateOvertaken,
    documents_of,
    template_of,
    versions,
)
from povertyparty.files import respond
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.pages.downloads import give_out
from povertyparty.pages.lists import as_download
from povertyparty.pages.permit import find, ledger_of, may
from povertyparty.reading_word import blocks
from povertyparty.scope import current
from povertyparty.screening import DOCX, MEGABYTE, FileFault

# The document of a record


def written(request, code, pk):
    """(document, record) for who may have it, where there is something to write; else 404 or 403."""
    document = find({one.code: one for one in REGISTRY.values() if one.context}, code)
    find(LEDGERS, document.ledger)
    ledger = ledger_of(request, document.ledger)
    found = get_object_or_404(ledger.model.objects.all(), pk=pk)
    if not request.user.may(document.right) or not document.makes_sense(found):
        raise Http404(code)
    return document, found


def content_of(document, found):
    place = found.lies_in
    return documents.render(document, template_of(document, place), document.context(found))


@may("view_ledgers", "POST")
def document(request, code, pk):
    """The Word file, written down like everything that leaves."""
    declared, found = written(request, code, pk)
    try:
        return give_out(
            request, lambda: as_download(declared.named(found), content_of(declared, found), DOCX.media),
            what=f"下载《{declared.title}》", ledger=declared.ledger, record=found.pk, detail={"文书": declared.named(found)},
        )  # fmt: skip
    except FileFault as fault:
        return gone(request, declared, fault)


@may("view_ledgers", "GET")
def document_print(request, code, pk):
    """The same on a page, to be printed."""
    declared, found = written(request, code, pk)
    try:
        told = blocks(content_of(declared, found))
    except FileFault as fault:
        return gone(request, declared, fault)
    back = reverse(
        LEDGERS[declared.ledger].page[0] if LEDGERS[declared.ledger].page else "record",
        args=address(declared, found),
    )
    return render(request, "kit/document.html", {
        "title": declared.title,
        "subtitle": str(found),
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": str(found), "url": back}, {"label": declared.title, "url": ""}],
        "blocks": told,
        "word_url": reverse("document", args=[code, pk]),
    })  # fmt: skip


def address(declared, found):
    return [found.pk] if LEDGERS[declared.ledger].page else [declared.ledger, found.pk]


def gone(request, declared, fault):
    """A template that was kept and cannot be read is told, and not passed over in favour of another."""
    messages.error(request, f"《{declared.title}》没有生成：{fault}。")
    return redirect("document_template", declared.code)


def offered(ledger, found, user):
    """The documents of a record, for kit/_documents.html."""
    return [
        {
            "label": one.title,
            "word_url": reverse("document", args=[one.code, found.pk]),
            "print_url": reverse("document_print", args=[one.code, found.pk]),
        }
        for one in documents_of(ledger)
        if user.may(one.right) and one.makes_sense(found)
    ]


# Templates


@may("enter", "GET")
def document_templates(request):
    here = current().lo
    return render(request, "kit/document_templates.html", {
        "title": "文书模板",
        "crumbs": crumbs(),
        "documents": [
            {
                "title": one.title,
                "url": reverse("document_template", args=[one.code]),
                "about": about(one),
                "used": in_words(documents.in_force(one, here)),
            }
            for one in REGISTRY.values() if one.ledger in LEDGERS
        ],
    })  # fmt: skip


def crumbs(*more):
    first = {"label": "文书模板", "url": reverse("document_templates") if more else ""}
    return [{"label": "工作台", "url": reverse("home")}, first, *more]


def about(one):
    ledger = LEDGERS[one.ledger].title
    return f"《{ledger}》导出时选用" if isinstance(one, LedgerDocument) else f"《{ledger}》每条记录一份"


def in_words(template):
    if template is None:
        return "内置模板"
    return f"“{template.file.name}”，{timezone.localtime(template.at):%Y-%m-%d}起用"


def declared_of(code):
    return find({one.code: one for one in REGISTRY.values() if one.ledger in LEDGERS}, code)


@may("enter", "GET")
def document_template(request, code):
    return show(request, declared_of(code))


def show(request, declared, refusal="", status=200):
    here, user = current().lo, request.user
    keeps = user.may("keep_templates")
    kept = [*versions(declared, here)] if keeps else []
    return render(request, "kit/document_template.html", {
        "title": declared.title,
        "subtitle": about(declared),
        "crumbs": crumbs({"label": declared.title, "url": ""}),
        "used": in_words(documents.in_force(declared, here)),
        "template_url": reverse("document_template_file", args=[declared.code]),
        "fills": [{"name": f"{{{{ {name} }}}}", "says": says} for name, says in declared.fills.items()],
        "rows": rows_of(declared),
        "refusal": refusal,
        "upload": {
            "url": reverse("document_template_replace", args=[declared.code]),
            "limit_text": f"{LARGEST_TEMPLATE // MEGABYTE} MB",
            "accept": ",".join(DOCX.suffixes),
        } if keeps else None,
        "seen": kept[0].number if kept else 0,
        "versions": [version(declared, one, n) for n, one in enumerate(kept)],
    }, status=status)  # fmt: skip


def rows_of(declared):
    if not declared.rows:
        return None
    return {
        "begin": f"{{%tr for 行 in {declared.rows} %}}",
        "end": "{%tr endfor %}",
        "fills": [f"{{{{ 行.{name} }}}}" for name in declared.columns],
    }


def version(declared, one, n):
    return {
        "number": one.number,
        "name": one.file.name if one.file_id else "恢复内置模板",
        "who": str(one.by),
        "at": one.at,
        "current": n == 0,
        "pk": one.pk if one.file_id else 0,
        "url": reverse("document_template_version", args=[declared.code, one.pk]) if one.file_id else "",
    }


@may("enter", "POST")
def document_template_file(request, code):
    """The template now in force, to be changed in Word."""
    declared = declared_of(code)
    try:
        content = template_of(declared, current().lo)
        return give_out(
            request, lambda: as_download(f"{declared.title}（模板）.docx", content, DOCX.media),
            what="下载文书模板", ledger=declared.ledger, detail={"文书": declared.title},
        )  # fmt: skip
    except FileFault as fault:
        return show(request, declared, str(fault), 410)


@may("keep_templates", "POST")
def document_template_version(request, code, pk):
    declared = declared_of(code)
    kept = get_object_or_404(versions(declared, current().lo).exclude(file=None), pk=pk)
    try:
        return give_out(
            request, lambda: respond(kept.file, request), what="下载文书模板", ledger=declared.ledger,
            detail={"文书": declared.title, "文件": kept.file.name},
        )  # fmt: skip
    except FileFault as fault:
        return show(request, declared, str(fault), 410)


@may("keep_templates", "POST")
def document_template_replace(request, code):
    """An upload, a version kept before (`version`), or the built-in one (`version` 0)."""
    declared, here = declared_of(code), current().lo
    upload, chosen = request.FILES.get("file"), request.POST.get("version", "")
    if upload is None and not chosen.isdecimal():
        return show(request, declared, "请先选择一个 Word 文件（.docx）", 422)
    file = None
    if upload is None and int(chosen):
        file = get_object_or_404(versions(declared, here).exclude(file=None), pk=int(chosen)).file
    try:
        put = documents.replace(
            declared, place_code=here, seen=seen(request), by=request.user, upload=upload, file=file
        )
    except FileFault as fault:
        return show(request, declared, str(fault), 409 if isinstance(fault, TemplateOvertaken) else 422)
    messages.success(request, f"《{declared.title}》今后用{told(put)}生成。")
    return redirect("document_template", code)


def seen(request):
    """The number of the version that this person had before them."""
    asked = request.POST.get("seen", "")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else 0


def told(put: DocumentTemplate):
    return f"“{put.file.name}”" if put.file_id else "内置模板"


urlpatterns = [
    path("documents/", document_templates, name="document_templates"),
    path("documents/<slug:code>/", document_template, name="document_template"),
    path("documents/<slug:code>/template/", document_template_file, name="document_template_file"),
    path("documents/<slug:code>/replace/", document_template_replace, name="document_template_replace"),
    path(
        "documents/<slug:code>/versions/<int:pk>/",
        document_template_version,
        name="document_template_version",
    ),
    path("documents/<slug:code>/<int:pk>/", document, name="document"),
    path("documents/<slug:code>/<int:pk>/print/", document_print, name="document_print"),
]

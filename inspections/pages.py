"""One item to be put right, with its steps and evidence; and one hand-over with its pack."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.text import Truncator

from inspections.handover_page import sheet, told_handover
from inspections.models import Evidence, Handover, Item, Measure
from inspections.portrait import portrait
from inspections.steps import CARRYING, HANDING_OVER, RECTIFICATION
from povertyparty.files import respond
from povertyparty.ledger import holder
from povertyparty.pages.downloads import give_out
from povertyparty.pages.permit import may
from povertyparty.pages.steps import status_of, take
from povertyparty.pages.steps import success as said
from povertyparty.screening import FileFault


@may("view_ledgers", "GET")
def item(request, pk):
    return show(request, whole(pk))


@may("view_ledgers", "POST")
def item_step(request, pk, verb):
    """Take a step and go back to the item. A refusal shows the item as it now is, with what was typed."""
    found = whole(pk)
    taken, attempt = take(RECTIFICATION, found, verb, request)
    if attempt:
        return show(request, whole(pk), attempt, status_of(attempt))
    messages.success(request, success(found, taken))
    return redirect("item", pk)


@may("view_ledgers", "POST")
def item_measure(request, pk, verb):
    """A step of one of its measures, taken where the item is worked on."""
    measure = get_object_or_404(Measure.objects.exclude(item=None), pk=pk)
    _, attempt = take(CARRYING, measure, verb, request)
    if attempt:
        messages.error(request, str(attempt.refusal))
        return show(request, whole(measure.item_id), status=status_of(attempt))
    messages.success(request, f"已{CARRYING.steps[verb].label}：{Truncator(measure.text).chars(30)}")
    return redirect(f"{reverse('item', args=[measure.item_id])}#measures")


@may("view_ledgers", "POST")
def evidence(request, pk):
    """The file of a piece of evidence, or why it is not to be had."""
    found = get_object_or_404(Evidence.objects.select_related("file", "item", "finding", "slip"), pk=pk)
    try:
        return give_out(
            request,
            lambda: respond(found.file, request),
            what="下载佐证材料",
            ledger=holder(type(found.of)).code,
            record=found.of.pk,
            detail={"文件": found.file.name, "编号": str(found.of)},
        )
    except FileFault as fault:
        return render(request, "inspections/evidence_gone.html", {"why": fault}, status=410)


# 交接


@may("view_ledgers", "GET")
def handover(request, pk):
    return show_handover(request, get_object_or_404(Handover.objects.select_related("place"), pk=pk))


@may("view_ledgers", "POST")
def handover_step(request, pk, verb):
    handovers = Handover.objects.select_related("place")
    found = get_object_or_404(handovers, pk=pk)
    taken, attempt = take(HANDING_OVER, found, verb, request)
    if attempt:
        return show_handover(request, get_object_or_404(handovers, pk=pk), attempt, status_of(attempt))
    messages.success(request, said(HANDING_OVER, taken))
    return redirect("handover", pk)


@may("export_ledgers", "POST")
def handover_export(request, pk):
    """The pack as an Excel sheet; like every file that leaves, it is written down."""
    found = get_object_or_404(Handover.objects.select_related("place"), pk=pk)
    return give_out(
        request,
        lambda: sheet(found),
        what="导出交接清单",
        ledger="handovers",
        record=found.pk,
        detail={"交接": str(found)},
    )


def show_handover(request, found, attempt=None, status=200):
    return render(
        request, "inspections/handover.html", told_handover(found, request.user, attempt), status=status
    )


# 事项


def whole(pk):
    """The item with all that its page shows, in as many queries however long its trail is."""
    kept = Evidence.objects.select_related("file").order_by("-pk")
    items = Item.objects.select_related("place")
    return get_object_or_404(items.prefetch_related(Prefetch("evidence", kept)), pk=pk)


def show(request, found, attempt=None, status=200):
    return render(request, "inspections/item.html", portrait(found, request.user, attempt), status=status)


def success(found, taken):
    if (verdict := taken.details.get("verdict")) and taken.after in Item.WORK:
        return f"已核验，结论为“{verdict}”，事项退回整改。"
    said = f"已{RECTIFICATION.steps[taken.verb].label}。"
    if taken.after == taken.before or RECTIFICATION.rests(found):
        return said
    following = RECTIFICATION.turns[taken.after]
    return f"{said}下一步由{following.who}{RECTIFICATION.what(following)}。"


urlpatterns = [
    path("items/<int:pk>/", item, name="item"),
    path("items/<int:pk>/<slug:verb>/", item_step, name="item_step"),
    path("measures/<int:pk>/<slug:verb>/", item_measure, name="item_measure"),
    path("handovers/<int:pk>/", handover, name="handover"),
    path("handovers/<int:pk>/export/", handover_export, name="handover_export"),
    path("handovers/<int:pk>/steps/<slug:verb>/", handover_step, name="handover_step"),
    path("evidence/<int:pk>/", evidence, name="evidence"),
]

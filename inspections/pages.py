"""One item to be put right: its page, the steps taken there, and the evidence that came with them."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from inspections.models import Evidence, Item, TakenStep
from inspections.portrait import Attempt, portrait
from povertyparty.files import respond
from povertyparty.kinds import Choices
from povertyparty.pages.downloads import give_out
from povertyparty.pages.permit import find, may
from povertyparty.screening import FileFault
from povertyparty.steps import Files, StepForbidden, StepIncomplete, StepOvertaken, StepRefused

STATUS = {StepForbidden: 403, StepOvertaken: 409, StepIncomplete: 422}


@may("view_ledgers", "GET")
def item(request, pk):
    return show(request, whole(pk))


@may("view_ledgers", "POST")
def item_step(request, pk, verb):
    """Take a step and go back to the item. A refusal shows the item as it now is, with what was typed."""
    step, found = find(Item.STEPS, verb), whole(pk)
    given = {need.name: typed(need, request) for need in step.needs}
    try:
        taken = found.take(verb, request.user, version=seen(request), **given)
    except (StepRefused, FileFault) as refusal:
        return show(request, whole(pk), Attempt(verb, step, given, refusal), STATUS.get(type(refusal), 503))
    messages.success(request, success(taken))
    return redirect("item", pk)


@may("view_ledgers", "POST")
def evidence(request, pk):
    found = get_object_or_404(Evidence.objects.select_related("file", "item"), pk=pk)
    try:
        return give_out(
            request, lambda: respond(found.file, request), what="下载佐证材料",
            ledger="items", record=found.item_id, detail={"文件": found.file.name, "事项": str(found.item)},
        )  # fmt: skip
    except FileFault as fault:
        return render(request, "inspections/evidence_gone.html", {"why": fault}, status=410)


def whole(pk):
    """The item with all that its page shows, in as many queries however long its trail is."""
    taken = TakenStep.objects.select_related("by")
    kept = Evidence.objects.select_related("file").order_by("-pk")
    items = Item.objects.select_related("place")
    return get_object_or_404(
        items.prefetch_related(Prefetch("trail", taken), Prefetch("evidence", kept)), pk=pk
    )


def show(request, found, attempt=None, status=200):
    return render(request, "inspections/item.html", portrait(found, request.user, attempt), status=status)


# What was typed


def typed(need, request):
    if isinstance(need.kind, Files):
        return request.FILES.getlist(need.name)
    if isinstance(need.kind, Choices):
        return "、".join(request.POST.getlist(need.name))
    return request.POST.get(need.name, "")


def seen(request):
    """The version of the item that this person had before them."""
    try:
        return int(request.POST["version"])
    except (KeyError, ValueError):
        raise StepOvertaken("提交的内容不完整，没有办理。请看过最新情况后重新提交") from None


def success(taken):
    if taken.verdict and taken.after in Item.WORK:
        return f"已核验，结论为“{taken.verdict}”，事项退回整改。"
    said = f"已{taken.get_verb_display()}。"
    if taken.after == taken.before or taken.after not in Item.TURNS:
        return said
    following = Item.TURNS[taken.after]
    return f"{said}下一步由{following.who}{following.what}。"


urlpatterns = [
    path("items/<int:pk>/", item, name="item"),
    path("items/<int:pk>/<slug:verb>/", item_step, name="item_step"),
    path("evidence/<int:pk>/", evidence, name="evidence"),
]

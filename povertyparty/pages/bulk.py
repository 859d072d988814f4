"""One step with the chosen rows of a list: a form for all of them, and what came of each."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import path, reverse

from povertyparty import bulk, jobs
from povertyparty.bulk import AT_ONCE, MOST, Line
from povertyparty.pages.jobs import outcome, row_url
from povertyparty.pages.lists import listing_of
from povertyparty.pages.permit import find, ledger_of, may
from povertyparty.pages.steps import asked, typed
from povertyparty.scope import current
from povertyparty.steps import REGISTRY


@may("view_ledgers", "POST")
def bulk_step(request, code, process, verb):
    """The form for the chosen rows; once it is filled in, the step with each of them."""
    ledger, found = ledger_of(request, code), find(REGISTRY, process)
    if (found, verb) not in bulk.open_to(request.user, ledger):
        raise PermissionDenied
    chosen = chosen_of(request, ledger)
    if not chosen or len(chosen) > MOST:
        messages.error(request, too_many(ledger, chosen) if chosen else "没有选中任何一行，请先勾选。")
        return redirect(address(code, request))
    if "go" not in request.POST:
        return ask(request, ledger, found, verb, chosen)
    step = found.steps[verb]
    given = {need.name: typed(need, request).strip() for need in step.needs}
    if faults := bulk.faults(step, given):
        return ask(request, ledger, found, verb, chosen, given, faults)
    if len(chosen) > AT_ONCE:
        job = jobs.queue(
            "take steps", owner=request.user, place_code=current().lo,
            ledger=code, process=process, verb=verb, chosen=[*chosen.items()], given=given,
        )  # fmt: skip
        return redirect("job", job.pk)
    lines = bulk.take_each(found, verb, chosen, request.user, given)
    return render(request, "kit/bulk_done.html", {
        **head(ledger, f"批量{step.label}"),
        "outcome": outcome(ledger, bulk.told(step, lines), lines),
        "back_url": address(code, request),
    })  # fmt: skip


def chosen_of(request, ledger):
    """{pk: the version that was on the screen}; of all rows that the conditions leave, as they are now."""
    if request.POST.get("all"):
        rows = listing_of(request, ledger).rows.values_list("pk", "version")
        return dict(rows[: MOST + 1])
    pairs = (one.partition(".") for one in request.POST.getlist("chosen"))
    return {int(pk): int(seen) for pk, _, seen in pairs if whole(pk) and whole(seen)}


def whole(text):
    return text.isascii() and text.isdecimal() and len(text) < 18


def too_many(ledger, chosen):
    return f"一次最多办理 {MOST} {ledger.unit}，符合条件的超过了这个数，请再缩小范围。"


def ask(request, ledger, process, verb, chosen, given=None, faults=None):
    step = process.steps[verb]
    ready, others = bulk.standing(process, verb, bulk.records(process, chosen), request.user)
    wanted = bulk.needs(process, verb, ready)
    labels = process.states
    return render(request, "kit/bulk.html", {
        **head(ledger, f"批量{step.label}"),
        "step": step,
        "unit": ledger.unit,
        "needs": [asked(need, (given or {}).get(need.name, ""), (faults or {}).get(need.name)) for need in wanted],
        "rows": [
            {"value": f"{one.pk}.{chosen[one.pk]}", "label": str(one), "url": row_url(ledger, one.pk), "state": labels.get(process.state(one), "")}
            for one in ready
        ],
        "others": outcome(ledger, "", [*others, *gone(chosen, ready, others)])["rows"],
        "background": len(ready) > AT_ONCE,
        "back_url": address(ledger.code, request),
    }, status=422 if faults else 200)  # fmt: skip


def gone(chosen, ready, others):
    seen = {one.pk for one in (*ready, *others)}
    return [Line(pk, f"编号{pk}", bulk.GONE) for pk in chosen if pk not in seen]


def head(ledger, title):
    home, there = reverse("home"), reverse("ledger", args=[ledger.code])
    return {
        "title": title,
        "crumbs": [
            {"label": "工作台", "url": home},
            {"label": ledger.title, "url": there},
            {"label": title, "url": ""},
        ],
    }


def address(code, request):
    """The list as it was."""
    asked_for = request.GET.urlencode()
    return reverse("ledger", args=[code]) + (f"?{asked_for}" if asked_for else "")


urlpatterns = [path("ledgers/<slug:code>/steps/<slug:process>/<slug:verb>/", bulk_step, name="bulk_step")]

"""The papers that the rules propose, and drafting one."""

from django.contrib import messages
from django.db.models import F, Window
from django.db.models.functions import Left, RowNumber
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import Truncator

from inspections.ladder import groups, proposed
from inspections.models import DraftRefused, Item, Level, Slip
from inspections.models.slips import COLOURS
from povertyparty.pages.permit import may
from villages.models import Place

SHOWN = 20  # papers of one page


@may("draft_slips", "GET")
def slips_proposed(request):
    """Proposed papers, the higher level first, then by place and unit; each is drafted by one click, or by nobody."""
    county, on = request.user.place.code[:6], timezone.localdate()
    items = proposed(on, county).within(request.user.place.code)
    papers = groups(items)
    number = page_of(request)
    shown = list(papers[(number - 1) * SHOWN : number * SHOWN + 1])
    return render(request, "inspections/proposed.html", {
        "title": "拟办建议",
        "crumbs": [
            {"label": "工作台", "url": reverse("home")},
            {"label": "督办单据", "url": reverse("ledger", args=["slips"])},
            {"label": "拟办建议", "url": ""},
        ],
        "papers": told(shown[:SHOWN], items, on),
        "draft_url": reverse("slip_draft"),
        "earlier": f"?page={number - 1}" if number > 1 else "",
        "later": f"?page={number + 1}" if len(shown) > SHOWN else "",
    })  # fmt: skip


def page_of(request):
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def told(papers, items, on):
    """Each with its first items, in as many queries however many there are."""
    names = dict(Place.names.filter(code__in={one["under"] for one in papers}).values_list("code", "name"))
    of = {}
    for item in first_items(papers, items):
        of.setdefault((item.rung, item.unit, item.under), []).append(item)
    return [
        {
            "level": one["rung"],
            "word": {"word": Level(one["rung"]).label, "colour": COLOURS[one["rung"]]},
            "unit": one["unit"],
            "place": names.get(one["under"], ""),
            "count": one["count"],
            "left": max(0, one["count"] - Slip.MOST),
            "items": [line(item, on) for item in of.get((one["rung"], one["unit"], one["under"]), ())],
        }
        for one in papers
    ]


def first_items(papers, items):
    if not papers:
        return []
    units, unders = {one["unit"] for one in papers}, {one["under"] for one in papers}
    same = Window(RowNumber(), partition_by=[F("rung"), F("unit"), F("under")], order_by=["due_on", "pk"])
    rows = items.annotate(under=Left("place", 9)).filter(unit__in=units, under__in=unders)
    rows = rows.annotate(nth=same).filter(nth__lte=Slip.MOST)
    return rows.select_related("place", "finding").order_by("due_on", "pk")


def line(item, on):
    return {
        "pk": item.pk,
        "url": reverse("item", args=[item.pk]),
        "code": item.code,
        "text": Truncator(item.symptom or item.finding.text).chars(40),
        "place": item.place.name,
        "light": item.light(on),
        "due": item.due_on,
    }


@may("draft_slips", "POST")
def slip_draft(request):
    """A draft about the chosen items; a refusal goes back to where it was asked and says why."""
    chosen = {int(one) for one in request.POST.getlist("item") if one.isdecimal() and len(one) < 19}
    items = list(Item.objects.filter(pk__in=chosen).order_by("due_on", "pk"))
    level = request.POST.get("level", "")
    try:
        made = Slip.draft(level, whole(chosen, items, level))
    except DraftRefused as refusal:
        messages.error(request, f"没有拟办：{refusal}。")
        back = reverse("item", args=[items[0].pk]) if len(items) == 1 else reverse("slips_proposed")
        return redirect(back)
    messages.success(
        request, f"已拟{made.called} {made.number}，{len(items)} 项。可以修改拟稿，由县委组织部领导签发。"
    )
    return redirect("record", "slips", made.pk)


def whole(chosen, items, level):
    if level not in Level.values:
        raise DraftRefused("请选定单据级别")
    if not items or len(items) < len(chosen):
        raise DraftRefused("请至少选一项，所选事项应都在您的管辖范围")
    return items


urlpatterns = [
    path("slips/proposed/", slips_proposed, name="slips_proposed"),
    path("slips/draft/", slip_draft, name="slip_draft"),
]

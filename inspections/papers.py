"""The papers that the rules propose, and drafting one."""

from itertools import islice

from django.contrib import messages
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
    number = page_of(request)
    papers = groups(proposed(on, county).within(request.user.place.code))
    shown = [*islice(papers, (number - 1) * SHOWN, number * SHOWN + 1)]
    return render(request, "inspections/proposed.html", {
        "title": "拟办建议",
        "crumbs": [
            {"label": "工作台", "url": reverse("home")},
            {"label": "督办单据", "url": reverse("ledger", args=["slips"])},
            {"label": "拟办建议", "url": ""},
        ],
        "papers": told(shown[:SHOWN], on),
        "draft_url": reverse("slip_draft"),
        "earlier": f"?page={number - 1}" if number > 1 else "",
        "later": f"?page={number + 1}" if len(shown) > SHOWN else "",
    })  # fmt: skip


def page_of(request):
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def told(papers, on):
    """Each with its first items, in as many queries however many there are."""
    names = dict(
        Place.names.filter(code__in={under for (_, under, _), _ in papers}).values_list("code", "name")
    )
    first = [pk for _, items in papers for pk in items[: Slip.MOST]]
    found = Item.objects.select_related("place", "finding").in_bulk(first)
    return [
        {
            "level": rung,
            "word": {"word": Level(rung).label, "colour": COLOURS[rung]},
            "unit": unit,
            "place": names.get(under, ""),
            "count": len(items),
            "left": max(0, len(items) - Slip.MOST),
            "items": [line(found[pk], on) for pk in items[: Slip.MOST]],
        }
        for (rung, under, unit), items in papers
    ]


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

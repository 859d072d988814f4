"""The straightforward Django way of the same pages: a ListView, model objects, and a template loop."""

from django.db.models import F
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import ListView

from inspections.lights import COLOURS
from inspections.models import Item
from povertyparty.ledger import REGISTRY
from povertyparty.models import SavedFilter
from povertyparty.pages import lists
from povertyparty.pages.permit import may
from povertyparty.scope import here
from villages.models import Household, Place


@method_decorator(may("view_ledgers", "GET"), name="dispatch")
class PlainList(ListView):
    """Everything around the rows is the product's own page; counting, paging and rendering them is Django's."""

    template_name, template_engine = "kit/list.html", "plain"

    def get_paginate_by(self, queryset):
        return int(self.request.GET.get("size", 50))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        records = context["object_list"]
        names = townships(records)
        for one in records:
            one.township = names.get(one.place_id[:9], "")
        ledger = REGISTRY[self.ledger]
        filters = [*SavedFilter.objects.seen_by(self.request.user).filter(ledger=ledger.code)]
        listing = lists.listing_of(self.request, ledger)
        listing.count = context["paginator"].count
        around = lists.around(self.request, ledger, listing)
        return {
            **context,
            **around,
            "saved": lists.saved_bar(self.request, listing, filters),
            "body": render_to_string(
                f"bench/{self.ledger}.html",
                {
                    "records": records,
                    "selectable": around["selectable"],
                    "colours": COLOURS,
                    "above_townships": len(here()) < 9,
                },
                using="plain",
            ),
        }


class HouseholdList(PlainList):
    ledger = "households"

    def get_queryset(self):
        return Household.objects.select_related("place").order_by("place_id", "id")


class ItemList(PlainList):
    ledger = "items"

    def get_queryset(self):
        asked = self.request.GET
        items = Item.objects.lit(timezone.localdate()).select_related("place")
        if asked.get("f_counted_light"):
            items = items.filter(colour_then=asked["f_counted_light"])
        if asked.get("f_state"):
            items = items.filter(state=asked["f_state"])
        first = [F("due_on").asc()] if asked.get("sort") == "due_on" else []
        return items.order_by(*first, "place_id", "id")


@may("view_ledgers", "GET")
def frame(request):
    """What stands around both, kept parts and all: who asks, in which scope, what awaits them, the bar and the menu."""
    return render(request, "base.html", {"title": "frame"})


def townships(records):
    return dict(
        Place.names.filter(code__in={one.place_id[:9] for one in records}).values_list("code", "name")
    )

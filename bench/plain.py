"""The straightforward Django way of the same page: a ListView, model objects, and a template loop."""

from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.views.generic import ListView

from povertyparty.ledger import REGISTRY
from povertyparty.pages import lists
from povertyparty.pages.permit import may
from villages.models import Household, Place


@method_decorator(may("view_ledgers", "GET"), name="dispatch")
class HouseholdList(ListView):
    """Everything around the rows is the product's own page; counting, paging and rendering them is Django's."""

    template_name, template_engine = "kit/list.html", "plain"

    def get_paginate_by(self, queryset):
        return int(self.request.GET.get("size", 50))

    def get_queryset(self):
        return Household.objects.select_related("place").order_by("place_id", "id")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        households = context["object_list"]
        names = townships(households)
        for one in households:
            one.township = names[one.place_id[:9]]
        ledger = REGISTRY["households"]
        listing = lists.listing_of(self.request, ledger)
        listing.count = context["paginator"].count
        around = lists.around(self.request, ledger, listing)
        return {
            **context,
            **around,
            "body": render_to_string(
                "bench/rows.html",
                {"households": households, "selectable": around["selectable"]},
                using="plain",
            ),
        }


@may("view_ledgers", "GET")
def frame(request):
    """What stands around both, kept parts and all: who asks, in which scope, what awaits them, the bar and the menu."""
    return render(request, "base.html", {"title": "frame"})


def townships(households):
    return dict(
        Place.names.filter(code__in={one.place_id[:9] for one in households}).values_list("code", "name")
    )

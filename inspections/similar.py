"""相似问题: what was found before that a finding being typed may repeat. A hint beside the form, never a bar."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.shortcuts import render
from django.urls import path, reverse

from inspections.models import Finding, Item
from povertyparty.pages.permit import may

SHOWN = 6
LEAST = 4  # letters typed before their likeness says anything
ALIKE = 0.5  # of what is typed is found there again
OPEN = Q(state__in=[state for state in Item.State if state not in Item.FINISHED])
CLOSED = Q(state__in=Item.CLOSED)

TEXTS = ArrayField(models.TextField())


class Bigrams(models.Func):
    function, output_field = "bigrams", TEXTS


class Shared(models.Func):
    """How many of the pieces of one text are found in the other."""

    template = "cardinality(ARRAY(SELECT unnest(%(expressions)s)))"
    arg_joiner = ") INTERSECT SELECT unnest("
    output_field = models.IntegerField()


def similar(text, place, category, but=None):
    """The findings in scope that are nearest, each with `shared`; those of the same place and kind first."""
    typed = Bigrams(Value(text))
    same = Q(place=place, category=category) if place and category else Q(pk=None)
    pieces = len(text.strip()) - 1
    rows = Finding.objects.standing().exclude(pk=but)
    rows = rows.annotate(
        shared=Shared(F("grams"), Cast(typed, TEXTS)),
        same=models.Case(models.When(same, then=True), default=False),
        **{name: Exists(Item.objects.filter(which, finding=OuterRef("pk"))) for name, which in FACTS.items()},
    )
    alike = Q(grams__overlap=typed, shared__gte=max(2, pieces * ALIKE)) if pieces >= LEAST - 1 else Q(pk=None)
    return rows.filter(same | alike).order_by("-same", "-shared", "-pk")[:SHOWN]


FACTS = {"is_open": OPEN, "was_closed": CLOSED, "came_again": Q(round__gt=1)}


def standing(found):
    """What became of it, in a word."""
    if found.came_again:
        return {"label": "反弹", "tone": "bad"}
    if found.is_open:
        return {"label": "正在整改", "tone": "warn"}
    return {"label": "曾销号", "tone": "ok"} if found.was_closed else {"label": "已登记", "tone": "mute"}


@may("edit_ledgers", "GET")
def similar_findings(request, pk=None):
    """A part of the form that asks, while somebody is still typing."""
    text, place, category = (
        request.GET.get(name, "").replace("\0", "") for name in ("text", "place", "category")
    )
    found = similar(text[:2000], place[:12], category[:2], pk) if text or place else ()
    return render(request, "inspections/_similar.html", {
        "similar": [
            {
                "code": one.code,
                "text": one.text,
                "place": one.place.name,
                "url": reverse("record", args=["findings", one.pk]),
                "same": one.same,
                "standing": standing(one),
            }
            for one in (found.select_related("place") if found else ())
        ],
    })  # fmt: skip


urlpatterns = [
    path("findings/similar/", similar_findings, name="similar_findings"),
    path("findings/similar/<int:pk>/", similar_findings, name="similar_findings"),
]

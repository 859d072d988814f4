"""数据质量 and 查漏: how many rows break each rule, and the way to them."""

from django.shortcuts import render
from django.urls import path, reverse

from povertyparty import quality
from povertyparty.ledger import REGISTRY
from povertyparty.pages.cards import asked
from povertyparty.pages.permit import may


@may("view_ledgers", "GET")
def quality_page(request):
    place, period = asked(request)
    on = period.on
    rules = quality.of(request.user)
    counts = quality.counts(rules, on, place)
    told = [tell(rule, counts[rule.code], place, on) for rule in rules]
    found = [one for one in told if one["count"] and not one["gap"]]
    return render(request, "kit/quality.html", {
        "title": "数据质量与查漏",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "数据质量与查漏", "url": ""}],
        "on_form": {"url": reverse("quality"), "value": on, "hidden": [("place", place)]},
        "figures": [
            {"label": s.value, "value": f"{sum(one['count'] for one in found if one['tone']['label'] == s.value):,}", "unit": "处", "tone": s.tone if s is quality.Severity.ERROR else ""}
            for s in quality.Severity
        ],
        "parts": [
            {"title": "数据质量", "what": "台账内部或台账之间对不上的地方。", "none": "各项规则都没有发现问题。", **part(told, gap=False)},
            {"title": "查漏", "what": "还没有登记、没有安排或没有走访到的地方。", "none": "各项都没有缺漏。", **part(told, gap=True)},
        ],
    })  # fmt: skip


def part(told, gap):
    rules = [one for one in told if one["gap"] is gap]
    return {
        "rules": [one for one in rules if one["count"]],
        "clean": [one for one in rules if not one["count"]],
        "count": len(rules),
    }


def tell(rule, count, place, on):
    return {
        "code": rule.code,
        "tone": {"label": rule.severity.value, "tone": rule.severity.tone},
        "label": rule.label,
        "why": rule.why,
        "remedy": rule.remedy,
        "ledger": REGISTRY[rule.ledger].title,
        "unit": REGISTRY[rule.ledger].unit,
        "gap": rule.gap,
        "count": count,
        "url": f"{reverse('ledger', args=[rule.ledger])}?rule={rule.code}&on={on}&place={place}",
    }


urlpatterns = [path("quality/", quality_page, name="quality")]

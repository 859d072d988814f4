"""承诺事项: which of them are kept, and the way to the villages and households that fall short."""

from django.shortcuts import render
from django.urls import reverse

from povertyparty.commitments import REGISTRY, standing
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.pages.cards import asked, figure_url, rows_url, written
from povertyparty.pages.permit import may
from villages.pages.figures import may_open, on_form


@may("view_figures", "GET")
def commitments(request):
    place, period = asked(request)
    found = standing(REGISTRY.values(), period, place)
    groups = {}
    for one in found:
        groups.setdefault(one.commitment.group, []).append(shown(one, request.user, period, place))
    return render(request, "villages/commitments.html", {
        "title": "承诺事项",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "承诺事项", "url": ""}],
        "on_form": on_form(reverse("commitments"), period, place, during=False),
        "groups": [{"title": title, "commitments": rows} for title, rows in groups.items()],
        "note": f"{len(found)}项承诺，{sum(bool(one.kept) for one in found)}项已兑现。没有兑现的，点开可以看到是哪些村、哪些户，按此安排工作。",
    })  # fmt: skip


def shown(one, user, period, place):
    commitment = one.commitment
    short = FIGURES[commitment.short or commitment.figure]
    url = rows_url if may_open(user, short) else figure_url
    return {
        "label": commitment.label,
        "basis": commitment.basis,
        "state": state(one),
        "now": now(one),
        "short": f"{short.label} {written(one.short)} {short.unit}",
        "url": url(short, period, place) if one.short else "",
        "meaning": short.says(period, place),
        "due": one.due,
    }


def state(one):
    if one.kept is None:
        return {"label": "没有数据", "tone": "mute"}
    if one.kept:
        return {"label": "已兑现" if one.due is None or not one.short else "进度正常", "tone": "ok"}
    return {"label": "未兑现", "tone": "bad"} if one.overdue else {"label": "进度落后", "tone": "warn"}


def now(one):
    """How far it has come: so many of so many, or where a share stands beside where it should stand."""
    commitment = one.commitment
    if commitment.at_least is not None:
        unit = FIGURES[commitment.figure].unit
        return f"{written(one.value) or '—'}{unit}，应达 {written(one.limit)}{unit}"
    if one.among is None:
        return ""
    return f"{written(one.among - one.short)} / {written(one.among)} {FIGURES[commitment.among].unit}"

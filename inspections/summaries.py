"""What the pages of a round and of a finding show beside their facts (kit/_panels.html): how far a round has come, what files prove a finding."""

from django.db.models import F, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from inspections.lights import Days
from inspections.models import FieldVisit, Finding, Item
from povertyparty.figures import Median


def of_round(found, user):
    """Counted of what this person sees of the round."""
    visits = FieldVisit.objects.filter(round=found)
    findings = Finding.objects.standing().filter(round=found)
    items = Item.objects.filter(finding__in=findings).exclude(state=Item.State.VOIDED)
    reached = places_reached(visits)
    closed = Q(state__in=Item.CLOSED, closed_on__gte=F("found_on"))
    days = items.aggregate(middle=Median(Days("closed_on", "found_on"), filter=closed))["middle"]
    talked = visits.aggregate(people=Sum("people", default=0))["people"]
    done = items.filter(state__in=[*Item.CLOSED, Item.State.LASTING]).count()
    facts = [
        ("走访", f"{visits.count()} 次，到过 {reached['townships']} 个乡镇、{reached['villages']} 个村"),
        ("谈话", f"{talked} 人次"),
        ("检视问题", f"{findings.count()} 个"),
        ("整改事项", f"{items.count()} 项，已销号和长期坚持 {done} 项"),
        ("从发现到销号", f"中位数 {days:.0f} 天" if days is not None else "还没有销号的"),
        ("再次出现的问题", repeated(found, findings)),
    ]
    panel = {
        "title": "本轮进展",
        "note": "按您能看到的范围统计",
        "facts": [{"label": label, "value": value} for label, value in facts],
    }
    return {"panels": [panel]}


def places_reached(visits):
    """Townships and villages that somebody went to, each once; a visit to a village reaches its township too."""
    codes = set(visits.values_list("place_id", flat=True))
    return {
        "townships": len({code[:9] for code in codes if len(code) >= 9}),
        "villages": sum(len(code) == 12 for code in codes),
    }


def repeated(found, findings):
    """How many came back, and how many of those were found in the round before."""
    back = findings.filter(again__isnull=False)
    count = back.count()
    if not found.follows_id:
        return f"{count} 个"
    return f"{count} 个，其中上一轮次的 {back.filter(again__round=found.follows_id).count()} 个"


def of_finding(found, user):
    """The files that prove it, and what came of it: doubles merged, the times it came back."""
    kept = list(found.evidence.select_related("file", "step__by").order_by("-pk"))
    merged = list(found.merged.values_list("code", flat=True)[:20])
    later = list(found.came_back.values_list("code", flat=True)[:20])
    facts = [
        *([{"label": "并入问题", "value": str(found.into)}] if found.into_id else []),
        *([{"label": "已并入本问题", "value": "、".join(merged)}] if merged else []),
        *([{"label": "后来又出现", "value": "、".join(later)}] if later else []),
    ]
    panel = {
        "title": "问题佐证",
        "note": f"共 {len(kept)} 份" if kept else "",
        "more": {"label": "原因—问题—措施—结果", "url": reverse("chain_of", args=[found.pk])},
        "facts": facts,
        "none": "还没有佐证材料。",
        "files": [
            told_file(one, one.step, "登记" if one.step.verb == "file" else "补充佐证") for one in kept
        ],
    }
    return {"panels": [panel]}


def told_file(one, step, what):
    """A piece of evidence that came with the step, and what it is for."""
    return {
        "name": one.file.name,
        "size": filesizeformat(one.file.size),
        "url": reverse("evidence", args=[one.pk]),
        "who": step.by,
        "at": step.at,
        "for": what,
    }

"""What the page of an item tells: where it stands and why, whose turn it is, what may be done from here, what was done."""

from collections import Counter

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from inspections import chain
from inspections.models import Item, Measure
from inspections.models.measures import numbered
from inspections.standing import drafting, slips_of
from inspections.steps import CARRYING, RECTIFICATION
from inspections.summaries import told_file
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.pages.comments import comments_of
from povertyparty.pages.documents import offered
from povertyparty.pages.steps import ACCEPT, attempt_of, entry, stages, step_form, version_field
from povertyparty.pages.steps import turn as whose_turn
from povertyparty.scope import current
from povertyparty.sealed import mask
from villages.models import unpublished, workdays_between


def portrait(found, user, attempt=None):
    """The context of inspections/item.html."""
    on, finding, steps = timezone.localdate(), found.finding, RECTIFICATION.open_steps(found, user)
    again = attempt is not None and attempt.verb in steps
    title = Truncator(found.symptom or finding.text).chars(48)
    return {
        "title": title,
        "subtitle": found.code,
        "crumbs": [
            {"label": "工作台", "url": reverse("home")},
            {"label": "整改台账", "url": reverse("ledger", args=["items"])},
            {"label": found.code, "url": ""},
        ],
        "badges": badges(found),
        "documents": offered("items", found, user),
        "actions": [{"label": "台账记录和改动", "url": reverse("record", args=["items", found.pk])}],
        "path": stages(RECTIFICATION, found),
        "turn": turn(found, user, steps),
        **progress_of(found, on),
        "progress": report_form(found, steps, attempt),
        "steps": [form_of(found, verb) for verb in steps if verb != "report" and not (again and verb == attempt.verb)],
        "attempt": attempt and attempt_of(attempt, form_of(found, attempt.verb, attempt) if again and attempt.verb != "report" else None),
        "finding": told_finding(finding, found),
        "siblings": siblings(found, on),
        "slips": slips_of(found, user),
        "drafting": drafting(found, user),
        "facts": facts(found),
        "measures": measures(found, user),
        "chain_url": reverse("chain_of", args=[finding.pk]),
        "links": chain.links(finding),
        "evidence": evidence_of(found),
        "evidence_note": found.evidence_note,
        "trail": trail(found, user),
        "comments": comments_of(LEDGERS["items"], found, user),
        "hidden_fields": version_field(found),
    }  # fmt: skip


TONES = {"not_started": "warn", **dict.fromkeys(Item.UNDER_REVIEW, "info"), "closed": "ok", "archived": "ok"}


def badges(found):
    labels = [{"label": found.get_state_display(), "tone": TONES.get(found.state, "mute")}]
    return labels + ([{"label": found.kind, "tone": "mute"}] if found.kind else [])


def turn(found, user, steps):
    """Who is to act and on what; this very person where it is theirs."""
    if RECTIFICATION.rests(found):
        return {
            "who": "无",
            "what": "如有反弹，可重新整改" if "reopen" in steps else "整改已结束，没有待办的步骤",
        }
    now, told = RECTIFICATION.turns[found.state], whose_turn(RECTIFICATION, found, user, steps)
    told["what"] += signing(found)
    if user.role in now.roles and now.verb in steps:
        return told
    if found.state in Item.WORK and found.unit:
        told["who"] += f"（{found.unit}）"
    own = next((one for one in RECTIFICATION.round(found) if one.by_id == user.pk), None)
    if user.role in now.roles and own:
        told["what"] += f"。本轮{RECTIFICATION.steps[own.verb].label}由您办理，须由他人{told['what']}"
    return told


def signing(found):
    """By when the unit signs, and whether that has passed."""
    if (due := found.sign_due) is None:
        return ""
    passed = workdays_between(due, timezone.localdate(), found.county)
    told = f"逾期 {passed} 个工作日" if passed > 0 else f"{due} 止"
    return f"（签收时限：{told}{'；' if unpublished(due) else ''}{unpublished(due)}）"


def progress_of(found, on):
    standing = found.standing
    left, expected = standing.left(on), standing.expected(on)
    awaited = not standing.finished
    return {
        "light": found.light(on),
        "due": found.due_on,
        "due_note": days_left(left) if awaited and left is not None else "",
        "percent": standing.percent,
        "expected": f"{expected:.0f}" if awaited and expected is not None else "",
    }


def days_left(left):
    if left < 0:
        return f"已超过 {-left} 天"
    return f"还有 {left} 天" if left else "今天到期"


# Forms of the steps


def report_form(found, steps, attempt):
    if "report" not in steps:
        return None
    given, faults = (attempt.given, attempt.faults) if attempt and attempt.verb == "report" else ({}, {})
    return {
        "url": reverse("item_step", args=[found.pk, "report"]),
        "note": given.get("note", ""),
        "percent": given.get("percent", found.percent or 0),
        "accept": ACCEPT,
        "limit_text": "20 MB",
        "faults": faults,
    }


def form_of(found, verb, attempt=None):
    return step_form(RECTIFICATION, found, verb, reverse("item_step", args=[found.pk, verb]), attempt)


# What is told


def told_finding(finding, found):
    return {
        "text": finding.text,
        "kind": finding.get_category_display() or "未分类",
        "source": finding.source,
        "code": finding.code,
        "causes": [found.cause] if found.cause else [],
        "url": reverse("record", args=["findings", finding.pk]) if current().holds(finding.place_id) else "",
    }


def siblings(found, on):
    """The other items of the same finding that this person may see."""
    rows = Item.objects.filter(finding=found.finding_id).exclude(pk=found.pk).select_related("place")
    return [
        {
            "url": reverse("item", args=[one.pk]),
            "code": one.code,
            "text": Truncator(one.symptom or one.measures).chars(40),
            "place": one.place.name,
            "state": one.get_state_display(),
            "light": one.light(on),
        }
        for one in rows.order_by("place", "pk")[:20]
    ]


FACTS = ("goal", "symptom", "kind", "severity", "leader", "lead_unit", "unit", "person", "phone", "notice", "first_due_on", "progress", "institution", "applied_on", "verdict", "closed_on", "look_back_due", "report_due", "supervision", "note")  # fmt: skip
ALWAYS = {"goal", "unit", "person"}


def facts(found):
    told = [{"label": "涉及地区", "value": found.place.full_name}]
    for name in FACTS:
        value = getattr(found, name)
        if value or name in ALWAYS:
            value = mask(value, "phone") if name == "phone" else value
            told.append(
                {
                    "label": found._meta.get_field(name).verbose_name,
                    "value": value,
                    "wide": len(str(value)) > 40,
                }
            )
    return told


def measures(found, user):
    """The measures as rows, each with what may be done with it here; of a ledger's text that is no rows yet, what it says."""
    rows = list(Measure.of(found).exclude(state=Measure.State.DROPPED))
    if not rows:
        return [
            {"number": n, "text": text, "row": None} for n, text in enumerate(numbered(found.measures), 1)
        ]
    places = chain.names_of(rows)
    return [
        {"number": n, "text": one.text, "row": measure_row(found, one, user, places)}
        for n, one in enumerate(rows, 1)
    ]


def measure_row(found, one, user, places):
    one.item = found  # as it was read already
    finishes = CARRYING.refusal(one, "finish", user) is None and not CARRYING.bars(one, "finish")
    return chain.measure_told(one, [], places) | {
        "due": one.due_on if one.is_open else None,
        "finish_url": reverse("item_measure", args=[one.pk, "finish"]) if finishes else "",
        "version": one.version,
    }


def evidence_of(found):
    steps = {one.pk: one for one in RECTIFICATION.trail(found)}
    came = [(one, steps[one.step_id]) for one in found.evidence.all() if one.step_id in steps]
    return [told_file(one, step, RECTIFICATION.steps[step.verb].label) for one, step in came]


def trail(found, user):
    """Every step, newest first, with what was said and how much came with it."""
    came = Counter(one.step_id for one in found.evidence.all())
    return [
        entry(RECTIFICATION, one, user) | {"files": f"附 {came[one.pk]} 份材料" if one.pk in came else ""}
        for one in reversed(RECTIFICATION.trail(found))
    ]

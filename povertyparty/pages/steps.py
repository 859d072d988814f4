"""Steps as pages show and take them: the panel of a process, the form of each step, and what came of one refused."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html

from povertyparty.kinds import Choice, Choices, Day, Number, PartialDate, YesNo
from povertyparty.pages.permit import find
from povertyparty.screening import EVIDENCE, FileFault
from povertyparty.steps import (
    Files,
    Step,
    StepBarred,
    StepForbidden,
    StepIncomplete,
    StepOvertaken,
    StepRefused,
    processes_of,
)

STATUS = {StepForbidden: 403, StepOvertaken: 409, StepIncomplete: 422, StepBarred: 422}
ACCEPT = ",".join(suffix for kind in EVIDENCE for suffix in kind.suffixes)
INPUTS = {
    Files: "file",
    Choices: "choices",
    Choice: "choice",
    YesNo: "choice",
    Number: "number",
    Day: "date",
    PartialDate: "date",
}


@dataclass(frozen=True)
class Attempt:
    """A step that was refused, and with what."""

    verb: str
    step: Step
    given: dict
    refusal: Exception

    @property
    def faults(self):
        return getattr(self.refusal, "faults", {})

    @property
    def texts(self):
        """What was typed, to be copied where the form cannot be offered again."""
        return [
            {"label": need.label, "value": self.given[need.name]}
            for need in self.step.needs
            if not isinstance(need.kind, Files) and self.given[need.name]
        ]

    @property
    def files(self):
        return any(self.given[need.name] for need in self.step.needs if isinstance(need.kind, Files))


# Taking a step


def take(process, found, verb, request):
    """(the step taken, None), or (None, the attempt) after a refusal."""
    step = find(process.steps, verb)
    given = {need.name: typed(need, request) for need in step.needs}
    try:
        return process.take(found, verb, request.user, version=seen(request), **given), None
    except (StepRefused, FileFault) as refusal:
        return None, Attempt(verb, step, given, refusal)


def status_of(attempt):
    return STATUS.get(type(attempt.refusal), 503) if attempt else 200


def typed(need, request):
    if isinstance(need.kind, Files):
        return request.FILES.getlist(need.name)
    if isinstance(need.kind, Choices):
        return "、".join(request.POST.getlist(need.name))
    return request.POST.get(need.name, "")


def seen(request):
    """The version of the record that this person had before them."""
    try:
        return int(request.POST["version"])
    except (KeyError, ValueError):
        raise StepOvertaken("提交的内容不完整，没有办理。请看过最新情况后重新提交") from None


def version_field(found):
    return format_html('<input type="hidden" name="version" value="{}">', found.version)


# What the panel of a process tells


def panel(process, found, user, attempt=None):
    """templates/kit/_process.html"""
    steps, state = process.open_steps(found, user), process.state(found)
    again = attempt is not None and attempt.verb in steps

    def form(verb, attempt=None):
        return step_form(process, found, verb, address(process, found, verb), attempt)

    forms = [form(verb) for verb in steps if not (again and verb == attempt.verb)]
    return {
        "code": process.code,
        "title": process.title,
        "state": process.states.get(state, state),
        "tells": bool(state not in process.rest or steps or attempt),
        "path": stages(process, found),
        "turn": turn(process, found, user, steps),
        "steps": sorted(forms, key=lambda one: not one["primary"]),
        "attempt": attempt and attempt_of(attempt, form(attempt.verb, attempt) if again else None),
        "hidden_fields": version_field(found),
    }


def address(process, found, verb):
    return reverse("record_step", args=[process.ledger, found.pk, process.code, verb])


def stages(process, found):
    """The states on the way, each with the day it was last reached."""
    state, labels = process.state(found), process.states
    road = process.road_of(state)
    here = road.index(state)
    reached = {one.after: one.day for one in process.trail(found) if one.after != one.before}
    return [
        {
            "label": labels.get(one, one),
            "state": "done" if n < here else "now" if n == here else "next",
            "note": f"{reached[one]:%m-%d}" if n <= here and one in reached else "",
        }
        for n, one in enumerate(road)
    ]


def turn(process, found, user, steps):
    """Who is to act and on what; this very person where it is theirs."""
    now = process.turns.get(process.state(found))
    if now is None:
        return None
    mine = user.role in now.roles and now.verb in steps
    return {"who": "您" if mine else now.who, "what": process.what(now)}


def step_form(process, found, verb, url, attempt=None):
    given, faults = (attempt.given, attempt.faults) if attempt else (process.suggests(found, verb), {})
    step, now = process.steps[verb], process.turns.get(process.state(found))
    return {
        "code": f"{process.code}-{verb}",
        "label": step.label,
        "url": url,
        "primary": now is not None and verb == now.verb,
        "grave": step.grave,
        "needs": [asked(need, given.get(need.name, ""), faults.get(need.name)) for need in step.needs],
    }


def asked(need, value, fault):
    """A need as its field: what kind of input, from which choices, and what is wrong with what was typed."""
    shown = next((name for kind, name in INPUTS.items() if isinstance(need.kind, kind)), "text")
    if shown == "text" and getattr(need.kind, "longest", 0) > 200:
        shown = "note"
    yes_no = [("是", "是"), ("否", "否")] if isinstance(need.kind, YesNo) else ()
    return {
        "name": need.name,
        "label": need.label,
        "kind": shown,
        "required": need.required,
        "least": need.least,
        "longest": getattr(need.kind, "longest", ""),
        "help": need.help,
        "choices": getattr(need.kind, "labels", yes_no),
        "floor": getattr(need.kind, "least", ""),
        "most": getattr(need.kind, "most", ""),
        "whole": not getattr(need.kind, "places", 0),
        "value": "" if shown == "file" or value is None else value,
        "chosen": value.split("、") if shown == "choices" else (),
        "accept": ACCEPT,
        "fault": fault,
    }


def attempt_of(attempt, form):
    """What was refused and why; the form again where the step can still be taken, else what was typed to be copied."""
    return {
        "label": attempt.step.label,
        "why": attempt.refusal,
        "form": form,
        "texts": [] if form else attempt.texts,
        "files": attempt.files,
    }


def trail(ledger, found, user):
    """Every step taken with a record, newest first, with what was said and what it changed: see kit/_history.html.

    What only some may read is told to nobody else, nor where such a step led.
    """
    told = [entry(process, one, user) for process in processes_of(ledger) for one in process.trail(found)]
    return sorted(told, key=lambda one: one["at"], reverse=True)


def entry(process, taken, user):
    step, states = process.steps.get(taken.verb), process.states
    given = [need for need in step.needs if need.name in taken.details] if step else []
    kept = {need.name for need in given if need.right and not user.may(need.right)}
    said = [f"{need.label}：{words(taken.details[need.name])}" for need in given if need.name not in kept]
    telling = any(name in kept for name, _ in step.unless) if step else False
    moved = taken.after != taken.before and not telling
    return {
        "at": taken.at,
        "who": f"{taken.by}（{taken.office}）",
        "verb": step.label if step else taken.verb,
        "note": "；".join(said),
        "changes": [{"label": process.title, "before": states.get(taken.before, taken.before), "after": states.get(taken.after, taken.after)}] if moved else [],
    }  # fmt: skip


def words(value):
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, list) else value


def success(process, taken):
    said = f"已{process.steps[taken.verb].label}"
    if taken.after == taken.before:
        return f"{said}。"
    said, following = f"{said}，现在是“{process.states[taken.after]}”。", process.turns.get(taken.after)
    return f"{said}下一步由{following.who}{process.what(following)}。" if following else said

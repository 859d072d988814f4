"""Records that move through states by named steps, each by the right people, leaving a trail.

Buttons, questions, refusals and history all follow from the one table of steps. A step is a conditional update on
state and version: of two people at once one wins, the other is told who did what and when.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils import timezone

from povertyparty.kinds import Fault


class StepRefused(Exception):
    """Why a step was not taken, and nothing was changed; the message is for people."""


class StepForbidden(StepRefused):
    """This person may not take it: the role has no part in it, or others must judge what they did."""


class StepOvertaken(StepRefused):
    """The record is not, or no longer, where this step begins."""


class StepIncomplete(StepRefused):
    """What was given is not enough; `faults` says why, by the name of the need."""

    def __init__(self, step, faults):
        labels = {need.name: need.label for need in step.needs}
        self.faults = faults
        super().__init__("；".join(f"{labels[name]}：{why}" for name, why in faults.items()))


@dataclass(frozen=True)
class Files:
    """The kind of a need for files: how many at once. What each may be is judged when it is kept."""

    most: int = 20

    def parse(self, raw):
        files = list(raw) if isinstance(raw, list | tuple) else [raw]
        if len(files) > self.most:
            raise Fault(f"一次最多{self.most}个，现有{len(files)}个，请分次报送")
        return files


@dataclass(frozen=True)
class Need:
    """A detail that a step asks for. `kind` reads what was typed; `least` is how many characters a text must have."""

    name: str
    label: str
    kind: Any
    required: bool = True
    least: int = 0
    help: str = ""

    def read(self, raw):
        """The value, None for nothing; raises Fault."""
        value = None if raw is None or raw == "" or raw == [] else self.kind.parse(raw)
        if value in (None, "", [], ()):
            if self.required:
                raise Fault("不能为空")
            return None
        if self.least and len("".join(value.split())) < self.least:
            raise Fault(f"至少写{self.least}个字")
        return value


@dataclass(frozen=True)
class Step:
    """`who` may take it from which state; `target` is the state it leads to, "" the same one.

    unless  {(detail, value): another target}
    not_by  earlier steps of the same round whose taker may not take this one
    """

    label: str
    who: dict[str, frozenset]
    target: str = ""
    needs: tuple[Need, ...] = ()
    not_by: tuple[str, ...] = ()
    unless: dict[tuple[str, Any], str] = field(default_factory=dict)

    @property
    def roles(self):
        return frozenset().union(*self.who.values())

    def lands(self, before, details):
        turned = (state for (name, value), state in self.unless.items() if details.get(name) == value)
        return next(turned, self.target or before)

    def read(self, given):
        """{name: value} of every need, read from what was typed."""
        if strange := given.keys() - {need.name for need in self.needs}:
            raise TypeError(f"{self.label} asks for no {', '.join(sorted(strange))}")
        details, faults = {}, {}
        for need in self.needs:
            try:
                details[need.name] = need.read(given.get(need.name))
            except Fault as fault:
                faults[need.name] = str(fault)
        if faults:
            raise StepIncomplete(self, faults)
        return details


class Stepping(models.Model):
    """Mixed into a tracked model with `state`, `version` and a `trail` of taken steps.

    A taken step has verb, before, after, by, at, and `version`: that of the record once the step was taken.
    A round is the work from one coming back into the states of `WORK` to the next.
    """

    STEPS: dict[str, Step] = {}
    WORK: frozenset[str] = frozenset()

    class Meta:
        abstract = True

    def open_steps(self, user):
        """{verb: step} that this person may take now."""
        return {verb: step for verb, step in self.STEPS.items() if self.refusal(verb, user) is None}

    def refusal(self, verb, user):
        """What stands against this person taking the step now, or None."""
        step = self.STEPS[verb]
        if user.role not in step.roles:
            return StepForbidden(f"您当前的岗位不能{step.label}")
        if self.state not in step.who:
            return StepOvertaken(f"现在是“{self.get_state_display()}”，不能{step.label}")
        if user.role not in step.who[self.state]:
            return StepForbidden(f"现在是“{self.get_state_display()}”，您当前的岗位不能{step.label}")
        for earlier in self.round():
            if earlier.verb in step.not_by and earlier.by_id == user.pk:
                return StepForbidden(
                    f"本轮{self.STEPS[earlier.verb].label}由您办理，{step.label}须由他人办理"
                )
        return None

    def round(self):
        """The steps taken since the record last came back to work, oldest first: one's own work is judged by others."""
        taken = list(self.trail.all())
        begins = max((n for n, one in enumerate(taken, 1) if self.comes_back(one)), default=0)
        return taken[begins:]

    def comes_back(self, taken):
        return taken.after in self.WORK and taken.before not in self.WORK

    @transaction.atomic
    def take(self, verb, user, *, version=None, **given):
        """Take the step, on the record as it was seen at `version`. After a refusal the record must be loaded anew."""
        step, seen = self.STEPS[verb], self.version if version is None else version
        refusal = self.refusal(verb, user)
        if seen != self.version and not isinstance(refusal, StepForbidden):
            raise self.overtaken(step, user, seen)
        if refusal:
            raise refusal
        details = self.details(verb, given)
        before, after = self.state, step.lands(self.state, details)
        rows = type(self).objects.filter(pk=self.pk, state=before, version=seen)
        if not rows.update(
            state=after, version=models.F("version") + 1, **self.stepped(verb, after, details)
        ):
            raise self.overtaken(step, user, seen)
        taken = self.leave_trail(details, verb=verb, before=before, after=after, version=seen + 1, user=user)
        self.refresh_from_db()
        return taken

    def details(self, verb, given):
        details = self.STEPS[verb].read(given)
        if faults := self.amiss(verb, details):
            raise StepIncomplete(self.STEPS[verb], faults)
        return details

    def amiss(self, verb, details):
        """{need: why} of details that are each well formed, but wrong for this record."""
        return {}

    def stepped(self, verb, after, details):
        """Fields that a step sets beside the state."""
        return {}

    def leave_trail(self, details, *, verb, before, after, version, user):
        """The trail row of a step just taken, written in the step's transaction."""
        raise NotImplementedError

    def overtaken(self, step, user, seen):
        """Who was faster, with what and when."""
        last = self.trail.order_by("-pk").select_related("by").first()
        if last is None or last.version <= seen:
            return StepOvertaken(f"{self.last_edit()}，请看过最新情况后再{step.label}")
        name = "您" if last.by_id == user.pk else last.by
        told = f"{name}已于{moment(last.at)}{self.STEPS[last.verb].label}"
        if last.by_id == user.pk and self.STEPS[last.verb] is step:
            return StepOvertaken(f"{told}，这一次没有重复记录")
        now = dict(self._meta.get_field("state").flatchoices)[last.after]
        return StepOvertaken(f"{told}，现在是“{now}”，请看过最新情况后再{step.label}")

    def last_edit(self):
        """Not by a step: somebody changed the record by hand or by an import."""
        event = self.events.order_by("-pgh_id").first()
        by = event and event.pgh_context and event.pgh_context.get("user")
        name = get_user_model().objects.filter(pk=by).first()
        return f"{name or '他人'}{f'已于{moment(event.pgh_created_at)}' if event else '刚刚'}修改了这项内容"


def moment(at):
    return f" {timezone.localtime(at):%Y-%m-%d %H:%M} "

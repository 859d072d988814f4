"""Records that move through states by named steps, each by the right people, leaving a trail.

Buttons, refusals and history all follow from the one table of steps. A step is a conditional update: of two people
at once one wins, the other is told what happened.
"""

from dataclasses import dataclass

from django.db import models, transaction


class StepRefused(Exception):
    """Why a step cannot be taken now, by this person; the message is for people."""


@dataclass(frozen=True)
class Step:
    """`needs` names details that must be given; `not_by` names earlier steps whose taker may not take this one."""

    label: str
    sources: tuple[str, ...]
    target: str
    roles: frozenset
    needs: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    once_more: bool = False


NEEDED = {"note": "说明", "evidence": "佐证材料", "percent": "完成比例"}


class Stepping(models.Model):
    """Mixed into a model with `state`, `version`, a `STEPS` table and a `trail` of taken steps."""

    STEPS: dict[str, Step] = {}

    class Meta:
        abstract = True

    def open_steps(self, user):
        """{verb: step} that this person may take now."""
        return {verb: step for verb, step in self.STEPS.items() if not self.refusal(verb, user)}

    def refusal(self, verb, user):
        """Why this person may not take the step now, or ""."""
        step = self.STEPS[verb]
        if user.role not in step.roles:
            return f"您的角色不能{step.label}"
        if self.state not in step.sources:
            return f"现在是“{self.get_state_display()}”，不能{step.label}"
        if step.not_by and user.pk in self.takers(step.not_by):
            return f"{'、'.join(self.STEPS[v].label for v in step.not_by)}与{step.label}不能是同一人"
        return ""

    def takers(self, verbs):
        """Who took these steps since the record last came back to work; one's own work is verified by others."""
        taken = set()
        for verb, by in self.trail.order_by("pk").values_list("verb", "by"):
            if verb in verbs:
                taken.add(by)
        return taken

    @transaction.atomic
    def take(self, verb, user, *, version=None, **details):
        step = self.STEPS[verb]
        if missing := [NEEDED[name] for name in step.needs if not details.get(name)]:
            raise StepRefused(f"{step.label}需要填写：{'、'.join(missing)}")
        if why := self.refusal(verb, user):
            raise StepRefused(why)
        rows = type(self).objects.filter(pk=self.pk, state__in=step.sources, version=version or self.version)
        if not rows.update(state=step.target, version=models.F("version") + 1, **self.stepped(verb, details)):
            raise StepRefused(self.overtaken(step))
        before = self.state
        self.refresh_from_db()
        return self.leave_trail(verb, before, user, details)

    def stepped(self, verb, details):
        """Fields that a step sets beside the state."""
        return {}

    def overtaken(self, step):
        last = self.trail.order_by("-pk").select_related("by").first()
        who = (
            f"{last.by}已于{last.at.astimezone():%m月%d日 %H:%M}{self.STEPS[last.verb].label}"
            if last
            else "该事项刚被他人修改"
        )
        return f"{who}，不能再{step.label}，请刷新后再看"

    def leave_trail(self, verb, before, user, details):
        raise NotImplementedError

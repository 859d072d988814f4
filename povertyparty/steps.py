"""Records that move through states by named steps, each by the right people, leaving a trail.

Buttons, questions, refusals and history all follow from one table of steps a process. A step is a conditional update on
state and version: of two people at once one wins, the other is told who did what and when.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from povertyparty.kinds import Fault
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.models import RecordStep
from povertyparty.notices import announce
from povertyparty.scope import current

REGISTRY: dict[str, "Process"] = {}


class StepRefused(Exception):
    """Why a step was not taken, and nothing was changed; the message is for people."""


class StepForbidden(StepRefused):
    """This person may not take it: the role has no part in it, or others must judge what they did."""


class StepOvertaken(StepRefused):
    """The record is not, or no longer, where this step begins."""


class StepBarred(StepRefused):
    """What the record holds stands against the step: the remedy is to put that right first."""


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
    """A detail that a step asks for. `kind` reads what was typed; `least` is how many characters a text must have.

    right   what somebody must be allowed to read it afterwards (a word of the roles' table), and what it led to
    """

    name: str
    label: str
    kind: Any
    required: bool = True
    least: int = 0
    help: str = ""
    right: str = ""

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

    unless  {(detail or field of the record, value): another target}
    not_by  earlier steps of the same round whose taker may not take this one
    grave   not to be taken by mistake: the button says so
    """

    label: str
    who: dict[str, frozenset]
    target: str = ""
    needs: tuple[Need, ...] = ()
    not_by: tuple[str, ...] = ()
    unless: dict[tuple[str, Any], str] = field(default_factory=dict)
    grave: bool = False

    @property
    def roles(self):
        return frozenset().union(*self.who.values())

    def lands(self, found, before, details):
        told = {name: details.get(name, getattr(found, name, None)) for name, _ in self.unless}
        turned = (state for (name, value), state in self.unless.items() if told[name] == value)
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


def by(roles, *states):
    """The same people from each of these states."""
    return dict.fromkeys(states, frozenset(roles))


@dataclass(frozen=True)
class Turn:
    """Whose turn it is in a state: the step that leads on, the roles it is asked of, what they are called."""

    verb: str
    roles: frozenset
    who: str
    told: str = ""


@dataclass(frozen=True)
class Deadline:
    """A day by which something is awaited: the field that holds it, and the states in which it runs.

    begins  the field with the day from which it runs: thresholds before it were never passed
    until   (record) → the day itself, at most a year after what the field holds; without it the field holds the day
    """

    label: str
    field: str
    states: frozenset
    begins: str = ""
    until: Any = None

    def day(self, found):
        begun = getattr(found, self.field)
        return self.until(found) if self.until and begun else begun


@dataclass(frozen=True)
class Rung:
    """A threshold: so many days before a deadline (below 0: after it). Without roles those are told whose turn it is,
    with roles those of them who stand above these."""

    left: int
    roles: frozenset = frozenset()


class Process:
    """How the records of one ledger move: a table of steps over one field, and what they need, set and cause.

    field   holds the state. A generated one is read off the facts of the record: a step sets the facts (`sets`)
    begins  facts of a record that somebody enters by hand without being let to say how far it has come (`settles`)
    settles what somebody must be allowed to do to enter states that were reached elsewhere (a word of the roles' table)
    deadlines the days that somebody is reminded of
    road    the states from beginning to end, for the page; states aside are shown alone
    rest    states of which a page says nothing to who can take no step there
    bulk    steps that can be taken with many records at once (bulk.py)
    work    a round is the work from one coming back into these states to the next: one's own work is judged by others
    """

    code = ""
    title = ""
    ledger = ""
    field = "state"
    steps: dict[str, Step] = {}
    turns: dict[str, Turn] = {}
    road: tuple[str, ...] = ()
    rest: frozenset = frozenset()
    work: frozenset = frozenset()
    bulk: tuple[str, ...] = ()
    begins: dict[str, Any] = {}
    settles = "settle_states"
    deadlines: tuple[Deadline, ...] = ()
    # Steps of all processes, since the program started: whoever remembers a count of to-dos asks this.
    taken = 0

    # What a process says of its own

    def bars(self, found, verb):
        """Why the record itself is not ready for the step, in people's words, or ""; asked when the step is taken."""
        return ""

    def amiss(self, found, verb, details):
        """{need: why} of details that are each well formed, but wrong for this record."""
        return {}

    def sets(self, found, verb, after, details):
        """{field: value} that a step sets; the state itself goes without saying where it is a field of its own."""
        return {}

    def suggests(self, found, verb):
        """{need: text} that the form begins with."""
        return {}

    def causes(self, found, taken, details):
        """What else a step just taken brings about, in its transaction."""

    def asks(self, found):
        """Whether the step of the turn is to be taken now: not where it is asked for only later."""
        return True

    def concerns(self, found, appointment):
        """Whether somebody in an awaited post is meant: not where a record is only one unit's."""
        return True

    def named(self, found):
        """What a notice calls the record."""
        return str(found)

    def ladder(self, found, deadline):
        """The thresholds at which a deadline of this record is told."""
        return ()

    def running(self, deadline, first, last):
        """The records for which this deadline lies in these days and is still awaited."""
        days = {f"{deadline.field}__gte": first, f"{deadline.field}__lte": last}
        return self.model.objects.filter(**{f"{self.field}__in": deadline.states}, **days)

    # What is asked of it

    @property
    def model(self):
        return LEDGERS[self.ledger].model

    @property
    def right(self):
        return LEDGERS[self.ledger].right

    @property
    def state_field(self):
        return self.model._meta.get_field(self.field)

    @property
    def states(self):
        """{state: label}, in their order."""
        return dict(self.state_field.flatchoices)

    def state(self, found):
        return getattr(found, self.field)

    def steps_taken(self, found):
        """The steps taken with the record, oldest first: each has verb, before, after, version, by and at."""
        rows = RecordStep.objects.filter(ledger=self.ledger, record=found.pk, process=self.code)
        return rows.select_related("by").order_by("pk")

    def trail(self, found):
        """The same as a list, read once for a version of the record."""
        kept = found.__dict__.setdefault("_trails", {})
        key = self.code, found.version
        if key not in kept:
            kept[key] = list(self.steps_taken(found))
        return kept[key]

    def read_trails(self, records):
        """The trails of many records, read at once."""
        by_record = {found.pk: [] for found in records}
        rows = RecordStep.objects.filter(ledger=self.ledger, process=self.code, record__in=by_record)
        for one in rows.select_related("by").order_by("pk"):
            by_record[one.record].append(one)
        for found in records:
            found.__dict__.setdefault("_trails", {})[self.code, found.version] = by_record[found.pk]

    def last(self, found, verb):
        """That step as it was last taken with the record, or None."""
        return self.steps_taken(found).filter(verb=verb).last()

    def open_steps(self, found, user):
        """{verb: step} that this person may take now."""
        return {verb: step for verb, step in self.steps.items() if self.refusal(found, verb, user) is None}

    def refusal(self, found, verb, user):
        """What stands against this person taking the step now, or None."""
        step, state = self.steps[verb], self.state(found)
        label = self.states.get(state, state)
        if user.role not in step.roles:
            return StepForbidden(f"您当前的岗位不能{step.label}")
        if not current().holds(found.lies_in):
            return StepForbidden(f"不在您的管辖范围，不能{step.label}")
        if state not in step.who:
            return StepOvertaken(f"现在是“{label}”，不能{step.label}")
        if user.role not in step.who[state]:
            return StepForbidden(f"现在是“{label}”，您当前的岗位不能{step.label}")
        if step.not_by:
            for earlier in self.round(found):
                if earlier.verb in step.not_by and earlier.by_id == user.pk:
                    return StepForbidden(
                        f"本轮{self.steps[earlier.verb].label}由您办理，{step.label}须由他人办理"
                    )
        return None

    def round(self, found):
        """The steps taken since the record last came back to work, oldest first."""
        taken = self.trail(found)
        begins = max((n for n, one in enumerate(taken, 1) if self.comes_back(one)), default=0)
        return taken[begins:]

    def comes_back(self, taken):
        return taken.after in self.work and taken.before not in self.work

    @transaction.atomic
    def take(self, found, verb, user, *, version=None, **given):
        """Take the step, on the record as it was seen at `version`. After a refusal the record must be loaded anew."""
        step, seen = self.steps[verb], found.version if version is None else version
        refusal = self.refusal(found, verb, user)
        if seen != found.version and not isinstance(refusal, StepForbidden):
            raise self.overtaken(found, step, user, seen)
        if refusal:
            raise refusal
        details = self.details(found, verb, given)
        if why := self.bars(found, verb):
            # What stands against it may be what somebody else has just done.
            if self.has_moved(found, seen):
                raise self.overtaken(found, step, user, seen)
            raise StepBarred(f"不能{step.label}：{why}")
        before = self.state(found)
        after = step.lands(found, before, details)
        facts = self.sets(found, verb, after, details)
        if not self.state_field.generated:
            facts = {self.field: after} | facts
        rows = type(found)._base_manager.filter(pk=found.pk, version=seen, **{self.field: before})
        if not rows.update(version=models.F("version") + 1, **facts):
            raise self.overtaken(found, step, user, seen)
        taken = self.leave_trail(
            found, details, verb=verb, before=before, after=after, version=seen + 1, user=user
        )
        found.refresh_from_db()
        if self.state(found) != after:
            raise AssertionError(f"{self.code} {verb}: {before} → {self.state(found)}, not {after}")
        self.causes(found, taken, details)
        announce(self, found, taken)
        Process.taken += 1
        return taken

    def details(self, found, verb, given):
        details = self.steps[verb].read(given)
        if faults := self.amiss(found, verb, details):
            raise StepIncomplete(self.steps[verb], faults)
        return details

    def leave_trail(self, found, details, *, verb, before, after, version, user):
        """The trail row of a step just taken, written in the step's transaction."""
        return RecordStep.objects.create(
            process=self.code,
            ledger=self.ledger,
            record=found.pk,
            place_code=found.lies_in,
            verb=verb,
            before=before,
            after=after,
            version=version,
            by=user,
            office=str(user.appointment),
            details={name: plain(value) for name, value in details.items() if value is not None},
        )

    def has_moved(self, found, seen):
        return type(found)._base_manager.filter(pk=found.pk, version__gt=seen).exists()

    def overtaken(self, found, step, user, seen):
        """Who was faster, with what and when."""
        last = self.steps_taken(found).last()
        if last is None or last.version <= seen:
            return StepOvertaken(f"{last_edit(found)}，请看过最新情况后再{step.label}")
        name = "您" if last.by_id == user.pk else last.by
        told = f"{name}已于{moment(last.at)}{self.steps[last.verb].label}"
        if last.by_id == user.pk and self.steps[last.verb] is step:
            return StepOvertaken(f"{told}，这一次没有重复记录")
        return StepOvertaken(f"{told}，现在是“{self.states[last.after]}”，请看过最新情况后再{step.label}")

    # Whose turn it is

    def awaited(self, user):
        """The states in which this person's role is to act."""
        return [state for state, turn in self.turns.items() if user.role in turn.roles]

    def road_of(self, state):
        """The way through this state; one aside is reached from the beginning."""
        return self.road if state in self.road else (*self.road[:1], state)

    def what(self, turn):
        """What is to be done in a turn, in people's words."""
        return turn.told or self.steps[turn.verb].label

    def todo_for(self, user):
        """The records that wait for this person's role."""
        return self.model.objects.filter(**{f"{self.field}__in": self.awaited(user)})

    def tell(self, user, counts, limit):
        """To-dos as the desk shows them: for each state that waits, how many records of {state: number} and the list of them."""
        ledger = LEDGERS[self.ledger]
        return [
            {
                "title": f"{self.what(self.turns[state])}：{self.states[state]}的 {count:,} {ledger.unit}",
                "url": f"{reverse('ledger', args=[ledger.code])}?{self.asked_for}={state}",
                "due": None,
                "light": None,
                "place": ledger.title,
                "who": "",
            }
            for state, count in counts.items()
        ]

    def lines(self, counts):
        """How many to-dos that makes."""
        return len(counts)

    @property
    def asked_for(self):
        """The name in an address that narrows a list to those in a state."""
        return f"f_{self.column.path}" if self.column else f"f_step_{self.code}"

    @property
    def column(self):
        """The column of the list that shows the state, if one does."""
        column = LEDGERS[self.ledger].by_name.get(self.field)
        return column if column and column.listed else None


class OneByOne(Process):
    """A process whose records are to-dos each for itself, with a deadline of its own: `told` says how the desk shows one."""

    def told(self, found):
        raise NotImplementedError

    def tell(self, user, counts, limit):
        return [self.told(found) for found in self.todo_for(user)[:limit]]

    def lines(self, counts):
        return sum(counts.values())


def register(process):
    """Refused at once: a code said twice, or a table that speaks of states that the field does not have."""
    if process.code in REGISTRY:
        raise ValueError(f"two processes are called {process.code}")
    named = {state for step in process.steps.values() for state in (*step.who, *step.unless.values())}
    named |= {step.target for step in process.steps.values() if step.target} | {*process.turns, *process.road}
    if strange := named - process.states.keys():
        raise ValueError(f"{process.code} knows no state {', '.join(sorted(strange))}")
    if lost := {turn.verb for turn in process.turns.values()} - process.steps.keys():
        raise ValueError(f"{process.code} has no step {', '.join(sorted(lost))}")
    if any(isinstance(need.kind, Files) for verb in process.bulk for need in process.steps[verb].needs):
        raise ValueError(f"{process.code}: files belong to one record, not to many")
    REGISTRY[process.code] = process
    return process


def processes_of(ledger):
    return [one for one in REGISTRY.values() if one.ledger == ledger.code]


def plain(value):
    """A detail as JSON keeps it: days and amounts as they are written."""
    return str(value) if isinstance(value, date | Decimal) else value


def last_edit(found):
    """Not by a step: somebody changed the record by hand or by an import."""
    event = found.events.order_by("-pgh_id").first()
    who = event and event.pgh_context and event.pgh_context.get("user")
    name = get_user_model().objects.filter(pk=who).first()
    return f"{name or '他人'}{f'已于{moment(event.pgh_created_at)}' if event else '刚刚'}修改了这项内容"


def moment(at):
    return f" {timezone.localtime(at):%Y-%m-%d %H:%M} "

"""One step with many records: what is said once goes for all, each record is taken by itself, whole or not at all.

What the form leaves empty, each record says itself where it can: what its own form would begin with.
"""

from dataclasses import dataclass, replace

from povertyparty import jobs
from povertyparty.kinds import Fault
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.steps import REGISTRY, StepRefused

AT_ONCE = 50  # more of them are done in the background
MOST = 500
GONE = "不在您的管辖范围，或者已被删除"


@dataclass(frozen=True)
class Line:
    """What came of one record: `told` is why not, where it was not done."""

    pk: int
    label: str
    told: str = ""

    @property
    def done(self):
        return not self.told


def open_to(user, ledger):
    """[(process, verb)] that this person may take with many records of the ledger at once."""
    return [
        (one, verb)
        for one in REGISTRY.values()
        if one.ledger == ledger.code
        for verb in one.bulk
        if user.role in one.steps[verb].roles
    ]


def records(process, chosen):
    """The chosen records that this person may see, in the ledger's order, each with its trail."""
    rows = [*process.model.objects.filter(pk__in=chosen).order_by(*LEDGERS[process.ledger].order)]
    process.read_trails(rows)
    return rows


def standing(process, verb, rows, user):
    """(records that the step is open for, [Line] of the others)."""
    ready, others = [], []
    for found in rows:
        refusal = process.refusal(found, verb, user)
        ready.append(found) if refusal is None else others.append(Line(found.pk, str(found), str(refusal)))
    return ready, others


def needs(process, verb, rows):
    """The needs as they are asked once for all: optional where a record says it itself."""
    own = [process.suggests(found, verb) for found in rows]
    return [
        shared(need, sum(said.get(need.name) not in (None, "") for said in own))
        for need in process.steps[verb].needs
    ]


def shared(need, said):
    if not said:
        return need
    told = f"留空的，每项用自己已登记的内容（{said}项已有）。"
    return replace(need, required=False, help=f"{need.help}{told}")


def faults(step, given):
    """{need: why} of what was typed for all and means nothing for any."""
    found = {}
    for need in step.needs:
        try:
            replace(need, required=False).read(given.get(need.name))
        except Fault as fault:
            found[need.name] = str(fault)
    return found


def take_each(process, verb, chosen, user, given, tell=None):
    """[Line] of what came of each. `chosen`: {pk: version as it was seen}."""
    rows, lines = records(process, chosen), []
    for number, found in enumerate(rows):
        if tell:
            tell(number, len(rows), f"已办 {number} 项")
        lines.append(take_one(process, verb, found, chosen[found.pk], user, given))
    seen = {found.pk for found in rows}
    return lines + [Line(pk, f"编号{pk}", GONE) for pk in chosen if pk not in seen]


def take_one(process, verb, found, version, user, given):
    own = {name: value for name, value in process.suggests(found, verb).items() if value not in (None, "")}
    asked = {need.name for need in process.steps[verb].needs}
    said = {name: f"{value}" for name, value in own.items() if name in asked}
    label = str(found)
    try:
        process.take(found, verb, user, version=version, **said | {n: v for n, v in given.items() if v})
    except StepRefused as refusal:
        return Line(found.pk, label, str(refusal))
    return Line(found.pk, label)


def told(step, lines):
    """In one sentence."""
    done = sum(line.done for line in lines)
    rest = f"，{len(lines) - done}项没有办理，原因见下表" if done < len(lines) else ""
    return f"已{step.label}{done}项{rest}。"


@jobs.job("take steps", repeatable=True)
def take_steps(job, ledger, process, verb, chosen, given):
    """The same in the background, by whoever asked for it, as long as they hold the office."""
    found = REGISTRY[process]
    lines = take_each(found, verb, dict(chosen), job.owner, given, job.progress)
    return {
        "text": told(found.steps[verb], lines),
        "lines": [[line.pk, line.label, line.told] for line in lines],
    }

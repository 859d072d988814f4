"""The tables of steps as a document: docs/steps.md is what this prints."""

from django.core.management.base import BaseCommand

from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.steps import REGISTRY

HEAD = """# 办理流程 (processes)

Written by `manage.py steps > docs/steps.md` from the tables of steps (`*/steps/*.py`); a test holds it to them.
Every step writes who, when, in which office, from what to what, and all that was filled in; no row of it is ever changed.
"""


class Command(BaseCommand):
    help = "办理流程的状态图和步骤表（docs/steps.md）"

    def handle(self, **options):
        self.stdout.write("\n".join([HEAD, *(document(process) for process in REGISTRY.values())]), ending="")


def document(process):
    return f"## {process.title} `{process.code}`（{LEDGERS[process.ledger].title}）\n\n{diagram(process)}\n\n{table(process)}\n"


def diagram(process):
    lines = [f"    {state} : {label}" for state, label in process.states.items()]
    lines += [f"    {before} --> {after} : {step.label}" for step, before, after in moves(process)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def moves(process):
    """(step, from, to) of every step that leads elsewhere."""
    for step in process.steps.values():
        for before in step.who:
            for after in dict.fromkeys([step.target or before, *step.unless.values()]):
                if after != before:
                    yield step, before, after


def table(process):
    lines = ["| 步骤 | 从 | 到 | 谁 | 要填 |", "| --- | --- | --- | --- | --- |"]
    for step in process.steps.values():
        by_roles = {}
        for state, roles in step.who.items():
            by_roles.setdefault(roles, []).append(state)
        for roles, states in by_roles.items():
            lines.append(row(process, step, states, roles))
    return "\n".join(lines)


def row(process, step, states, roles):
    named = process.states
    targets = dict.fromkeys([step.target, *step.unless.values()])
    needs = [need.label + ("" if need.required else "（可空）") for need in step.needs]
    cells = (
        step.label,
        "、".join(named[state] for state in states),
        "、".join(named[state] if state else "（不变）" for state in targets),
        "、".join(sorted(role.label for role in roles)),
        "；".join(needs) or "—",
    )
    return f"| {' | '.join(cells)} |"

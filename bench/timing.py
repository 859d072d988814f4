"""Variants run in turns, so that a busy machine is busy for all of them; medians, ratios, and where they are written down."""

import gc
import os
import platform
import re
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

from django.db import connection

RESULTS = Path(__file__).with_name("RESULTS.md")
LONG = 0.1
HEADER = ("variant", "n", "median", "goal", "measured", "ok")


@dataclass
class Variant:
    """`run` is timed; `before` and `after` (given what `run` returned) are not. `rounds` limits what is slow."""

    name: str
    run: object
    before: object = nullcontext
    after: object = lambda told: None
    rounds: int = 99
    seconds: list = field(default_factory=list)

    @property
    def median(self):
        return median(self.seconds)


def interleave(variants, rounds, say=print):
    for turn in range(rounds):
        for variant in variants:
            if turn < variant.rounds:
                variant.before()
                if (
                    not variant.seconds or variant.seconds[-1] > LONG
                ):  # what takes milliseconds keeps its caches warm
                    gc.collect()
                began = time.perf_counter()
                told = variant.run()
                variant.seconds.append(time.perf_counter() - began)
                variant.after(told)
                if variant.seconds[-1] > 1:
                    say(f"    {variant.name}: {variant.seconds[-1]:.2f} s")


@dataclass(frozen=True)
class Goal:
    """`measured` must be at least (or, with `most`, at most) `wanted`; without one it is only told."""

    variant: Variant
    says: str
    measured: float
    wanted: float | None = None
    most: bool = False
    unit: str = "×"

    @property
    def met(self):
        if self.wanted is None:
            return True
        return self.measured <= self.wanted if self.most else self.measured >= self.wanted


def at_least(variant, wanted, than):
    return Goal(variant, f"≥ {wanted:g}× {than.name}", than.median / variant.median, wanted)


def at_most(variant, wanted, than):
    return Goal(variant, f"≤ {wanted:g}× {than.name}", variant.median / than.median, wanted, most=True)


def told(variant, than):
    return Goal(variant, f"× {than.name}", than.median / variant.median)


def lines(variants, goals):
    """One line for each goal, one for each variant without."""
    for variant in variants:
        mine = [goal for goal in goals if goal.variant is variant] or [None]
        for at, goal in enumerate(mine):
            name, n, told = (
                (variant.name, len(variant.seconds), shown(variant.median)) if not at else ("", "", "")
            )
            yield (
                name,
                str(n),
                told,
                *((goal.says, figure(goal), verdict(goal)) if goal else ("", "", "")),
            )


def verdict(goal):
    return "" if goal.wanted is None else "yes" if goal.met else "NO"


def figure(goal):
    return f"{goal.measured:.1f}{goal.unit}" if goal.unit == "×" else f"{goal.measured:.1f} {goal.unit}"


def shown(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def table(rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in (HEADER, ("---",) * len(HEADER), *rows))


def machine():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{processor()}, {os.cpu_count()} cores, load {load}; Python {platform.python_version()}, PostgreSQL {server.split()[0]}"


def processor():
    found = (
        re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        if sys.platform == "linux"
        else None
    )
    return found[1] if found else platform.processor() or platform.machine()


def keep(title, rows, verified):
    """Write the section of this title anew; the others stay."""
    section = f"## {title}\n\n{date.today():%Y-%m-%d}. {machine()}.\n\n{table(rows)}\n\nVerified in this run: {verified}\n"
    before = RESULTS.read_text(encoding="utf-8")
    found = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    text = (
        found.sub(lambda _: section + "\n", before)
        if found.search(before)
        else f"{before.rstrip()}\n\n{section}"
    )
    RESULTS.write_text(text.rstrip() + "\n", encoding="utf-8")

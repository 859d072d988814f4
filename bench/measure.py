"""One size of world, measured: `python -m bench.measure HOUSEHOLDS [--quick] [--part=…]`, as bench/run.py calls it."""

import argparse
import logging
import time

from django.db import connection

from bench import exports, imports, items, pages, search, timing
from bench.world import World

PARTS = {"import": imports, "export": exports, "page": pages, "search": search, "items": items}
TITLES = {
    "import": "Import of a workbook",
    "export": "Excel export",
    "page": "List page of a county",
    "search": "Search",
    "items": "100,000 items of a county to be put right",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("households", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--part", action="append", choices=PARTS)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    world = World(asked.households)
    began = time.perf_counter()
    world.stand()
    print(f"{asked.households:,} households stand ({time.perf_counter() - began:.0f} s)", flush=True)
    missed = [goal for part in asked.part or PARTS for goal in measured(part, world, asked.quick)]
    if asked.quick:  # its folder goes with it
        connection.close()
        connection.server.stop()
    for goal in missed:
        print(f"Missed: {goal.variant.name} {goal.says}: {timing.figure(goal)}")


def measured(part, world, quick):
    """Prints and keeps the table of one part; returns the goals that were missed."""
    title = f"{TITLES[part]}, {world.households:,} households"
    print(f"\n{title}", flush=True)
    variants, goals, verified = PARTS[part].measure(world, quick)
    rows = [*timing.lines(variants, [] if quick else goals)]
    print(timing.table(rows), f"\nVerified equal: {verified}", flush=True)
    if not quick:
        timing.keep(title, rows, verified)
    return [goal for goal in goals if not goal.met and not quick]


if __name__ == "__main__":
    main()

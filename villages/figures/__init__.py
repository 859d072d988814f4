"""Figures of what is there, by the codes and rules of the county's report (domain.md §6)."""

# isort: off  — the page shows them in this order
from villages.figures import (
    branches,
    cadres,
    contacts,
    economy,
    funds,
    people,
    projects,
    teams,
    training,
    villages,
)

# isort: on

__all__ = [
    "branches",
    "cadres",
    "contacts",
    "economy",
    "funds",
    "people",
    "projects",
    "teams",
    "training",
    "villages",
]

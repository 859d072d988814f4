"""Figures of what is there, by the codes and rules of the county's report (domain.md §6)."""

from villages.figures import (
    branches,
    burden,
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

__all__ = [
    "branches",
    "burden",
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

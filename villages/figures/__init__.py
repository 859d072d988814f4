"""Figures of what is there, by the codes and rules of the county's report (domain.md §6)."""

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

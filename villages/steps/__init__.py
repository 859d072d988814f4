"""The processes of the registers: who may move a record from which state to which, and what that needs (domain.md §2).

Each table follows its picture in domain.md; what stands against a step is said in the words of the person who takes it.
"""

from villages.steps import (
    cadres,
    collective,
    elections,
    households,
    incomes,
    pairings,
    postings,
    projects,
    reserves,
    reviews,
    training,
    villages,
)

__all__ = [
    "cadres",
    "collective",
    "elections",
    "households",
    "incomes",
    "pairings",
    "postings",
    "projects",
    "reserves",
    "reviews",
    "training",
    "villages",
]

"""The processes of the registers: who may move a record from which state to which, and what that needs (domain.md §2).

Each table follows its picture in domain.md; what stands against a step is said in the words of the person who takes it.
"""

# isort: off
# A record with two processes shows them in this order.
from villages.steps import (
    households,
    villages,
    collective,
    incomes,
    cadres,
    reviews,
    elections,
    postings,
    pairings,
    reserves,
    training,
    projects,
)

# isort: on

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

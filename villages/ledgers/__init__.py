"""The ledgers of what is there, with the headers of the official forms (domain.md §3)."""

# isort: off
# The menu lists them in this order.
from villages.ledgers import (
    places,
    households,
    standing,
    cadres,
    reviews,
    training,
    branches,
    contacts,
    economy,
)

# isort: on
from villages.ledgers.households import P26, P30, P47

__all__ = [
    "P26",
    "P30",
    "P47",
    "branches",
    "cadres",
    "contacts",
    "economy",
    "households",
    "places",
    "reviews",
    "standing",
    "training",
]

"""The ledgers of what is found and put right, with the headers of the official forms (domain.md §3.1)."""

# isort: off
# The menu lists them in this order.
from inspections.ledgers import (
    rounds,
    findings,
    items,
    measures,
    slips,
    handovers,
)

__all__ = ["findings", "handovers", "items", "measures", "rounds", "slips"]

"""Figures of what is there, by the codes and rules of the county's report (domain.md §6)."""

# isort: off  — the page shows them in this order
from villages.figures import cadres, contacts, economy, people, villages

# isort: on

__all__ = ["cadres", "contacts", "economy", "people", "villages"]

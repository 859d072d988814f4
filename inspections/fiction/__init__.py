"""A county that does not exist, complete with its ledgers: for the demo, for tests and for measuring.

Nobody is meant: the area code is not assigned, so no identity number in it can belong to anybody.
"""

from inspections.fiction.county import County

__all__ = ["County"]

"""The processes of the registers: who may move a record from which state to which, and what that needs (domain.md §2).

Each table follows its picture in domain.md; what stands against a step is said in the words of the person who takes it.
"""

from villages.steps import collective, households, incomes, projects, reserves, training, villages

__all__ = ["collective", "households", "incomes", "projects", "reserves", "training", "villages"]

"""The tables of steps of what is inspected and put right."""

from inspections.steps import rounds
from inspections.steps.findings import REGISTRATION
from inspections.steps.items import RECTIFICATION

__all__ = ["RECTIFICATION", "REGISTRATION", "rounds"]

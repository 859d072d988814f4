"""What is wrong, and how it is put right."""

from inspections.models.findings import Finding
from inspections.models.items import Days, Evidence, Item
from inspections.models.rounds import FieldVisit, Round, RoundPhase

__all__ = ["Days", "Evidence", "FieldVisit", "Finding", "Item", "Round", "RoundPhase"]

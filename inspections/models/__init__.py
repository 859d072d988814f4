"""What is wrong, and how it is put right."""

from inspections.models.findings import Finding
from inspections.models.items import Evidence, Item
from inspections.models.measures import Cause, CauseOfFinding, CauseOfMeasure, FindingOfMeasure, Measure

__all__ = [
    "Cause",
    "CauseOfFinding",
    "CauseOfMeasure",
    "Evidence",
    "Finding",
    "FindingOfMeasure",
    "Item",
    "Measure",
]

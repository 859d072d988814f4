"""What is wrong, and how it is put right."""

from inspections.models.findings import Finding
from inspections.models.handovers import Handover
from inspections.models.items import Evidence, Item

__all__ = ["Evidence", "Finding", "Handover", "Item"]

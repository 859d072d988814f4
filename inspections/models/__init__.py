"""What is wrong, and how it is put right."""

from inspections.models.findings import Finding
from inspections.models.items import Evidence, Item
from inspections.models.slips import DraftRefused, Level, Slip, SlipEvidence, SlipItem

__all__ = ["DraftRefused", "Evidence", "Finding", "Item", "Level", "Slip", "SlipEvidence", "SlipItem"]

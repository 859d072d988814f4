"""What is wrong, and how it is put right."""

from inspections.models.evidence import Evidence
from inspections.models.findings import Finding
from inspections.models.handovers import Handover
from inspections.models.items import Item
from inspections.models.measures import Cause, CauseOfFinding, CauseOfMeasure, FindingOfMeasure, Measure
from inspections.models.rounds import FieldVisit, Round, RoundPhase
from inspections.models.slips import DraftRefused, Level, Slip, SlipItem

__all__ = [
    "Cause",
    "CauseOfFinding",
    "CauseOfMeasure",
    "DraftRefused",
    "Evidence",
    "FieldVisit",
    "Finding",
    "FindingOfMeasure",
    "Handover",
    "Item",
    "Level",
    "Measure",
    "Round",
    "RoundPhase",
    "Slip",
    "SlipItem",
]

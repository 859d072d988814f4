"""The tables of steps of what is inspected and put right."""

from inspections.steps import rounds
from inspections.steps.findings import REGISTRATION
from inspections.steps.handovers import HANDING_OVER
from inspections.steps.items import RECTIFICATION
from inspections.steps.measures import CARRYING
from inspections.steps.slips import SLIPS

__all__ = ["CARRYING", "HANDING_OVER", "RECTIFICATION", "REGISTRATION", "SLIPS", "rounds"]

"""The tables of steps of what is inspected and put right."""

from inspections.steps.handovers import HANDING_OVER
from inspections.steps.items import RECTIFICATION

__all__ = ["HANDING_OVER", "RECTIFICATION"]

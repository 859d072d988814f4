"""What is there, each noun standing only on those above it."""

from villages.models.appointments import MAY, Appointment, Role
from villages.models.cadres import Cadre, Digital, Posting, Reserve
from villages.models.households import UNWILLING, Household, Person, labels
from villages.models.places import LEVELS, Lineage, Local, Place, level_of, padded, parent_of, unpadded
from villages.models.villages import TWELVE, Village

__all__ = [
    "LEVELS",
    "MAY",
    "TWELVE",
    "UNWILLING",
    "Appointment",
    "Cadre",
    "Digital",
    "Household",
    "Lineage",
    "Local",
    "Person",
    "Place",
    "Posting",
    "Reserve",
    "Role",
    "Village",
    "labels",
    "level_of",
    "padded",
    "parent_of",
    "unpadded",
]

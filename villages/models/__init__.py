"""What is there, each noun standing only on those above it."""

from villages.models.appointments import MAY, Appointment, Role
from villages.models.branches import Activity, Branch, CaseStudy, Election, Venue, VillageRule
from villages.models.cadres import Cadre, Digital, Posting, Reserve
from villages.models.calendar import (
    KNOWN_YEARS,
    Holiday,
    last_day_before,
    national,
    unpublished,
    workdays_after,
    workdays_between,
    working,
)
from villages.models.contacts import Contact, DutyRecord, Help, Mentoring, Pairing, Visit
from villages.models.economy import (
    Award,
    CollectiveIncome,
    Cooperative,
    Grant,
    Leader,
    Project,
    ProjectCheck,
    VillageFund,
)
from villages.models.households import UNWILLING, Household, Person, labels
from villages.models.lineage import Lineage, PlaceChange, lying
from villages.models.parameters import REGISTRY as PARAMETERS
from villages.models.parameters import Parameter, declare, number, say, word
from villages.models.places import (
    LEVELS,
    Local,
    Place,
    common,
    exit_year_on,
    level_of,
    padded,
    parent_of,
    unpadded,
)
from villages.models.reviews import DEPARTMENTS, Adjustment, JointReview
from villages.models.standing import Assessment, ExitCheck, Unit, VillagePlan
from villages.models.training import Enrolment, TrainingClass
from villages.models.villages import TWELVE, Village

__all__ = [
    "DEPARTMENTS",
    "KNOWN_YEARS",
    "LEVELS",
    "MAY",
    "PARAMETERS",
    "TWELVE",
    "UNWILLING",
    "Activity",
    "Adjustment",
    "Appointment",
    "Assessment",
    "Award",
    "Branch",
    "Cadre",
    "CaseStudy",
    "CollectiveIncome",
    "Contact",
    "Cooperative",
    "Digital",
    "DutyRecord",
    "Election",
    "Enrolment",
    "ExitCheck",
    "Grant",
    "Help",
    "Holiday",
    "Household",
    "JointReview",
    "Leader",
    "Lineage",
    "Local",
    "Mentoring",
    "Pairing",
    "Parameter",
    "Person",
    "Place",
    "PlaceChange",
    "Posting",
    "Project",
    "ProjectCheck",
    "Reserve",
    "Role",
    "TrainingClass",
    "Unit",
    "Venue",
    "Village",
    "VillageFund",
    "VillagePlan",
    "VillageRule",
    "Visit",
    "common",
    "declare",
    "exit_year_on",
    "labels",
    "last_day_before",
    "level_of",
    "lying",
    "national",
    "number",
    "padded",
    "parent_of",
    "say",
    "unpadded",
    "unpublished",
    "word",
    "workdays_after",
    "workdays_between",
    "working",
]

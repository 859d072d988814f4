"""The facts of the county as plain objects, worded as the official forms word them."""

from dataclasses import dataclass, field
from datetime import date

from inspections.fiction.names import COUNTY_NAME

POOR = ("国家级", "自治区级")
UNLIFTED = ("未脱贫", "返贫")
TWELVE = [
    "通水",
    "通电",
    "通路",
    "通广播电视",
    "通宽带",
    "有两委班子",
    "有产业",
    "有集体收入",
    "有阵地",
    "有幼儿园",
    "有便民服务中心",
    "有卫生室",
]


@dataclass(eq=False, repr=False)
class Township:
    code: str
    name: str
    villages: list = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Village:
    code: str
    name: str
    township: Township
    level: str
    unit: str
    listed_year: int | None = None
    exit_year: int | None = None
    cause: str = ""
    twelve: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    households: list = field(default_factory=list)
    cadres: list = field(default_factory=list)
    postings: list = field(default_factory=list)
    reserves: list = field(default_factory=list)
    called: set = field(default_factory=set)

    county = COUNTY_NAME

    @property
    def is_poor(self):
        return self.level in POOR

    @property
    def persons(self):
        return [person for household in self.households for person in household.persons]

    @property
    def unlifted(self):
        return [household for household in self.households if household.is_unlifted]

    @property
    def unlifted_size(self):
        return sum(household.size for household in self.unlifted)

    @property
    def stated(self):
        """What the village's own line says of its households: here it is true."""
        return {
            "households": len(self.households),
            "persons": len(self.persons),
            "unlifted": len(self.unlifted),
            "unlifted_persons": self.unlifted_size,
            "rate": round(100 * self.unlifted_size / self.facts["persons"], 2),
            "monitored": sum(household.monitored for household in self.households),
        }

    @property
    def secretary(self):
        return self.cadres[0]

    @property
    def first_secretary(self):
        return next((one.name for one in self.postings if "第一书记" in one.duty and not one.left_on), "")


@dataclass(eq=False, repr=False)
class Household:
    village: Village
    number: str
    group_name: str
    status: str
    stage: str
    kind: str
    cause: str
    other_causes: str
    identified_on: date
    exit_year: int | None
    monitored: bool
    monitoring: str
    farmland: int
    assured: dict
    measures: str
    helper: dict
    phone: str
    income: dict = field(default_factory=dict)
    persons: list = field(default_factory=list)

    @property
    def head(self):
        return self.persons[0]

    @property
    def size(self):
        return len(self.persons)

    @property
    def labour(self):
        return sum(person.can_work for person in self.persons)

    @property
    def is_unlifted(self):
        return self.status in UNLIFTED

    @property
    def lacks_water(self):
        return not self.assured["water"]


@dataclass(eq=False, repr=False)
class Person:
    household: Household
    number: str
    name: str
    id_number: str
    relation: str
    male: bool
    born_on: date
    schooling: str
    education: str
    health: str
    skill: str
    work_area: str
    work_months: int
    phone: str = ""
    insured: bool = True

    @property
    def village(self):
        return self.household.village

    @property
    def sex(self):
        return "男" if self.male else "女"

    @property
    def can_work(self):
        return self.skill in ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力")


@dataclass(eq=False, repr=False)
class Official:
    """What the three rosters of people in office say alike."""

    village: Village
    name: str
    sex: str
    born_on: date
    schooling: str
    political: str
    phone: str


@dataclass(eq=False, repr=False, kw_only=True)
class Cadre(Official):
    post: str
    heads_both: bool
    since: date
    years: int
    source: str
    id_number: str
    digital: str
    review: str
    pay: int
    joined_party_on: date | None
    trained: str
    reviewed_on: date


@dataclass(eq=False, repr=False, kw_only=True)
class Posting(Official):
    unit: str
    unit_level: str
    rank: str
    duty: str
    document: str
    came_on: date
    due_on: date
    left_on: date | None
    rural_years: int
    days: int
    leave: int
    households: int
    rotation: str = ""


@dataclass(eq=False, repr=False, kw_only=True)
class Reserve(Official):
    source: str
    aim: str
    mentor: str
    entered_on: date
    trainings: int
    digital: str
    ripeness: str
    state: str
    left_on: date | None
    left_for: str


@dataclass(eq=False, repr=False)
class Finding:
    code: str
    source: str
    category: str
    text: str
    items: list = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Item:
    finding: Finding
    code: str
    village: Village
    cause: str
    goal: str
    measures: str
    kind: str
    found_on: date
    due_on: date
    leader: str
    lead_unit: str
    unit: str
    person: str
    phone: str
    state: str
    percent: int
    progress: str
    verdict: str
    closed_on: date | None

    @property
    def symptom(self):
        return f"{self.village.name}：{self.finding.text}"


class Line:
    """A line of a register: the village it is about, if it is about one, and its facts under the headers of the form."""

    def __init__(self, village, facts):
        self.village, self.facts = village, facts

    def __getitem__(self, header):
        return self.facts.get(header)

"""The county: one seed gives one county, object for object."""

from datetime import date
from random import Random

from inspections.fiction import (
    branches,
    contacts,
    economy,
    handovers,
    names,
    remedies,
    reviews,
    rounds,
    standing,
    supervision,
    training,
    workbooks,
)
from inspections.fiction.answers import answers
from inspections.fiction.failings import inspect
from inspections.fiction.families import settle
from inspections.fiction.names import AREA, COUNTY_NAME
from inspections.fiction.officials import appoint
from inspections.fiction.records import POOR, TWELVE, Township, Village

LEVELS, LEVEL_WEIGHTS = ("国家级", "自治区级", "市县级", "非贫困村"), (22, 20, 10, 48)
CAUSES = ["组织作用弱型", "资源有、带动弱型", "自然条件制约型", "分散覆盖难型", "设施短板型"]
NOUNS = (standing, branches, contacts, economy, training, reviews, rounds, remedies, supervision, handovers)
INDUSTRIES = {"种植": "食葵", "林果": "红枣", "畜牧": "肉羊", "养殖": "土鸡", "旅游": "民宿"}


class County:
    """Built whole when it is made. `on` is the day it is today in the county: deadlines and terms lie around it."""

    name, code = COUNTY_NAME, AREA

    def __init__(
        self, seed=1, *, townships=6, villages_each=8, households_each=31, findings=48, on=date(2020, 6, 30)
    ):
        self.seed, self.on, self.random = seed, on, Random(seed)
        self.units = names.units(COUNTY_NAME)
        self._numbers = set()
        self.townships = [self._township(at, villages_each) for at in range(townships)]
        for village in self.villages:
            settle(
                self, village, self.random.randint(max(1, households_each * 2 // 3), households_each * 4 // 3)
            )
            appoint(self, village)
        self.findings = inspect(self, findings)
        self.registers = [register for noun in NOUNS for register in noun.REGISTERS]
        self.lines = {}  # code of the register → its lines; later registers build on earlier ones
        for register in self.registers:
            self.lines[register.code] = [*register.invent(self)]

    villages = property(
        lambda self: [village for township in self.townships for village in township.villages]
    )
    households = property(lambda self: [one for village in self.villages for one in village.households])
    persons = property(lambda self: [one for village in self.villages for one in village.persons])
    cadres = property(lambda self: [one for village in self.villages for one in village.cadres])
    postings = property(lambda self: [one for village in self.villages for one in village.postings])
    reserves = property(lambda self: [one for village in self.villages for one in village.reserves])
    items = property(lambda self: [item for finding in self.findings for item in finding.items])

    def answers(self, on=None, since=None):
        """The figures by their codes, counted from these objects; `by_township` breaks four of them down."""
        return answers(self, on or self.on, since)

    def write(self, folder, style="tidy", people="26列"):
        """The paths of the workbooks, one for each ledger, in the order in which they can be imported."""
        return workbooks.write(self, folder, style, people)

    def citizen(self, born_on, male):
        """An identity number that nobody else in the county has; the very first one ends in X."""
        wanted = "X" if not self._numbers else ""
        drawn = iter(lambda: names.citizen_number(self.random, born_on, male), None)
        number = next(one for one in drawn if one not in self._numbers and one.endswith(wanted))
        self._numbers.add(number)
        return number

    def _township(self, at, villages):
        name = names.TOWNSHIPS[at]
        township = Township(f"{AREA}{(100 if name.endswith('镇') else 200) + at}", name)
        called = names.village_names(self.random, villages)
        if at < 2:
            called[-1] = names.SHARED_VILLAGE
        for serial, one in enumerate(called, 200):
            township.villages.append(self._village(township, f"{township.code}{serial}", one))
        return township

    def _village(self, township, code, name):
        random, on = self.random, self.on
        level = random.choices(LEVELS, LEVEL_WEIGHTS)[0] if township.villages else random.choice(POOR)
        listed = level != LEVELS[-1]
        poor = level in POOR
        missing = random.sample(TWELVE, random.choice((0, 0, 0, 1, 2))) if poor else ()
        return Village(
            code,
            name,
            township,
            level,
            unit=random.choice(self.units),
            listed_year=on.year - 6 if listed else None,
            exit_year=on.year - random.randint(1, 4) if listed and random.random() < 0.88 else None,
            cause=random.choice(CAUSES) if poor else "",
            twelve={one: one not in missing for one in TWELVE},
            facts=self._facts(),
        )

    def _facts(self):
        random = self.random
        industry = random.choice(list(INDUSTRIES))
        households, groups = random.randint(180, 520), random.randint(2, 7)
        persons = households * random.randint(32, 39) // 10
        return {
            "groups": groups,
            "hamlets": random.randint(1, groups),
            "households": households,
            "persons": persons,
            "labour": persons // 2,
            "farmland": random.randint(900, 6500),
            "grassland": random.choice((0, 0, 2000, 5000)),
            "industry": industry,
            "speciality": INDUSTRIES[industry],
            "net_income": random.randint(8800, 15_900),
            "collective_income": random.choice((0, random.randint(50, 600), random.randint(600, 6000))) / 100,
            "to_township": random.randint(10, 580) / 10,
            "to_county": random.randint(60, 980) / 10,
        }

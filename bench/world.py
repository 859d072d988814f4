"""The generated world: counties of 20,000 households in 50 villages, written by the database itself in one statement."""

from datetime import date
from random import Random

from django.core.management import call_command
from django.db import connection, transaction

from inspections.fiction import names
from inspections.fiction.families import MEASURES
from povertyparty import sealed
from povertyparty.models import User
from povertyparty.scope import everywhere
from villages.models import Appointment, Household, Place, Role

TABLE = Household._meta.db_table
# What the officers have chosen to see, whatever the ledger lists by itself.
SEEN = [
    "@township",
    "@village",
    "number",
    "head",
    "size",
    "kind",
    "cause",
    "status",
    "exit_year",
    "net_income",
    "stage",
]
COUNTY, VILLAGES, TOWNSHIPS = 20_000, 50, 5
CITY, COUNTIES_TOGETHER = "6599", 5  # "65990" begins five counties: 100,000 households
BORN = date(1931, 1, 1).toordinal()

# Deterministic: equal numbers give equal households. {0} is the number of a household, from 0 on.
SPREAD = "(({0} * 7919::bigint + {1} * 104729) %% {2})"


class World:
    """`county_size` and `households` say how large it is; the first county is where things are measured."""

    def __init__(self, households):
        self.households = households
        self.county_size = min(COUNTY, households // 2)
        self.counties = [county_code(at) for at in range(-(-households // self.county_size))]
        self.random = Random(1)

    @property
    def county(self):
        return self.counties[0]

    @property
    def several(self):
        """The code that the first five counties begin with."""
        return CITY + "0"

    @property
    def villages(self):
        return [f"{township}{200 + at}" for township in self.townships for at in range(VILLAGES // TOWNSHIPS)]

    @property
    def townships(self):
        return [f"{county}{100 + at}" for county in self.counties for at in range(TOWNSHIPS)]

    def stand(self):
        """There when this returns: a database that is up to date, filled, analysed, with somebody to act in it."""
        call_command("migrate", verbosity=0)
        with everywhere("bench"):
            standing = Household.objects.count() == self.households
        if not standing:
            self.fill()
        self.officer, self.chief = self.user("officer", self.county), self.user("chief", CITY)

    def fill(self):
        with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no event for what never happened
            cursor.execute(f"TRUNCATE {TABLE}, {Place._meta.db_table}, povertyparty_user CASCADE")
            self.settle_places(cursor)
            self.settle_households(cursor)
        self.tidy()

    def tidy(self):
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def settle_places(self, cursor):
        called = names.village_names(self.random, VILLAGES // TOWNSHIPS)
        found = [("65", "示例省"), (CITY, names.CITY_NAME)]
        found += [(code, f"{name_of(at)}县") for at, code in enumerate(self.counties)]
        found += [(code, names.TOWNSHIPS[int(code[-1])]) for code in self.townships]
        found += [(code, called[int(code[-1])]) for code in self.villages]
        cursor.execute(
            f"INSERT INTO {Place._meta.db_table} (code, name, former_names, version)"
            " SELECT code, name, '{}', 1 FROM unnest(%s::text[], %s::text[]) AS p(code, name)",
            [[code for code, _ in found], [name for _, name in found]],
        )

    def settle_households(self, cursor):
        pools = self.pools()
        columns, values = zip(*COLUMNS.items(), strict=True)
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(columns)}, net_income)"
            f" SELECT {', '.join(columns)}, round((wages + business + property_income + transfers - business_costs) / size, 2)"
            f" FROM (SELECT {', '.join(f'{value} AS {column}' for column, value in zip(columns, values, strict=True))}"
            " FROM generate_series(0, %(most)s) AS g(n) ORDER BY n) AS h",
            {
                **pools,
                "most": self.households - 1,
                "villages": self.villages,
                "each": max(1, self.county_size // VILLAGES),
            },
        )

    def pools(self):
        """What the rows draw from. A county has no identity or telephone number twice, as in life, so no memo is flattered."""
        random, several = self.random, range(self.county_size)
        ids = (citizen_number(at) for at in several)
        phones = (f"1{35 + at // 10_000}0000{at % 10_000:04}" for at in several)
        return {
            "heads": [
                f"{first}{second}{third}"
                for first in names.SURNAMES
                for second in "知望承怀守立云松见青"
                for third in "远山泽瑾拙川亭年深野"
            ],
            "ids": [sealed.seal_text(one) for one in ids],
            "phones": [sealed.seal_text(one) for one in phones],
            "helpers": [names.person_name(random, True) for _ in range(400)],
            "units": names.units("示例县"),
            "measures": list(MEASURES),
        }

    def user(self, name, place, role=Role.COUNTY_OFFICER):
        with everywhere("bench"):
            user, made = User.objects.get_or_create(
                username=name,
                defaults={"name": f"测速{name}", "preferences": {"columns": {"households": SEEN}}},
            )
            if made:
                Appointment.objects.create(user=user, role=role, place_id=place, from_on=date(2020, 1, 1))
        return user


def citizen_number(at):
    body = f"{names.AREA}{date.fromordinal(BORN + at):%Y%m%d}{at % 500:03}"
    return body + names.check_digit(body)


def county_code(at):
    return f"{CITY}{at // COUNTIES_TOGETHER}{at % COUNTIES_TOGETHER + 1}"


def name_of(at):
    return f"{names.VILLAGE_BEGINNINGS[at % 20]}{'东西南北中'[at // 20]}"


def spread(salt, among):
    return SPREAD.format("n", salt, among)


def drawn(pool, salt):
    return f"(%({pool})s::text[])[1 + {spread(salt, f'cardinality(%({pool})s::text[])')}]"


def one_of(salt, *words):
    return f"(ARRAY[{', '.join(repr(word) for word in words)}])[1 + {spread(salt, len(words))}]"


LIFTED = f"{spread(9, 10)} < 8"
COLUMNS = {
    "place_code": "(%(villages)s::text[])[1 + n / %(each)s]",
    "number": "(%(villages)s::text[])[1 + n / %(each)s] || lpad((n %% %(each)s + 1)::text, 4, '0')",
    "version": "1",
    "group_name": f"{spread(1, 6)} + 1 || '组'",
    "head": drawn("heads", 2),
    # Neighbours in the pool are neighbours in the table: each number once in a county.
    "head_id": "(%(ids)s::text[])[1 + n %% cardinality(%(ids)s::text[])]",
    "size": f"{spread(3, 6)} + 1",
    "labour": spread(4, 4),
    "kind": one_of(5, "一般贫困户", "低保贫困户", "特困供养贫困户", "一般脱贫户"),
    "cause": one_of(6, "因病", "因残", "因学", "因灾", "缺土地", "缺水", "缺技术", "缺劳力", "缺资金"),
    "other_causes": f"CASE {spread(7, 3)} WHEN 0 THEN '{{}}'::text[] WHEN 1 THEN ARRAY['因灾'] ELSE ARRAY['缺水', '因残'] END",
    "identified_on": one_of(8, "2014", "2014-12", "2015-12-01"),
    "status": f"CASE WHEN {LIFTED} THEN '1' ELSE '0' END",
    "exit_year": f"CASE WHEN {LIFTED} THEN 2016 + {spread(10, 4)} END",
    "monitored": f"{spread(11, 20)} = 0",
    "monitoring": f"CASE WHEN {spread(11, 20)} = 0 THEN '脱贫不稳定户' ELSE '' END",
    "farmland": f"{spread(12, 4000)} / 100.0",
    "unsafe_house": f"{spread(13, 100)} = 0",
    "safe_water": f"{spread(14, 50)} <> 0",
    "schooling_assured": "true",
    "medical_assured": f"{spread(15, 60)} <> 0",
    "wages": f"({spread(16, 30_000)})::numeric",
    "business": f"({spread(17, 20_000)})::numeric",
    "property_income": f"({spread(18, 2_000)})::numeric",
    "transfers": f"({spread(19, 9_000)})::numeric",
    "business_costs": f"({spread(20, 5_000)})::numeric",
    "measures": drawn("measures", 21),
    "helper": drawn("helpers", 22),
    "helper_unit": drawn("units", 23),
    "helper_phone": drawn("phones", 24),
    "phone": "(%(phones)s::text[])[1 + n %% cardinality(%(phones)s::text[])]",
    "stage": f"CASE WHEN {LIFTED} THEN '' ELSE 'verifying' END",
    "note": "''",
    "removed_on": "''",
}

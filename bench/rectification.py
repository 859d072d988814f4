"""The work of a county: 100,000 items of four years, their findings, the steps taken and the papers written about them.

They lie in the second county of the world, where nothing of what is measured in the first one sees them. The days count
from today, so every run writes them anew; the database does it in some seconds.
"""

from django.db import connection, transaction

from inspections.fiction import names
from inspections.models import Finding, Item, Slip, SlipItem
from povertyparty.models import RecordStep
from villages.models import Role

OF_FINDING, OF_SLIP = 4, 4  # items of one finding, of one paper
# Of a hundred items so many stand where: most of what four years found is closed.
STATES = {
    "closed": 38, "archived": 16, "lasting": 8, "moved": 2, "voided": 2,
    "not_started": 2, "assigned": 3, "signed": 3, "planned": 2, "doing": 15, "mostly": 5,
    "deferring": 1, "applied": 1, "reviewed": 1, "verified": 1,
}  # fmt: skip
SLIP_STATES = {"archived": 60, "escalated": 12, "delivered": 12, "replied": 6, "issued": 4, "assessed": 4, "draft": 2}  # fmt: skip


class Rectification:
    def __init__(self, world, items):
        self.world, self.items, self.county = world, items, world.counties[1]
        self.villages = [code for code in world.villages if code.startswith(self.county)]

    def stand(self):
        self.officer = self.world.user("rectifier", self.county)
        self.filer = self.world.user("filer", f"{self.county}100", Role.TOWNSHIP_OFFICER)
        with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no event for what never happened
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model, *_ in KINDS)} CASCADE")
            for model, share, columns in KINDS:
                self.settle(cursor, model._meta.db_table, int(self.items * share), columns)
        self.world.tidy()

    def settle(self, cursor, table, count, columns):
        """Row n is numbered n + 1: so the rows find each other by reckoning."""
        values = ", ".join(f"{value} AS {name}" for name, value in columns.items())
        cursor.execute(
            f"INSERT INTO {table} (id, {', '.join(columns)}) SELECT * FROM (SELECT n + 1, {values}"
            " FROM generate_series(0, %(last)s) AS g(n) ORDER BY n) AS r",
            {
                "last": count - 1,
                "villages": self.villages,
                "each": max(1, self.items // OF_FINDING // len(self.villages)),
                "units": names.units("示例县"),
                "officer": self.officer.pk,
            },
        )
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, count])


# Deterministic but for the day: equal numbers give equal rows.


def lot(salt, among, of="n"):
    """A number below `among`; what is drawn with one salt says nothing of what is drawn with another."""
    return f"mod(abs(hashint8extended(({of})::bigint, {salt}) / 2), {among})::int"


def drawn(salt, *words, of="n"):
    return f"(ARRAY[{', '.join(repr(word) for word in words)}])[1 + {lot(salt, len(words), of)}]"


def weighed(salt, shares, of="n"):
    return drawn(salt, *(word for word, share in shares.items() for _ in range(share)), of=of)


def where(expression, words, then, otherwise="NULL"):
    told = ", ".join(repr(word) for word in words)
    return f"CASE WHEN {expression} IN ({told}) THEN {then} ELSE {otherwise} END"


def ago(days):
    return f"(current_date - ({days}))"


def village(finding):
    return f"(%(villages)s::text[])[1 + ({finding}) / %(each)s %% cardinality(%(villages)s::text[])]"


def unit(finding):
    return f"(%(units)s::text[])[1 + {lot(4, 'cardinality(%(units)s::text[])', finding)}]"


# What was found long ago is mostly closed: of the open ones hardly any is older than a year.
STATE = weighed(1, STATES)
ENDED = ("closed", "archived", "lasting", "moved", "voided")
PROGRESS = (
    "doing",
    "mostly",
    "deferring",
    "applied",
    "reviewed",
    "verified",
    "closed",
    "archived",
    "lasting",
)
AGE = where(STATE, ENDED, f"150 + {lot(5, 1300)}", f"12 + {lot(5, 360)}")
TERM = f"(60 + {lot(6, 300)})"
SPENT = f"least(100, 100 * ({AGE} - 10) / {TERM})"  # percent of the term that has passed
PERCENT = where(STATE, ("closed", "archived", "lasting", "applied", "reviewed", "verified"), "100",
    f"least(95, greatest(0, {SPENT} - {lot(7, 45)} + 10))")  # fmt: skip
FINDING = f"(n / {OF_FINDING})"
HAS_BEGUN = f"{STATE} <> 'not_started'"

FINDINGS = {
    "version": "1",
    "place_code": village("n"),
    "code": "'WT-' || n",
    "stage": "'split'",
    "source": drawn(11, "自治区巡视", "市委巡察", "县委巡察", "主题教育检视", "调研发现", "督查"),
    "category": drawn(12, "P1", "P2", "P3", "P4", "P5"),
    "text": drawn(13, "培训课程设置不够精准", "第一书记帮带不够经常", "集体经济项目前期论证不够", "活动场所利用率不高", "发展党员工作滞后")
    + f" || '，涉及' || {lot(25, 5000)} + 2 || '人次'",
    "found_on": ago(f"12 + {lot(14, 1400)}"),
    "symptoms": "'{}'::text[]",
    **dict.fromkeys(("aspect", "document", "domain", "duty", "entry", "method", "oneself", "owner", "owner_level", "post", "responsibility", "severity", "work"), "''"),
}  # fmt: skip
ITEMS = {
    "version": "1",
    "place_code": village(FINDING),
    "code": f"'WT-' || {FINDING} || '-' || n %% {OF_FINDING} + 1",
    "finding_id": f"{FINDING} + 1",
    "symptom": f"'第' || {lot(8, 900)} + 100 || '次核查发现记录不全，台账与实际不符'",
    "cause": drawn(9, "思想认识不到位", "担当精神不够强", "能力素质不过硬", "作风建设不扎实"),
    "goal": "'问题整改到位，形成长效机制'",
    "measures": "'1.逐项核实；2.补充完善；3.建立定期核对制度'",
    "kind": drawn(10, "立行立改", "限期整改", "限期整改", "长期坚持"),
    "found_on": ago(AGE),
    "due_on": ago(f"{AGE} - 10 - {TERM}"),
    "first_due_on": ago(f"{AGE} - 10 - {TERM}"),
    "assigned_on": f"CASE WHEN {HAS_BEGUN} THEN {ago(f'{AGE} - 10')} END",
    "heard_on": where(STATE, PROGRESS, ago(f"least({AGE} - 10, {lot(15, 50)})")),
    "unit": unit(FINDING),
    "lead_unit": unit(FINDING),
    "person": drawn(16, "郑知远", "吴怀山", "冯守拙", "陈立川", "卫云亭", "蒋承泽"),
    "percent": where(STATE, PROGRESS, PERCENT),
    "state": STATE,
    "applied_on": where(STATE, ("applied", "reviewed", "verified", "closed", "archived"), ago(f"least({AGE}, 20)")),
    "closed_on": where(STATE, ("closed", "archived"), ago(f"{AGE} - least({TERM}, {AGE} - 1)")),
    # Most of those drawn for looking back have been looked back on, and are filed away.
    "look_back_on": where(STATE, ("closed",), f"CASE WHEN {lot(24, 12)} = 0 THEN {ago(f'{AGE} - {TERM} - 90')} END"),
    "report_due": where(STATE, ("lasting",), ago(f"{lot(17, 90)} - 80")),
    "returned": f"greatest(0, {lot(18, 40)} - 36)",
    "severity": drawn(19, "一般", "一般", "较重", "严重"),
    "round": "1",
    "report_months": "3",
    **dict.fromkeys(("extensions", "refused"), "0"),
    **dict.fromkeys(("analysis", "leader", "phone", "progress", "institution", "evidence_note", "verdict", "supervision", "note", "notice"), "''"),
}  # fmt: skip
STEPS = {
    "place_code": village(f"n / 2 / {OF_FINDING}"),
    "process": "'rectification'",
    "ledger": "'items'",
    "record": "n / 2 + 1",
    "verb": "CASE n %% 2 WHEN 0 THEN 'assign' ELSE 'report' END",
    "before": "CASE n %% 2 WHEN 0 THEN 'not_started' ELSE 'doing' END",
    "after": "CASE n %% 2 WHEN 0 THEN 'assigned' ELSE 'doing' END",
    "version": "n %% 2",
    "details": "'{}'::jsonb",
    "by_id": "%(officer)s",
    "office": "'县委组织部经办人'",
    "at": f"now() - make_interval(days => (1 - n %% 2) * 200 + {lot(20, 300)})",
}
# Each paper is about the items of one finding, so they are of one unit and one place; every fifth finding has one.
LEVEL, SLIP_STATE = "CASE n %% 3 WHEN 0 THEN '2' WHEN 1 THEN '3' ELSE '4' END", weighed(21, SLIP_STATES)
ISSUED = where(SLIP_STATE, ("draft",), "NULL::int", lot(22, 300))
ASSESSED = ("assessed", "archived", "escalated")
SLIPS = {
    "version": "1",
    "place_code": village("n * 5"),
    "level": LEVEL,
    "number": f"CASE {SLIP_STATE} WHEN 'draft' THEN '拟〔2020〕' || n + 1 ELSE '〔2020〕' || (ARRAY['蓝', '黄', '红'])[1 + n %% 3] || n / 3 + 1 END || '号'",
    "unit": unit("n * 5"),
    "subject": f"'关于{OF_SLIP}项整改事项的督办'",
    "state": SLIP_STATE,
    "issued_on": ago(ISSUED),
    "reply_due": ago(f"{ISSUED} - 7"),
    "result": where(SLIP_STATE, ASSESSED, drawn(23, "整改到位", "整改到位", "整改不到位"), "''"),
    "assessed_on": where(SLIP_STATE, ASSESSED, ago(f"greatest(0, {ISSUED} - 9)")),
    **dict.fromkeys(("requirements", "basis", "issuer", "signatory", "reply", "outcome", "note"), "''"),
}
BASES = {
    "place_code": village(f"n / {OF_SLIP} * 5"),
    "slip_id": f"n / {OF_SLIP} + 1",
    "item_id": f"n / {OF_SLIP} * 5 * {OF_FINDING} + n %% {OF_SLIP} + 1",
    "round": "1",
}
# How many of each to one item.
KINDS = [
    (Finding, 1 / OF_FINDING, FINDINGS),
    (Item, 1, ITEMS),
    (RecordStep, 2, STEPS),
    (Slip, 1 / OF_FINDING / 5, SLIPS),
    (SlipItem, OF_SLIP / OF_FINDING / 5, BASES),
]

"""A rule (规则) is a ledger and a condition that a row should not fulfil; a gap (查漏) is one that says what is still missing.

The number on the page, the list behind it, its Excel and what a record's page says are readings of the same condition.
Rules speak of data and of work, never of persons' worth (domain.md §5).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.db.models import Case, Count, Q, When

from povertyparty.figures import refuse_to_many
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.scope import current, supposing

REGISTRY: dict[str, "Rule"] = {}
ANY_DAY = date(2020, 6, 30)


class Severity(Enum):
    ERROR = "错误"
    DOUBT = "疑点"
    REMINDER = "提醒"

    @property
    def tone(self):
        return {"错误": "bad", "疑点": "warn", "提醒": "info"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`where(on)` holds for the rows that break the rule as of that day.

    why      what the rule compares, in people's words
    remedy   what to do about a row
    reads, wrong   what only Python can compare, because it is sealed: of the rows that hold `where`, those for which
             `wrong(on, *values of the fields it reads)` is true
    gap      something is missing yet, rather than wrong
    alone    compares rows of the ledger with each other: counted in a query of its own, where PostgreSQL joins them at once;
             beside other rules it would look for the others of each row
    """

    code: str
    label: str
    ledger: str
    severity: Severity
    why: str
    remedy: str
    where: Callable[[date], Q]
    reads: tuple[str, ...] = ()
    wrong: Callable | None = None
    gap: bool = False
    alone: bool = False

    @property
    def model(self):
        return LEDGERS[self.ledger].model

    def rows(self, on, within=""):
        """The rows that break it."""
        rows = ours(self.model, within)
        if self.wrong:
            return rows.filter(pk__in=judged([self], rows, on)[self.code])
        return rows.filter(self.where(on))


def ours(model, within=""):
    """The rows of the place itself. One that is only seen through its own rows is another's to put right, and of its
    rows not all are seen."""
    return model.objects.within(current().lo).within(within)


def register(**declared):
    """Refused at once: a code said twice, no such ledger or field, a condition that would show a row several times."""
    rule = Rule(**declared)
    if rule.code in REGISTRY or rule.ledger not in LEDGERS:
        raise ValueError(f"{rule.code}: declared twice, or there is no ledger {rule.ledger}")
    with supposing():
        condition = rule.where(ANY_DAY)
        refuse_to_many(rule.code, rule.model, condition)
        rule.model.objects.filter(condition).values(*rule.reads)
    REGISTRY[rule.code] = rule
    return rule


def of(user):
    """The rules whose ledgers this person may see, the gravest first."""
    grave = list(Severity)
    return sorted(
        (rule for rule in REGISTRY.values() if user.may(LEDGERS[rule.ledger].right)),
        key=lambda rule: grave.index(rule.severity),
    )


def counts(rules, on, within=""):
    """{code: how many rows}; one query a ledger, one more where sealed columns are compared, and one a rule that is alone."""
    families = defaultdict(list)
    found = {}
    for rule in rules:
        if rule.alone:
            found[rule.code] = rule.rows(on, within).count()
        else:
            families[rule.ledger].append(rule)
    for ledger, family in families.items():
        found |= counted(family, ours(LEDGERS[ledger].model, within), on)
    return found


def counted(family, rows, on):
    asked = {rule.code: Count("pk", filter=rule.where(on)) for rule in family if not rule.wrong}
    read = [rule for rule in family if rule.wrong]
    found = rows.aggregate(**asked) if asked else {}
    return found | {code: len(keys) for code, keys in (judged(read, rows, on) if read else {}).items()}


def judged(rules, rows, on):
    """{code: keys of the rows} of rules on sealed columns, read once for all of them."""
    names = list(dict.fromkeys(name for rule in rules for name in rule.reads))
    held = [Case(When(rule.where(on), then=True), default=False) for rule in rules]
    found = {rule.code: [] for rule in rules}
    for pk, *values in rows.order_by().values_list("pk", *names, *held):
        said = dict(zip(names, values, strict=False))
        for rule, holds in zip(rules, values[len(names) :], strict=True):
            if holds and rule.wrong(on, *(said[name] for name in rule.reads)):
                found[rule.code].append(pk)
    return found


def broken(ledger, pk, on):
    """The rules that one record breaks, the gravest first."""
    family = [rule for rule in REGISTRY.values() if rule.ledger == ledger.code]
    found = counted(family, ours(ledger.model).filter(pk=pk), on) if family else {}
    return sorted(
        (rule for rule in family if found[rule.code]), key=lambda r: list(Severity).index(r.severity)
    )

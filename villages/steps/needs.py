"""What many steps ask for, and the people who take them."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from django.utils import timezone

from povertyparty.kinds import Choice, Day, Fault, Text, YesNo
from povertyparty.steps import Need
from villages.models import Parameter, Role

VILLAGE = frozenset({Role.VILLAGE_FILER})
TOWNSHIP = frozenset({Role.TOWNSHIP_OFFICER})
TOWNSHIP_LEADER = frozenset({Role.TOWNSHIP_LEADER})
COUNTY = frozenset({Role.COUNTY_OFFICER})
COUNTY_LEADER = frozenset({Role.COUNTY_LEADER})
DEPARTMENT = frozenset({Role.DEPARTMENT})
SUPERVISION = frozenset({Role.SUPERVISOR})


@dataclass(frozen=True)
class Happened(Day):
    """A day that has come."""

    def parse(self, raw):
        day = super().parse(raw)
        if day > timezone.localdate():
            raise Fault("不能晚于今天")
        return day


@dataclass(frozen=True)
class Sure(YesNo):
    """What must be so for the step to be taken at all."""

    def parse(self, raw):
        if not super().parse(raw):
            raise Fault("须为“是”才能办理")
        return True


REASON = Need("reason", "理由", Text(longest=500), least=5)
DOCUMENT = Need("document", "文号", Text(longest=60))


def day(name, label, **more):
    return Need(name, label, Happened(), **more)


def choice(name, label, labels, **more):
    return Need(name, label, Choice(labels=tuple(labels)), **more)


def private(need):
    """Facts about a person, for those who may read reviews."""
    return replace(need, right="see_reviews")


def text(name, label, longest=200, **more):
    return Need(name, label, Text(longest=longest), **more)


def sure(name, label, **more):
    return Need(name, label, Sure(), **more)


def disordered(details, *names):
    """{need: why} where a later one of these days lies before an earlier one."""
    days = [(name, details[name]) for name in names if details.get(name)]
    return {name: "不能早于前一环节的日期" for (_, before), (name, on) in pairwise(days) if on < before}


def parameters(found):
    """What is in force today in the county of the record."""
    return Parameter.values(found.county, timezone.localdate())


def last_closed_year():
    return timezone.localdate().year - 1


def months_after(day, months):
    """So many months later (earlier where below 0), on the same day or the last of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def still_on_notice(found, begun, on=None):
    """What is lacking that day (today) of the notice that this step began, or ""; one begun elsewhere has run."""
    on, least = on or timezone.localdate(), parameters(found)["notice_days"]
    ran = (on - date.fromisoformat(begun.details["notice_on"])).days if begun else least
    return "" if ran >= least else f"公示须满{least}天，到{on}是第{ran}天"


def partial(text):
    """The first day of a date known to the year, the month or the day."""
    return date.fromisoformat((text + "-01-01")[:10] if len(text) < 7 else (text + "-01")[:10])


def listed(faults):
    """Several reasons in one sentence, "" for none."""
    return "；".join(filter(None, faults))

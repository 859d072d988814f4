"""集体经济收入: a year is filed, audited, and locked by a second person; then only the county opens it again (domain.md §2.10)."""

from django.utils import timezone

from povertyparty.kinds import Name
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import CollectiveIncome
from villages.steps.needs import COUNTY, REASON, TOWNSHIP

S = CollectiveIncome.State

STEPS = {
    "audit": Step("审核", by(TOWNSHIP, S.FILED), S.AUDITED, (Need("auditor", "审核人", Name()),)),
    "send_back": Step("退回重报", by(TOWNSHIP, S.AUDITED), S.FILED, (REASON,), grave=True),
    "lock": Step("锁定", by(TOWNSHIP, S.AUDITED), S.LOCKED, not_by=("audit",)),
    "unlock": Step("解锁", by(COUNTY, S.LOCKED), S.FILED, (REASON,), grave=True),
}


class IncomeProcess(Process):
    code = ledger = "collective_incomes"
    title = "年度收入审核"
    steps = STEPS
    turns = {
        S.FILED: Turn("audit", TOWNSHIP, "乡镇经办人"),
        S.AUDITED: Turn("lock", TOWNSHIP, "乡镇经办人", "由审核以外的人锁定"),
    }
    road = tuple(S)
    work = frozenset({S.FILED})
    begins = {"auditor": ""}

    def bars(self, found, verb):
        if verb == "lock" and found.year >= timezone.localdate().year:
            return f"{found.year}年还没有结束"
        return ""

    def sets(self, found, verb, after, details):
        if verb == "audit":
            return {"auditor": details["auditor"]}
        return {"locked": True} if verb == "lock" else {"locked": False, "auditor": ""}


register(IncomeProcess())

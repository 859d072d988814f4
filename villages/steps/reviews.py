"""县级联审: nine departments sign, the county concludes, another judges an appeal (domain.md §2.6). Two roles only."""

from povertyparty.kinds import Choices, Name
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import DEPARTMENTS, JointReview
from villages.models.cadres import Review
from villages.models.reviews import Opinion
from villages.steps.needs import COUNTY, COUNTY_LEADER, REASON, choice, day

S, Stage = JointReview.State, JointReview.Stage
SIGNERS = {label: name for name, label in DEPARTMENTS.items()}
OPEN = (S.SUBMITTED, S.SIGNING, S.COLLECTED)
CONCLUSION = choice("conclusion", "联审结论", Review)


class Sign(Step):
    def lands(self, found, before, details):
        """The last department completes the review; on appeal a department may change its word."""
        if before == S.APPEALED:
            return before
        signed = {SIGNERS[label] for label in details["departments"]}
        return (
            S.COLLECTED if all(name in signed or getattr(found, name) for name in DEPARTMENTS) else S.SIGNING
        )


STEPS = {
    "sign": Sign(
        "登记会签意见",
        by(COUNTY, *OPEN, S.APPEALED),
        needs=(
            Need(
                "departments",
                "部门",
                Choices(labels=tuple((label, label) for label in SIGNERS), most=len(SIGNERS)),
                help="意见相同的部门可一并登记。",
            ),
            choice("opinion", "意见", Opinion),
            Need("signer", "会签人", Name(), required=False),
            day("signed_on", "会签日期"),
        ),
    ),
    "conclude": Step("下结论", by(COUNTY, S.COLLECTED), S.CONCLUDED, (CONCLUSION,)),
    "appeal": Step("登记申诉", by(COUNTY, S.CONCLUDED), S.APPEALED, (day("appealed_on", "申诉日期"), REASON)),
    "recheck": Step(
        "复核",
        by(COUNTY_LEADER, S.APPEALED),
        S.CONCLUDED,
        (CONCLUSION, REASON),
        not_by=("conclude",),
    ),
}


class ReviewProcess(Process):
    code = ledger = "joint_reviews"
    title = "联审的办理"
    steps = STEPS
    turns = {
        S.SUBMITTED: Turn("sign", COUNTY, "县委组织部经办人"),
        S.SIGNING: Turn("sign", COUNTY, "县委组织部经办人"),
        S.COLLECTED: Turn("conclude", COUNTY, "县委组织部经办人"),
        S.APPEALED: Turn("recheck", COUNTY_LEADER, "县委组织部领导"),
    }
    road = (*OPEN, S.CONCLUDED)

    def bars(self, found, verb):
        if verb == "appeal" and found.conclusion == "符合":
            return "结论是“符合”，不需要申诉"
        if verb == "appeal" and self.last(found, "recheck"):
            return "已经复核过，复核的结论为最终结论"
        return ""

    def amiss(self, found, verb, details):
        against = [label for label, name in SIGNERS.items() if getattr(found, name) == "不同意"]
        if details.get("conclusion") == "符合" and against:
            return {
                "conclusion": f"{'、'.join(against)}不同意，不能是“符合”；部门改变意见的，先登记新的会签意见"
            }
        return {}

    def sets(self, found, verb, after, details):
        if verb == "sign":
            return {SIGNERS[label]: details["opinion"] for label in details["departments"]}
        stage = Stage.APPEALED if verb == "appeal" else ""
        return {"stage": stage} | ({"conclusion": details["conclusion"]} if "conclusion" in details else {})


register(ReviewProcess())

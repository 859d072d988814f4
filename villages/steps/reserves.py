"""后备干部: named, vetted, brought up, used; looked through every year (domain.md §2.9, S117)."""

from django.utils import timezone

from povertyparty.kinds import Name, Year
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import Cadre, JointReview, Reserve
from villages.models import labels as words
from villages.steps.needs import COUNTY, REASON, TOWNSHIP, choice, day, listed, text

S = Reserve.State
REASONS = words("年龄", "意愿", "不合格", "去世", "外迁", "其他")
IN_POOL = (S.POOL, S.TRAINING, S.RIPE)
KNOWN = ("born_on", "source", "aim")

STEPS = {
    "submit": Step(
        "报县联审", by(TOWNSHIP, S.NAMED), S.VETTING, (day("met_on", "村党组织研究提名日期"),)
    ),
    "back": Step("退回提名", by(COUNTY, S.VETTING), S.NAMED, (REASON,), grave=True),
    "admit": Step("批准入库", by(COUNTY, S.VETTING), S.POOL, (day("entered_on", "入库日期"),)),
    "train": Step(
        "开始培养",
        by(TOWNSHIP, S.POOL),
        S.TRAINING,
        (Need("mentor", "培养联系人", Name()), text("training", "培养措施", 200)),
    ),
    "ripen": Step(
        "认定成熟", by(COUNTY, S.TRAINING), S.RIPE, (text("practice", "岗位锻炼情况", 200),)
    ),
    "use": Step(
        "使用", by(COUNTY, S.RIPE), S.USED, (text("post", "使用职务", 60), day("used_on", "任职日期"))
    ),
    "keep": Step("年度调整：保留", by(COUNTY, *IN_POOL), needs=(Need("year", "调整年度", Year()), REASON)),
    "out": Step(
        "调整出库",
        by(COUNTY, S.NAMED, S.VETTING, *IN_POOL),
        S.OUT,
        (choice("category", "出库原因", REASONS), REASON),
        grave=True,
    ),
    "restore": Step("重新入库", by(COUNTY, S.USED, S.OUT), S.POOL, (REASON,)),
}  # fmt: skip


class ReserveProcess(Process):
    code = ledger = "reserves"
    title = "后备干部的培养"
    steps = STEPS
    turns = {
        S.NAMED: Turn("submit", TOWNSHIP, "乡镇经办人"),
        S.VETTING: Turn("admit", COUNTY, "县委组织部经办人", "联审后批准入库"),
    }
    road = (S.NAMED, S.VETTING, S.POOL, S.TRAINING, S.RIPE, S.USED)
    begins = {"state": S.NAMED}

    def bars(self, found, verb):
        if verb == "submit":
            return listed(self.unknown(found))
        if verb in {"admit", "restore"} and conclusion(found) != "符合":
            return f"联审结论须为“符合”，现在是“{conclusion(found) or '空白'}”：请先在“县级联审”中登记结论"
        return ""

    def unknown(self, found):
        for name in KNOWN:
            if not getattr(found, name):
                yield f"没有填写“{found._meta.get_field(name).verbose_name}”，请先在“修改”中补齐"

    def amiss(self, found, verb, details):
        if verb == "use" and details["used_on"].isoformat() < found.entered_on:
            return {"used_on": f"不能早于入库（{found.entered_on}）"}
        if verb == "keep":
            return dict(self.wrong_year(found, details["year"]))
        return {}

    def wrong_year(self, found, year):
        this_year = timezone.localdate().year
        if not this_year - 1 <= year <= this_year:
            yield "year", "应为今年或去年"
        if self.steps_taken(found).filter(verb="keep", details__year=year).exists():
            yield "year", f"{year}年度已经办理保留"

    def sets(self, found, verb, after, details):
        if verb == "admit":
            return {"entered_on": details["entered_on"], "review": "符合"}
        if verb == "use":
            return {"left_on": details["used_on"], "left_for": details["post"]}
        if verb == "out":
            return {"left_on": timezone.localdate(), "left_for": details["category"]}
        if verb == "restore":
            return {"left_on": "", "left_for": ""}
        if verb == "ripen":
            return {"practice": details["practice"], "ripeness": "近期可用"}
        return details if verb == "train" else {}

    def suggests(self, found, verb):
        """What the roster of cadres says of the same person is not typed again."""
        if verb == "use" and (cadre := self.as_cadre(found)):
            return {
                "post": cadre.get_post_display(),
                "used_on": cadre.since if len(cadre.since) == 10 else "",
            }
        kept = {"train": ("mentor", "training"), "ripen": ("practice",)}.get(verb, ())
        this_year = {"year": timezone.localdate().year} if verb == "keep" else {}
        return this_year | {name: getattr(found, name) for name in kept}

    def as_cadre(self, found):
        same = {"place": found.place_id, "name": found.name, "born_on": found.born_on}
        return Cadre.objects.filter(Cadre.serving_on(timezone.localdate()), **same).first()


def conclusion(found):
    """Of the last joint review of this person, or else as the roster has it."""
    last = JointReview.concluded(found)
    return last.conclusion if last else found.review


register(ReserveProcess())

"""驻村: recommended, trained, stationed, relieved by a successor on the spot (domain.md §2.7, 不脱贫不脱钩)."""

from datetime import date

from django.db.models import Q
from django.utils import timezone

from povertyparty.kinds import Day, Name, Year
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import Cadre, Posting, Village
from villages.models.cadres import Assessment
from villages.steps.needs import (
    COUNTY,
    COUNTY_LEADER,
    DOCUMENT,
    REASON,
    TOWNSHIP,
    choice,
    day,
    listed,
    months_after,
    parameters,
    partial,
    private,
)

S, Stage = Posting.State, Posting.Stage
PROPOSED = (S.RECOMMENDED, S.APPROVED, S.TRAINED)
STATIONED = (S.IN_POST, S.HANDING)
LEFT_ON = day("left_on", "离村日期")
DUE_ON = Need("due_on", "计划期满", Day())

STEPS = {
    "approve": Step("组织部审核", by(COUNTY, S.RECOMMENDED), S.APPROVED),
    "train": Step(
        "登记岗前培训", by(COUNTY, S.APPROVED), S.TRAINED, (day("trained_on", "岗前培训结业日期"),)
    ),
    "station": Step(
        "派驻到村", by(COUNTY, S.TRAINED), S.IN_POST, (DOCUMENT, day("came_on", "到村日期"), DUE_ON)
    ),
    "decline": Step("不予派出", by(COUNTY, *PROPOSED), S.DECLINED, (private(REASON),), grave=True),
    "assess": Step(
        "登记年度考核",
        by(TOWNSHIP | COUNTY, *STATIONED),
        needs=(
            Need("year", "考核年度", Year()),
            choice("assessment", "考核等次", Assessment, right="see_sensitive"),
        ),
    ),
    "extend": Step("续派", by(COUNTY, S.IN_POST), needs=(DUE_ON, DOCUMENT)),
    "hand_over": Step(
        "开始压茬交接",
        by(TOWNSHIP | COUNTY, S.IN_POST),
        S.HANDING,
        (Need("successor", "接任人姓名", Name(), help="须是本村驻村花名册中同一职务的人。名下有未办结整改事项的，随即生成交接清单。"), day("begun_on", "交接开始日期")),
    ),
    "rotate": Step("期满轮换", by(COUNTY, *STATIONED), S.LEFT, (LEFT_ON,)),
    "recall": Step("召回", by(COUNTY, *STATIONED), S.LEFT, (LEFT_ON, private(REASON)), grave=True),
    "transfer": Step("组织调整", by(COUNTY, *STATIONED), S.LEFT, (LEFT_ON, DOCUMENT)),
    "release": Step(
        "特批离岗", by(COUNTY_LEADER, *STATIONED), S.LEFT, (LEFT_ON, private(REASON)), grave=True
    ),
}  # fmt: skip
AFTER = {
    "approve": Stage.APPROVED,
    "train": Stage.TRAINED,
    "decline": Stage.DECLINED,
    "hand_over": Stage.HANDING,
}
ENDS = ("rotate", "recall", "transfer")


class Legacy:
    """遗留: what somebody who leaves a village answers for and hands on. Here nothing is known of it: who keeps it says so."""

    def begin(self, found, successor, on):
        """The hand-over on the spot has begun."""

    def lacking(self, found):
        """Why it is not handed on yet, with the remedy, or ""."""
        return ""


class PostingProcess(Process):
    code = ledger = "postings"
    title = "派驻的办理"
    steps = STEPS
    turns = {
        S.RECOMMENDED: Turn("approve", COUNTY, "县委组织部经办人"),
        S.APPROVED: Turn("train", COUNTY, "县委组织部经办人"),
        S.TRAINED: Turn("station", COUNTY, "县委组织部经办人"),
        S.HANDING: Turn("rotate", COUNTY, "县委组织部经办人", "交接完毕后登记离岗"),
    }
    road = (*PROPOSED, *STATIONED, S.LEFT)
    begins = {"stage": Stage.RECOMMENDED}
    legacy = Legacy()

    def road_of(self, state):
        """Not everybody hands over."""
        return tuple(one for one in super().road_of(state) if one != S.HANDING or state == S.HANDING)

    def bars(self, found, verb):
        if verb == "station":
            return self.holds_a_post(found)
        if verb in ENDS:
            return listed([*self.not_to_end(found, verb, timezone.localdate()), self.legacy.lacking(found)])
        return ""

    def holds_a_post(self, found):
        if found.duty not in Posting.FIRST_SECRETARIES:
            return ""
        own = Cadre.objects.filter(
            Cadre.serving_on(timezone.localdate()), place=found.place_id, name=found.name
        )
        if found.born_on:
            own = own.filter(Q(born_on="") | Q(born_on=found.born_on))
        if post := own.first():
            return (
                f"第一书记不占村“两委”职数，{post}登记在任：请先在村干部花名册登记离任；"
                "确为两人的，两处都填写出生年月"
            )
        return ""

    def not_to_end(self, found, verb, on):
        """What stands against leaving that day."""
        if verb == "rotate" and found.came_on:
            least = parameters(found)["posting_months"]
            if on < (term := months_after(partial(found.came_on), least)):
                yield f"任期须满{least}个月，最早{term}；不胜任的请办理召回，工作需要的请办理组织调整"
        if self.is_bound(found) and not self.relief(found, on).exists():
            yield (
                f"本村是尚未退出的贫困村（不脱贫不脱钩），到{on}没有同一职务的接任人在岗："
                "请先把接任人派驻到村，离村日期不早于接任人到村；确需先离岗的，由县委组织部领导特批"
            )

    def is_bound(self, found):
        today = timezone.localdate()
        return Village.objects.filter(
            Village.poor_on(today), ~Village.exited_on(today), place=found.place_id
        ).exists()

    def alike(self, found):
        """The others of the village who hold, or are to hold, the same duty."""
        firsts = Posting.FIRST_SECRETARIES
        duties = firsts if found.duty in firsts else [found.duty]
        return Posting.objects.filter(place=found.place_id, duty__in=duties).exclude(pk=found.pk)

    def relief(self, found, on):
        return self.alike(found).in_post(on)

    def amiss(self, found, verb, details):
        if verb == "station":
            return self.misdated(found, **details)
        if verb == "assess" and details["year"] > timezone.localdate().year:
            return {"year": "不能晚于今年"}
        if verb == "extend" and details["due_on"] <= max(self.due(found), timezone.localdate()):
            return {"due_on": "应晚于今天和原来的计划期满"}
        if verb == "hand_over":
            return self.nobody_named(found, details["successor"]) | self.too_early(
                found, "begun_on", details["begun_on"]
            )
        if left_on := details.get("left_on"):
            if early := self.too_early(found, "left_on", left_on):
                return early
            # What stands against leaving even today is no fault of the date (bars).
            if verb in ENDS and not self.bars(found, verb):
                why = listed(self.not_to_end(found, verb, left_on))
                return {"left_on": why} if why else {}
        return {}

    def misdated(self, found, came_on, due_on, **_):
        faults, least = {}, parameters(found)["posting_months"]
        if due_on < (term := months_after(came_on, least)):
            faults["due_on"] = f"任期不少于{least}个月，应不早于{term}"
        same = Posting.objects.filter(place=found.place_id, name=found.name, came_on=came_on.isoformat())
        if same.exists():
            faults["came_on"] = "该村同一人同一到村时间已登记"
        return faults

    def due(self, found):
        return partial(found.due_on) if found.due_on else date.min

    def nobody_named(self, found, successor):
        if successor == found.name:
            return {"successor": "接任人不能是本人"}
        coming = self.alike(found).filter(name=successor, left_on="").exclude(stage=Stage.DECLINED)
        return (
            {} if coming.exists() else {"successor": "本村驻村花名册中没有这位同一职务的人，请先登记接任人"}
        )

    def too_early(self, found, name, day):
        return {name: "不能早于到村时间"} if found.came_on and day < partial(found.came_on) else {}

    def sets(self, found, verb, after, details):
        facts = {} if verb in ("assess", "extend") else {"stage": AFTER.get(verb, "")}
        for name in ("came_on", "due_on", "left_on"):
            if name in details:
                facts[name] = details[name].isoformat()
        if verb in ("station", "assess"):
            facts |= {name: details[name] for name in ("document", "assessment") if name in details}
        if after == S.LEFT:
            facts["rotation"] = self.steps[verb].label
        return facts

    def causes(self, found, taken, details):
        if taken.verb == "hand_over":
            self.legacy.begin(found, details["successor"], details["begun_on"])

    def suggests(self, found, verb):
        if verb == "assess":
            return {"year": timezone.localdate().year - 1}
        return {"document": found.document} if verb == "station" else {}


POSTINGS = register(PostingProcess())

"""县级联审 and 干部调整: results and reasons only, readable by two roles; everybody else gets counts (domain.md §2.6, §5.3)."""

from django.db import models
from django.db.models import Q, Value, When

from povertyparty.ledger import PartialDateField
from povertyparty.models import tracked
from villages.models.cadres import Cadre, Review
from villages.models.households import labels
from villages.models.places import Local, read_off, waiting

Opinion = labels("同意", "不同意", "需说明")
DEPARTMENTS = {
    "discipline": "纪委监委",
    "organization": "组织",
    "politics_and_law": "政法",
    "petitions": "信访",
    "court": "法院",
    "procuratorate": "检察院",
    "police": "公安",
    "justice": "司法",
    "others": "其他",
}


def opinion(department):
    return models.CharField(DEPARTMENTS[department], max_length=4, choices=Opinion, blank=True)


@tracked
class Adjustment(Local):
    """干部调整: which post somebody left, and the category of the reason."""

    Kind = labels("调整", "免职", "辞职", "罢免", "清理", "调任", "届满")
    Reason = labels("不胜任现职", "年龄原因", "个人原因", "刑事处罚", "工作需要", "违纪违规", "其他")

    name = models.CharField("姓名", max_length=64)
    post = models.CharField("原职务", max_length=20, choices=Cadre.Post)
    kind = models.CharField("调整类型", max_length=4, choices=Kind)
    reason = models.CharField("调整原因类别", max_length=6, choices=Reason)
    document = models.CharField("文号", max_length=60, blank=True)
    on = PartialDateField("日期")
    successor = models.CharField("接任人", max_length=64, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "干部调整"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name", "on", "kind"],
                name="adjustment_once",
                violation_error_message="该村同一人同日的同类调整已登记",
            )
        ]

    def __str__(self):
        return f"{self.on}{self.get_kind_display()}"


@tracked
class JointReview(Local):
    """县级联审 of one person for one post: each department's word, and the conclusion. Details stay with the departments."""

    class Stage(models.TextChoices):
        APPEALED = "appealed", "申诉"

    class State(models.TextChoices):
        """Where a review stands (domain.md §2.6), read off the opinions and the conclusion."""

        SUBMITTED = "submitted", "提交"
        SIGNING = "signing", "会签中"
        COLLECTED = "collected", "已汇总"
        CONCLUDED = "concluded", "已下结论"
        APPEALED = "appealed", "申诉"

    name = models.CharField("姓名", max_length=64)
    post = models.CharField("拟任/现任职务", max_length=40)
    discipline = opinion("discipline")
    organization = opinion("organization")
    politics_and_law = opinion("politics_and_law")
    petitions = opinion("petitions")
    court = opinion("court")
    procuratorate = opinion("procuratorate")
    police = opinion("police")
    justice = opinion("justice")
    others = opinion("others")
    conclusion = models.CharField("联审结论", max_length=4, choices=Review, blank=True)
    on = PartialDateField("日期", blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    stage = models.CharField("申诉环节", max_length=10, choices=Stage, blank=True, editable=False)
    state = read_off(
        "联审状态",
        State,
        When(stage="appealed", then=Value(State.APPEALED)),
        When(~Q(conclusion=""), then=Value(State.CONCLUDED)),
        When(Q(*(~Q(**{name: ""}) for name in DEPARTMENTS)), then=Value(State.COLLECTED)),
        When(~Q(**dict.fromkeys(DEPARTMENTS, "")), then=Value(State.SIGNING)),
        default=State.SUBMITTED,
    )

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "县级联审"
        indexes = [
            *Local.Meta.indexes,
            waiting("joint_review_waiting", ["submitted", "signing", "collected", "appealed"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name", "post", "on"],
                name="joint_review_once",
                violation_error_message="该村同一人同日的联审已登记",
            ),
            models.CheckConstraint(
                condition=~Q(conclusion="符合")
                | ~Q(
                    Q(discipline="不同意")
                    | Q(organization="不同意")
                    | Q(politics_and_law="不同意")
                    | Q(petitions="不同意")
                    | Q(court="不同意")
                    | Q(procuratorate="不同意")
                    | Q(police="不同意")
                    | Q(justice="不同意")
                    | Q(others="不同意")
                ),
                name="joint_review_passes_with_no_objection",
                violation_error_message="有部门不同意的，联审结论不能是“符合”",
            ),
        ]

    def __str__(self):
        return f"{self.on}联审"

    @classmethod
    def concluded(cls, person):
        """The last review of somebody in a village that came to a conclusion, or None."""
        held = cls.objects.filter(place=person.place_id, name=person.name).exclude(conclusion="")
        return held.order_by("on", "pk").last()

"""村干部、驻村干部、后备干部: who holds which post in a village, since when (domain.md §3.6-3.8)."""

from django.db import models
from django.db.models import F, Q, Value, When

from povertyparty.ledger import PartialDateField, between
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet
from povertyparty.sealed import SealedField
from villages.models.households import labels
from villages.models.places import Local, read_off, waiting

Sex = labels("男", "女")
Schooling = labels("研究生", "大学本科", "大专", "中专", "高中", "初中", "小学", "其他")
Political = labels(
    "中共党员",
    "中共预备党员",
    "入党积极分子",
    "共青团员",
    "民革会员",
    "民盟盟员",
    "民建会员",
    "民进会员",
    "农工党党员",
    "致公党党员",
    "九三学社社员",
    "台盟盟员",
    "无党派人士",
    "群众",
)
Source = labels("致富能手", "外出务工经商返乡", "本土大学毕业生", "复员退伍军人", "其他")
Review = labels("符合", "不符合", "暂缓")
Assessment = labels("优秀", "称职", "基本称职", "不称职")


class Digital(models.TextChoices):
    NONE = "none", "不会"
    BASIC = "basic", "会基本操作"
    SKILLED = "skilled", "熟练"


@tracked
class Cadre(Local):
    """村“两委”干部: somebody on the way into a post, in it, or out of it (domain.md §2.6)."""

    class Stage(models.TextChoices):
        """Where a post is not simply held; "" in office."""

        NOMINATED = "nominated", "提名"
        REVIEWING = "reviewing", "县级联审"
        CLEARED = "cleared", "待公示"
        NOTICE = "notice", "公示"
        ACTING = "acting", "代理"
        EXTENDED = "extended", "延期"
        DROPPED = "dropped", "未任用"

    class State(models.TextChoices):
        NOMINATED = "nominated", "提名"
        REVIEWING = "reviewing", "县级联审"
        CLEARED = "cleared", "待公示"
        NOTICE = "notice", "公示"
        DROPPED = "dropped", "未任用"
        SERVING = "serving", "在任"
        ACTING = "acting", "代理"
        EXTENDED = "extended", "延期"
        LEFT = "left", "已离任"

    PROPOSED = ["nominated", "reviewing", "cleared", "notice"]

    class Post(models.TextChoices):
        SECRETARY = "secretary", "党组织书记"
        DEPUTY_SECRETARY = "deputy_secretary", "副书记"
        BRANCH_MEMBER = "branch_member", "支部委员"
        HEAD = "head", "村委会主任"
        DEPUTY_HEAD = "deputy_head", "副主任"
        COMMITTEE_MEMBER = "committee_member", "村委委员"
        SUPERVISOR = "supervisor", "监委会主任"
        CLERK = "clerk", "文书(会计)"
        YOUTH = "youth", "团支书"
        WOMEN = "women", "妇联主席"
        POVERTY_OFFICER = "poverty_officer", "扶贫专干"

    name = models.CharField("姓名", max_length=64)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    born_on = PartialDateField("出生年月", blank=True)
    schooling = models.CharField("学历", max_length=10, choices=Schooling, blank=True)
    political = models.CharField("政治面貌", max_length=10, choices=Political, blank=True)
    joined_party_on = PartialDateField("入党时间", blank=True)
    post = models.CharField("现任职务", max_length=20, choices=Post)
    heads_both = models.BooleanField("是否一肩挑", null=True, blank=True)
    since = PartialDateField("任现职时间", blank=True)
    years = models.DecimalField("累计任职年限", max_digits=4, decimal_places=1, null=True, blank=True)
    source = models.CharField("来源", max_length=10, choices=Source, blank=True)
    id_number = SealedField("身份证号码", max_length=18, null=True, blank=True)
    phone = SealedField("联系电话", max_length=20, blank=True)
    duties = models.CharField("主要分工", max_length=200, blank=True)
    leads = models.CharField("带富类型", max_length=200, blank=True)
    digital = models.CharField("数字化办公水平", max_length=8, choices=Digital, blank=True)
    trained = models.CharField("年度轮训情况", max_length=100, blank=True)
    review = models.CharField("县级联审结论", max_length=4, choices=Review, blank=True)
    reviewed_on = PartialDateField("联审日期", blank=True)
    assessment = models.CharField("上年度考核", max_length=6, choices=Assessment, blank=True)
    pay = models.DecimalField("月报酬(元)", max_digits=10, decimal_places=2, null=True, blank=True)
    adjustment = models.CharField("调整情况", max_length=200, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    stage = models.CharField("任职环节", max_length=10, choices=Stage, blank=True, editable=False)
    left_on = PartialDateField("离任时间", blank=True, editable=False)
    state = read_off(
        "任职状态",
        State,
        When(~Q(left_on=""), then=Value(State.LEFT)),
        When(~Q(stage=""), then=F("stage")),
        default=State.SERVING,
    )

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "村“两委”干部"
        indexes = [
            *Local.Meta.indexes,
            waiting("cadre_waiting", ["nominated", "reviewing", "cleared", "notice"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "id_number"],
                name="cadre_id_once",
                violation_error_message="该证件已在本县其他村登记任职，请联系县级核对",
            )
        ]

    def __str__(self):
        return f"{self.name}（{self.get_post_display()}）"

    @classmethod
    def came(cls):
        """The condition on those who took up their post, whether they hold it still or not."""
        return ~Q(stage__in=[*cls.PROPOSED, cls.Stage.DROPPED])

    @classmethod
    def serving_on(cls, day):
        """The condition on those who hold their post that day: come and not left, nor only proposed for it."""
        return cls.came() & between("since", "left_on", day)


class PostingQuerySet(ScopedQuerySet):
    def in_post(self, on):
        return self.filter(Posting.held_on(on))

    def come(self):
        return self.filter(Posting.came())


@tracked
class Posting(Local):
    """第一书记和驻村工作队: somebody sent by a unit to live and work in a village (domain.md §2.7)."""

    class Duty(models.TextChoices):
        FIRST_SECRETARY = "first_secretary", "第一书记"
        FIRST_AND_LEADER = "first_and_leader", "第一书记兼队长"
        LEADER = "leader", "工作队队长"
        DEPUTY = "deputy", "副队长"
        MEMBER = "member", "队员"

    class Stage(models.TextChoices):
        """Work on the way into a village or out of it; "" between."""

        RECOMMENDED = "recommended", "单位推荐"
        APPROVED = "approved", "组织部已审核"
        TRAINED = "trained", "已岗前培训"
        DECLINED = "declined", "未派出"
        HANDING = "handing", "压茬交接"

    class State(models.TextChoices):
        RECOMMENDED = "recommended", "单位推荐"
        APPROVED = "approved", "组织部已审核"
        TRAINED = "trained", "已岗前培训"
        DECLINED = "declined", "未派出"
        IN_POST = "in_post", "在岗"
        HANDING = "handing", "压茬交接"
        LEFT = "left", "已离岗"

    FIRST_SECRETARIES = [Duty.FIRST_SECRETARY, Duty.FIRST_AND_LEADER]
    PROPOSED = ["recommended", "approved", "trained", "declined"]
    UnitLevel = labels("中央", "自治区", "市", "县", "乡")

    name = models.CharField("姓名", max_length=64)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    born_on = PartialDateField("出生年月", blank=True)
    schooling = models.CharField("学历", max_length=10, choices=Schooling, blank=True)
    political = models.CharField("政治面貌", max_length=10, choices=Political, blank=True)
    unit = models.CharField("派出单位", max_length=60)
    unit_level = models.CharField("单位层级", max_length=4, choices=UnitLevel, blank=True)
    rank = models.CharField("原职务职级", max_length=60, blank=True)
    duty = models.CharField("驻村职务", max_length=16, choices=Duty)
    document = models.CharField("派驻文号", max_length=60, blank=True)
    came_on = PartialDateField("到村时间", blank=True)
    due_on = PartialDateField("计划期满", blank=True)
    left_on = PartialDateField("实际离村", blank=True)
    rural_years = models.DecimalField(
        "农村工作经历(年)", max_digits=4, decimal_places=1, null=True, blank=True
    )
    party_moved = models.BooleanField("党组织关系是否转入", null=True, blank=True)
    released = models.BooleanField("是否脱产", null=True, blank=True)
    phone = SealedField("联系电话", max_length=20, blank=True)
    days_this_month = models.PositiveSmallIntegerField("本月在村天数", null=True, blank=True)
    leave_days = models.PositiveSmallIntegerField("年累计请假天数", null=True, blank=True)
    households = models.PositiveSmallIntegerField("包联户数", null=True, blank=True)
    five_duties = models.CharField("五项职责完成情况", max_length=100, blank=True)
    assessment = models.CharField("年度考核", max_length=6, choices=Assessment, blank=True)
    rotation = models.CharField("轮换/召回情况", max_length=200, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    stage = models.CharField("派驻环节", max_length=12, choices=Stage, blank=True, editable=False)
    state = read_off(
        "派驻状态",
        State,
        When(~Q(left_on=""), then=Value(State.LEFT)),
        When(~Q(stage=""), then=F("stage")),
        default=State.IN_POST,
    )

    objects = PostingQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "驻村干部"
        indexes = [
            *Local.Meta.indexes,
            waiting("posting_waiting", ["recommended", "approved", "trained", "handing"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name", "came_on"],
                name="posting_once",
                violation_error_message="该村同一人同一到村时间已登记",
            ),
            models.CheckConstraint(
                condition=Q(left_on="") | Q(came_on="") | Q(left_on__gte=models.F("came_on")),
                name="posting_leaves_after_coming",
                violation_error_message="实际离村不能早于到村时间",
            ),
            models.CheckConstraint(
                condition=Q(days_this_month=None) | Q(days_this_month__lte=31),
                name="posting_days_in_a_month",
                violation_error_message="本月在村天数不能超过31天",
            ),
        ]

    def __str__(self):
        return f"{self.name}（{self.get_duty_display()}）"

    @classmethod
    def held_on(cls, day):
        """Come by that day and not left by it. A date known to the month counts from its first day."""
        day = day.isoformat()
        return cls.came() & Q(came_on__lte=day) & (Q(left_on="") | Q(left_on__gt=day))

    @classmethod
    def came(cls):
        """The condition on those who went to the village, whether they are there still or not."""
        return ~Q(stage__in=cls.PROPOSED)


@tracked
class Reserve(Local):
    """村级后备干部 (domain.md §2.9)."""

    class State(models.TextChoices):
        NAMED = "named", "提名"
        VETTING = "vetting", "联审"
        POOL = "pool", "在库"
        TRAINING = "training", "培养"
        RIPE = "ripe", "成熟"
        USED = "used", "使用"
        OUT = "out", "出库"

    Aim = labels("书记", "主任", "委员", "村委委员", "支部委员", "文书")
    Ripeness = labels("近期可用", "1–2年", "3年以上")

    name = models.CharField("姓名", max_length=64)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    born_on = PartialDateField("出生年月", blank=True)
    schooling = models.CharField("学历", max_length=10, choices=Schooling, blank=True)
    political = models.CharField("政治面貌", max_length=10, choices=Political, blank=True)
    source = models.CharField("来源", max_length=10, choices=Source, blank=True)
    work = models.CharField("现从事工作", max_length=100, blank=True)
    aim = models.CharField("培养方向", max_length=20, blank=True)
    mentor = models.CharField("培养联系人", max_length=64, blank=True)
    entered_on = PartialDateField("入库时间", blank=True)
    review = models.CharField("联审结论", max_length=4, choices=Review, blank=True)
    training = models.CharField("培养措施", max_length=200, blank=True)
    practice = models.CharField("岗位锻炼情况", max_length=200, blank=True)
    trainings = models.PositiveSmallIntegerField("培训次数", null=True, blank=True)
    digital = models.CharField("数字化办公水平", max_length=8, choices=Digital, blank=True)
    ripeness = models.CharField("成熟度", max_length=6, choices=Ripeness, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.POOL)
    left_on = PartialDateField("使用/出库时间", blank=True)
    left_for = models.CharField("使用职务/出库原因", max_length=100, blank=True)
    phone = SealedField("联系电话", max_length=20, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "后备干部"
        indexes = [*Local.Meta.indexes, waiting("reserve_waiting", ["named", "vetting"])]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name", "born_on"],
                name="reserve_once",
                violation_error_message="该村同名同出生年月的后备干部已登记",
            )
        ]

    def __str__(self):
        return self.name

    @classmethod
    def in_pool_on(cls, day):
        """Entered by that day, and still there or left only after it."""
        day = day.isoformat()
        entered = Q(entered_on="") | Q(entered_on__lte=day)
        there = Q(state__in=[cls.State.POOL, cls.State.TRAINING, cls.State.RIPE])
        return entered & (there | Q(state__in=[cls.State.USED, cls.State.OUT], left_on__gt=day))

"""村党组织: the branch, its venues, its rules and its election (domain.md §3.5, §3.14)."""

import hashlib

from django.db import models
from django.db.models import Case, F, Q, Value, When

from povertyparty.ledger import PartialDateField
from povertyparty.models import tracked
from povertyparty.sealed import seal_text
from villages.models.households import labels
from villages.models.places import Local, count, money, percent, read_off, waiting

Standard = labels("达标", "未达标")
PERSONAL = ["自强脱贫户", "热心帮扶干部", "外出务工带头人"]  # good examples that are persons
UNNAMED = "未同意"


@tracked
class Branch(Local):
    """村党组织 as the county reports it once a year."""

    Kind = labels("党委", "总支", "支部", "联合支部")

    name = models.CharField("党组织名称", max_length=60)
    kind = models.CharField("组织类型", max_length=4, choices=Kind, blank=True)
    founded_on = PartialDateField("成立时间", blank=True)
    secretary = models.CharField("书记姓名", max_length=64, blank=True)
    heads_both = models.BooleanField("是否一肩挑", null=True, blank=True)
    committee = count("支委人数")
    groups = count("党小组数")
    members = count("正式党员")
    probationary = count("预备党员")
    women = count("女党员")
    under_35 = count("35岁以下党员")
    high_school = count("高中以上学历党员")
    away = count("外出流动党员")
    applicants = count("入党积极分子")
    recruited = count("年内发展党员")
    able = count("双带型党员数")
    paired = count("结对帮扶党员数")
    meetings = count("三会一课次数")
    party_days = count("主题党日次数")
    stars = models.PositiveSmallIntegerField("评星定级(星)", null=True, blank=True)
    is_weak = models.BooleanField("是否软弱涣散", null=True, blank=True)
    reorganised = models.CharField("整顿起止", max_length=60, blank=True)
    venue_area = models.DecimalField(
        "活动场所面积(㎡)", max_digits=9, decimal_places=2, null=True, blank=True
    )
    standard = models.CharField("标准化建设", max_length=4, choices=Standard, blank=True)
    remote_teaching = models.BooleanField("远程教育站点", null=True, blank=True)
    leader = models.CharField("联系领导", max_length=64, blank=True)
    unit = models.CharField("后盾单位", max_length=60, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "村党组织"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name"],
                name="branch_once",
                violation_error_message="该村同名的党组织已登记",
            ),
            models.CheckConstraint(
                condition=Q(stars=None) | Q(stars__lte=5),
                name="branch_has_at_most_five_stars",
                violation_error_message="评星定级最多5星",
            ),
        ]

    def __str__(self):
        return self.name


@tracked
class Venue(Local):
    """阵地: where the branch and the villagers meet, of the village or of a group (domain.md S40-S42)."""

    Kind = labels(
        "党群服务中心", "村级活动场所", "组级活动场所", "便民服务站", "农牧民夜校", "文化大院", "其他"
    )

    group_name = models.CharField("组", max_length=40, blank=True)
    kind = models.CharField("阵地类型", max_length=10, choices=Kind)
    built_year = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
    area = models.DecimalField("面积(㎡)", max_digits=9, decimal_places=2, null=True, blank=True)
    meets_standard = models.BooleanField("是否达标", null=True, blank=True)
    serves = models.BooleanField("惠民功能", null=True, blank=True)
    delights = models.BooleanField("乐民功能", null=True, blank=True)
    gathers = models.BooleanField("聚民功能", null=True, blank=True)
    cost = money("建设资金(万元)")
    project = models.CharField("项目编号", max_length=40, blank=True)
    problem = models.CharField("存在问题", max_length=200, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "阵地"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "group_name", "kind"],
                name="venue_once",
                violation_error_message="该村（组）同类阵地已登记",
            )
        ]

    def __str__(self):
        return f"{self.group_name}{self.get_kind_display()}"


@tracked
class VillageRule(Local):
    """村规民约 as the villagers voted for it (domain.md S150)."""

    edition = models.CharField("版本", max_length=20)
    voted_on = PartialDateField("表决日期", blank=True)
    present = count("到会人数")
    agreed = count("同意人数")
    filed = models.BooleanField("是否备案", null=True, blank=True)
    on_diligence = models.BooleanField("勤劳致富条款", null=True, blank=True)
    on_customs = models.BooleanField("移风易俗条款", null=True, blank=True)
    on_rewards = models.BooleanField("奖励条款", null=True, blank=True)
    published = models.CharField("公布方式", max_length=60, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "村规民约"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "edition"],
                name="village_rule_once",
                violation_error_message="该村这一版本的村规民约已登记",
            ),
            models.CheckConstraint(
                condition=Q(present=None) | Q(agreed=None) | Q(agreed__lte=F("present")),
                name="village_rule_agreed_were_present",
                violation_error_message="同意人数不能多于到会人数",
            ),
        ]

    def __str__(self):
        return self.edition


@tracked
class Election(Local):
    """村级换届 in one village: how far it has come (domain.md §2.6)."""

    class State(models.TextChoices):
        """How far it has come (domain.md §2.6), read off the dates: what happened last."""

        BEGUN = "begun", "待摸底"
        SURVEYED = "surveyed", "已摸底审计"
        PLANNED = "planned", "方案已定"
        BRANCH = "branch", "党组织已换届"
        BOARD = "board", "选举委员会已产生"
        VOTERS = "voters", "选民名单已公布"
        REVIEWED = "reviewed", "候选人已联审公示"
        ELECTED = "elected", "村委会已选举"
        HANDED_OVER = "handed_over", "工作已移交"
        FILED = "filed", "结果已备案"
        TRAINED = "trained", "新班子已培训"
        LOOKED_BACK = "looked_back", "已回头看"

    year = models.PositiveSmallIntegerField("换届年度")
    surveyed_on = PartialDateField("摸底与离任审计", blank=True)
    planned_on = PartialDateField("方案审定", blank=True)
    branch_on = PartialDateField("党组织换届日期", blank=True)
    board_on = PartialDateField("选举委员会产生", blank=True)
    voters_on = PartialDateField("选民登记公布", blank=True)
    reviewed_on = PartialDateField("候选人联审", blank=True)
    committee_on = PartialDateField("村委会选举日", blank=True)
    turnout = percent("参选率(%)")
    votes = percent("得票率(%)")
    heads_both = models.BooleanField("一肩挑", null=True, blank=True)
    handed_over_on = PartialDateField("交接日期", blank=True)
    filed_on = PartialDateField("备案日期", blank=True)
    trained_on = PartialDateField("新班子培训", blank=True)
    looked_back_on = PartialDateField("换届回头看", blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    ROAD = {
        "surveyed_on": State.SURVEYED,
        "planned_on": State.PLANNED,
        "branch_on": State.BRANCH,
        "board_on": State.BOARD,
        "voters_on": State.VOTERS,
        "reviewed_on": State.REVIEWED,
        "committee_on": State.ELECTED,
        "handed_over_on": State.HANDED_OVER,
        "filed_on": State.FILED,
        "trained_on": State.TRAINED,
        "looked_back_on": State.LOOKED_BACK,
    }
    state = read_off(
        "换届状态",
        State,
        *(When(~Q(**{name: ""}), then=Value(state)) for name, state in reversed(ROAD.items())),
        default=State.BEGUN,
    )

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "换届进度"
        indexes = [
            *Local.Meta.indexes,
            waiting(
                "election_waiting",
                [
                    "begun",
                    "surveyed",
                    "planned",
                    "branch",
                    "board",
                    "voters",
                    "reviewed",
                    "elected",
                    "handed_over",
                ],
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "year"],
                name="election_once",
                violation_error_message="该村这一年度的换届进度已登记",
            ),
            models.CheckConstraint(
                condition=(Q(turnout=None) | Q(turnout__range=(0, 100)))
                & (Q(votes=None) | Q(votes__range=(0, 100))),
                name="election_rates_are_percentages",
                violation_error_message="参选率、得票率应在0到100之间",
            ),
        ]

    def __str__(self):
        return f"{self.year}年换届"

    STAGES = ("branch_on", "voters_on", "reviewed_on", "committee_on", "handed_over_on", "filed_on")

    @classmethod
    def progress(cls):
        """How many of the dates are known, in percent."""
        done = [Case(When(**{name: ""}, then=0), default=1) for name in cls.STAGES]
        return sum(done[1:], done[0]) * 100 / len(done)


@tracked
class Activity(Local):
    """夜校与宣讲活动: what was held and how many came; never what anybody thinks (domain.md S59, §5.3)."""

    Kind = labels(
        "农牧民夜校",
        "政策宣讲",
        "事例宣讲",
        "政策学习",
        "扶志教育",
        "志愿服务",
        "文体活动",
        "移风易俗",
        "其他",
    )
    Subject = labels("政策", "产业发展", "就业技能", "实用技术", "农村电商", "脱贫事例", "移风易俗", "其他")
    Mode = labels("集中", "巡回", "入户")

    held_on = PartialDateField("日期")
    kind = models.CharField("活动类别", max_length=6, choices=Kind)
    topic = models.CharField("主题", max_length=100)
    subject = models.CharField("内容类别", max_length=4, choices=Subject, blank=True)
    mode = models.CharField("方式", max_length=4, choices=Mode, blank=True)
    unit = models.CharField("举办单位", max_length=60, blank=True)
    speaker = models.CharField("主讲人", max_length=64, blank=True)
    attended = count("参加人次")
    members = count("参加党员人次")
    where = models.CharField("地点", max_length=60, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "夜校与宣讲"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "held_on", "topic"],
                name="activity_once",
                violation_error_message="该村同日同主题的活动已登记",
            )
        ]

    def __str__(self):
        return self.topic


@tracked
class CaseStudy(Local):
    """典型案例: good examples only, of persons only with their written consent (domain.md §5.3)."""

    Kind = labels(
        "自强脱贫户", "热心帮扶干部", "骨干带贫企业", "外出务工带头人", "支部引领", "集体经济", "致富路子"
    )
    Reach = labels("村内", "乡内", "县内", "市内", "自治区内", "全国")

    kind = models.CharField("类别", max_length=8, choices=Kind)
    subject = models.CharField("对象", max_length=64)
    practice = models.TextField("主要做法", blank=True)
    result = models.TextField("成效", blank=True)
    nominated_by = models.CharField("推荐单位", max_length=60, blank=True)
    consents = models.BooleanField("本人同意", null=True, blank=True)
    reach = models.CharField("使用范围", max_length=6, choices=Reach, blank=True)
    on = PartialDateField("日期", blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "典型案例"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind", "subject"],
                name="case_study_once",
                violation_error_message="该村同类别同一对象的典型已登记",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=PERSONAL) | Q(consents=True) | Q(subject__startswith=UNNAMED),
                name="case_study_names_only_who_consents",
                violation_error_message="本人没有同意的，不得登记姓名",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}典型"

    PERSONAL = PERSONAL

    @staticmethod
    def unnamed(name):
        """What stands for the name of somebody who has not consented."""
        if name.startswith(UNNAMED):
            return name
        mark = int.from_bytes(hashlib.sha256(seal_text(name).encode()).digest()[:8], "big") % 10**8
        return f"{UNNAMED}-{mark:08}"

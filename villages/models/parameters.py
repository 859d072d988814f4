"""参数: the numbers that rules hang on and the words that a county uses, each from a day on (domain.md §7).

What was in force on a day stays so. Figures ask for a number inside their query, for the county each row lies in:
`Parameter.at("weak_wan", on)`. Pages and rules ask for the county one works in: `Parameter.here("visit_days", on)`;
a label that names a parameter says it when it is printed: `say("{visit_days}天内没有走访的户")`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Func, OuterRef, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.functional import lazy

from povertyparty import kinds
from povertyparty.kinds import Fault
from povertyparty.scope import ask_anew, here, once
from villages.models.places import Place

NUMBER = models.DecimalField(max_digits=14, decimal_places=2)
REGISTRY: dict[str, "Declared"] = {}
# {county: value} in force on a day. It names no row around it, so PostgreSQL asks it once.
SAID = """(
    SELECT jsonb_object_agg(county_id, value) FROM (
        SELECT DISTINCT ON (county_id) county_id, value FROM villages_parameter
        WHERE key = %s AND valid_from <= %s ORDER BY county_id, valid_from DESC, id DESC
    ) held
)"""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A parameter that the rules of this package use.

    default   None where the county must say it; until then what hangs on it uses what each row says itself
    below     the key of a parameter that this one must stay under, or equal
    source    where the default comes from
    """

    key: str
    label: str
    group: str
    kind: kinds.Kind
    default: Decimal | int | date | str | None
    source: str
    help: str = ""
    below: str = ""

    @property
    def unit(self):
        return getattr(self.kind, "unit", "")

    def show(self, value):
        """As pages and definitions print it."""
        if value is None or isinstance(value, date | str):
            return "未定" if value is None else str(value)
        return f"{Decimal(value).normalize():,f}"

    def parse(self, text):
        return self.kind.parse(text)


def declare(**declared):
    one = Declared(**declared)
    REGISTRY[one.key] = one


def number(unit, most, least=1, places=0):
    return kinds.Number(unit=unit, least=least, most=most, places=places)


class Months(Func):
    """A number of months, as a length of time."""

    template = "make_interval(months => (%(expressions)s)::int)"
    output_field = models.DurationField()


class Parameter(models.Model):
    """A value that a county set, from a day on (append only: the latest word on a day counts)."""

    append_only = True

    county = models.ForeignKey(Place, models.PROTECT, to_field="code", related_name="+", verbose_name="县")
    key = models.CharField("参数", max_length=40)
    value = models.CharField("值", max_length=200)
    valid_from = models.DateField("生效日期")
    basis = models.CharField("依据", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="设定人")
    set_at = models.DateTimeField("设定时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "参数"
        ordering = ["-valid_from", "-pk"]
        indexes = [models.Index(fields=["county", "key", "-valid_from"], name="parameter_in_force")]

    def __str__(self):
        return f"{self.declared.label}：{self.declared.show(self.parsed)}{self.declared.unit}"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        ask_anew()

    @property
    def declared(self):
        return REGISTRY[self.key]

    @property
    def parsed(self):
        return self.declared.parse(self.value)

    @classmethod
    def at(cls, key, on):
        """In a query: the number in force on that day in the county of the row; NULL where it has no default."""
        held = cls.objects.filter(county=OuterRef("county"), key=key, valid_from__lte=on)
        said = Cast(Subquery(held.values("value")[:1]), NUMBER)
        default = REGISTRY[key].default
        return said if default is None else Coalesce(said, Value(Decimal(default), NUMBER))

    @classmethod
    def of_each(cls, key, on):
        """As `at`, where very many rows ask: what counties said is looked up once for the query, and each row takes its own."""
        said = Func(RawSQL(SAID, [key, on]), "county", template="(%(expressions)s)", arg_joiner=" ->> ")
        told, default = Cast(said, NUMBER), REGISTRY[key].default
        return told if default is None else Coalesce(told, Value(Decimal(default), NUMBER))

    @classmethod
    def ago(cls, key, on):
        """In a query: the day so many months before, as partial dates are written."""
        begun = models.ExpressionWrapper(Value(on) - Months(cls.at(key, on)), models.DateTimeField())
        return Func(begun, Value("YYYY-MM-DD"), function="to_char", output_field=models.CharField())

    @classmethod
    def here(cls, key, on=None):
        """The value in the county one works in; above a county, the default."""
        return cls.values(county_here(), on or timezone.localdate())[key]

    @classmethod
    def texts(cls, county, on):
        """{key: as it is printed}."""
        values = cls.values(county, on)
        return once(
            ("texts", county, on), lambda: {key: one.show(values[key]) for key, one in REGISTRY.items()}
        )

    @classmethod
    def values(cls, county, on):
        """{key: value} of a county on a day; without a county, the defaults."""
        return once(("parameters", county, on), lambda: cls.found(county, on))

    @classmethod
    def found(cls, county, on):
        found = {key: one.default for key, one in REGISTRY.items()}
        if county:
            held = cls.objects.filter(county=county, key__in=REGISTRY, valid_from__lte=on)
            latest = held.order_by("key", "-valid_from", "-pk").distinct("key")
            found |= {one.key: one.parsed for one in latest}
        return found

    @classmethod
    def refuse_senseless(cls, county, key, value, valid_from):
        """What stands against a value from that day on, said in Chinese."""
        declared, others = REGISTRY[key], cls.values(county, valid_from)
        if others[key] == value:
            raise Fault(f"{valid_from}起已经是{declared.show(value)}{declared.unit}，不必再设")
        for one in REGISTRY.values():
            low, high = (value if k == key else others[k] for k in (one.key, one.below or one.key))
            if one.below and None not in (low, high) and low > high:
                most = f"“{REGISTRY[one.below].label}”（{one.show(high)}）"
                raise Fault(f"“{one.label}”（{one.show(low)}）不能超过{most}")


def county_here():
    code = here()
    return code[:6] if len(code) >= 6 else ""


def said_here(text):
    return text.format_map(Parameter.texts(county_here(), timezone.localdate()))


def word_here(key, number):
    return Parameter.texts(county_here(), timezone.localdate())[key].split("、")[number]


# A label that names parameters, and one word of a list: both read where and when they are printed.
say, word = lazy(said_here, str), lazy(word_here, str)

VILLAGE_INCOME = "集体经济"
declare(
    key="shell_wan",
    label="空壳村年收入不足",
    group=VILLAGE_INCOME,
    kind=number("万元", 1000, places=2),
    default=Decimal(5),
    below="weak_wan",
    source="通行口径：没有收益或不足5万元",
)
declare(
    key="weak_wan",
    label="薄弱村年收入不足",
    group=VILLAGE_INCOME,
    kind=number("万元", 1000, places=2),
    default=Decimal(20),
    below="strong_wan",
    source="村集体经济收入在20万元以下的薄弱村、空壳村",
)
declare(
    key="strong_wan",
    label="强村年收入达到",
    group=VILLAGE_INCOME,
    kind=number("万元", 10_000, places=2),
    default=Decimal(50),
    source="集体经济等次",
)
FUNDS = "经费保障"
declare(
    key="operating_least_wan",
    label="村年均运转经费不低于",
    group=FUNDS,
    kind=number("万元", 1000, places=2),
    default=None,
    source="由县级填写",
    help="未设定时以经费保障表各村当年的标准为准",
)
declare(
    key="service_least_wan",
    label="服务群众专项经费不低于",
    group=FUNDS,
    kind=number("万元", 1000, places=2),
    default=None,
    source="由县级填写",
    help="未设定时以经费保障表各村当年的标准为准",
)
TEAMS = "队伍建设"
declare(
    key="reserves_least",
    label="每村后备干部不少于",
    group=TEAMS,
    kind=number("人", 20),
    default=2,
    source="通行做法，每村2至3人",
)
declare(
    key="leaders_least",
    label="每村致富带头人不少于",
    group=TEAMS,
    kind=number("人", 50),
    default=3,
    below="leaders_target",
    source="每个村至少培育3-5名创业致富带头人",
)
declare(
    key="leaders_target",
    label="每村致富带头人目标",
    group=TEAMS,
    kind=number("人", 50),
    default=5,
    source="每个村至少培育3-5名创业致富带头人",
)
declare(
    key="team_least",
    label="驻村工作队不少于",
    group=TEAMS,
    kind=number("人", 20),
    default=3,
    source="第一书记和驻村工作队选派管理办法",
)
declare(
    key="posting_months",
    label="驻村任期不少于",
    group=TEAMS,
    kind=number("个月", 60),
    default=24,
    source="第一书记和驻村工作队选派管理办法：任期一般不少于2年",
)
declare(
    key="review_months",
    label="联审结论有效期",
    group=TEAMS,
    kind=number("个月", 60),
    default=12,
    source="系统默认",
)
TRAINING = "教育培训"
declare(
    key="long_class_months",
    label="集中轮训班期不少于",
    group=TRAINING,
    kind=number("个月", 24),
    default=4,
    source="进行4个月的集中轮训",
)
declare(
    key="trainings_yearly",
    label="每名干部每年集中轮训不少于",
    group=TRAINING,
    kind=number("次", 12),
    default=1,
    source="每年集中轮训1次",
)
declare(
    key="digital_from",
    label="数字化办公普及起算日",
    group=TRAINING,
    kind=kinds.Day(),
    default=date(2020, 1, 1),
    source="系统默认，请按本县部署的日期改定",
)
declare(
    key="digital_months",
    label="数字化办公普及期限",
    group=TRAINING,
    kind=number("个月", 120),
    default=24,
    source="力求用2年时间让所有村干部都能使用数字化办公设备",
)
HOUSEHOLDS = "户和人口"
declare(
    key="poverty_line",
    label="脱贫线（年人均纯收入）",
    group=HOUSEHOLDS,
    kind=number("元", 100_000),
    default=4000,
    source="2020年国家扶贫标准约4000元，请按当年文件改定",
    below="monitoring_line",
)
declare(
    key="notice_days",
    label="公示不少于",
    group=HOUSEHOLDS,
    kind=number("天", 60),
    default=7,
    source="公示不少于7天",
)
declare(
    key="monitoring_line",
    label="防返贫监测线（年人均纯收入）",
    group=HOUSEHOLDS,
    kind=number("元", 100_000),
    default=5000,
    source="国家扶贫标准的1.5倍左右，请按当年文件改定",
)
VILLAGES = "村"
declare(
    key="exit_rate",
    label="贫困村退出：贫困发生率不超过",
    group=VILLAGES,
    kind=number("%", 100, least=0, places=2),
    default=Decimal(3),
    source="西部地区3%，其他地区2%",
)
PROJECTS = "项目"
declare(
    key="flip_ended_months",
    label="开工、验收后多久内终止算疑似“翻烧饼”",
    group=PROJECTS,
    kind=number("个月", 120),
    default=36,
    source="系统默认",
)
declare(
    key="flip_replaced_months",
    label="验收后多久内被同类项目代替算疑似“翻烧饼”",
    group=PROJECTS,
    kind=number("个月", 120),
    default=24,
    source="系统默认",
)
declare(
    key="flip_change_percent",
    label="规模、预算变动超过多少算重大变更",
    group=PROJECTS,
    kind=number("%", 100),
    default=20,
    source="系统默认",
)
WORK = "走访和数据质量"
declare(
    key="helper_households_most",
    label="一名责任人结对不超过",
    group=WORK,
    kind=number("户", 100),
    default=5,
    source="通行做法",
)
declare(
    key="visit_days",
    label="每户走访间隔不超过",
    group=WORK,
    kind=number("天", 366),
    default=90,
    source="系统默认",
)
declare(
    key="matter_days",
    label="走访发现的事项办结不超过",
    group=WORK,
    kind=number("天", 366),
    default=30,
    source="系统默认",
)
declare(
    key="conclusion_days",
    label="联审得出结论不超过",
    group=WORK,
    kind=number("天", 366),
    default=30,
    source="系统默认",
)
declare(
    key="reserve_age_most",
    label="在库后备干部年龄不超过",
    group=WORK,
    kind=number("周岁", 70, least=18),
    default=45,
    source="系统默认",
)
WORDS = "名称和清单"
VILLAGE_WORD, FIVE_WORDS = kinds.Text(longest=12), kinds.Words(least=5, most=5)
declare(
    key="poor_village",
    label="国家级、自治区级贫困村称为",
    group=WORDS,
    kind=VILLAGE_WORD,
    default="贫困村",
    source="系统默认",
    help="用在指标、承诺、规则的名称和村的标签上；报表的表头按官方表样，不变",
)
declare(
    key="lifted_village",
    label="已退出的贫困村称为",
    group=WORDS,
    kind=VILLAGE_WORD,
    default="脱贫村",
    source="系统默认",
    help="用在村的标签上",
)
declare(
    key="key_village",
    label="市县级的村称为",
    group=WORDS,
    kind=VILLAGE_WORD,
    default="重点村",
    source="系统默认",
    help="用在村的标签上",
)
declare(
    key="five_duties",
    label="驻村工作队五项职责",
    group=WORDS,
    kind=FIVE_WORDS,
    default="建强基层组织、推动精准扶贫、维护和谐稳定、为民办事服务、提升治理水平",
    source="第一书记和驻村工作队选派管理办法",
    help="按次序对应五项职责记录中的五类；改名称不改变已登记的记录",
)
declare(
    key="five_responsibilities",
    label="五项责任",
    group=WORDS,
    kind=FIVE_WORDS,
    default=None,
    source="由县级填写",
    help="写在村级包联表上",
)
declare(
    key="five_contacts",
    label="“五个一”包联",
    group=WORDS,
    kind=FIVE_WORDS,
    default="包联领导、包村领导、后盾单位、驻村工作队、帮扶责任人",
    source="系统默认",
    help="写在村级包联表上",
)

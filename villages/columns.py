"""Columns that many of the forms share, with the headers people also write (domain.md §3)."""

from povertyparty.kinds import Phone, Text
from povertyparty.ledger import Column
from villages.lookups import PlaceCode, PlaceLookup

CLASS_A = "属于不采集的敏感信息，已丢弃"
NEEDLESS = "按最小必要原则不采集，已丢弃"
REPEATED = "可由其他列推出，不重复采集"


def place_columns(*wanted, village="村"):
    """县(市、区) | 乡(镇) | 村 | 代码 as the form has them; merged cells fill down as offices do."""
    all_four = {
        "county": Column(
            "@county",
            "县(市、区)",
            Text(60),
            aliases=("县", "县市区", "县名称", "区县"),
            fill=True,
            listed=False,
        ),
        "township": Column(
            "@township",
            "乡(镇)",
            Text(60),
            aliases=("乡镇", "乡镇名称", "所属乡镇", "乡镇街道", "镇"),
            fill=True,
            label="乡镇",
        ),
        "village": Column(
            "@village",
            village,
            Text(60),
            fill=True,
            aliases=("村", "行政村", "村名称", "村名", "所属村", "所在村", "行政村名称", "村居", "村(社区)"),
        ),
        "code": Column(
            "@code",
            "统计区划代码",
            PlaceCode(),
            listed=False,
            aliases=("区划代码", "行政区划代码", "村代码", "行政村代码", "村编码", "统计用区划代码"),
        ),
    }
    return [all_four[one] for one in wanted or ("township", "village")]


def phone(name="phone", header="联系电话", aliases=()):
    return Column(
        name,
        header,
        Phone(),
        aliases=("电话", "手机", "手机号码", "联系方式", "手机号", "电话号码", *aliases),
        listed=False,
    )


NAME = {"aliases": ("名字", "干部姓名")}
ID_NUMBER = ("身份证号", "公民身份号码", "身份号码", "证件号码", "证件号", "居民身份证号码")
BORN = ("出生日期", "出生时间", "出生")

# What every ledger of records that lie in a village has.
PLACED = {"lookups": (PlaceLookup(),), "needs": ("places",), "order": ("place_id", "id")}


def hidden(*names, **more):
    """Columns that a list shows only to who chooses them."""
    return [Column(name, listed=False, **more) for name in names]


def stepped(*names):
    """Hidden ones that steps change."""
    return hidden(*names, settles="settle_states")

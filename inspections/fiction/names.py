"""What places, units and people of the county are called, and the numbers they bear: invented, but well formed."""

from datetime import date, timedelta


def words(text):
    return text.split()


AREA, CITY, PROVINCE = "659907", "6599", "65"
COUNTY_NAME, CITY_NAME = "晴川县", "云岫市"

TOWNSHIPS = words(
    "枕云镇 衔月乡 拾光乡 载星镇 听麦乡 浣月乡 问穗镇 栖梧乡 揽霞镇 怀禾乡 折露乡 点翠镇 "
    "迎澜乡 扶摇乡 漱石镇 含章乡 观止乡 归雁镇 煮雪乡 知秋乡"
)
VILLAGE_BEGINNINGS = words(
    "晚晴 银露 早禾 金穗 白榆 青麦 暖泉 听雨 落霞 望舒 扶光 小满 谷雨 秋实 星垂 半山 "
    "长风 云起 月照 霜叶 春晓 照水"
)
VILLAGE_ENDINGS = ["湾", "坪", "坡", "岭", "滩", "渠", "庄", "台", "营", "沟"]
# Two townships have a village of this name: only the township tells them apart.
SHARED_VILLAGE = "晚晴湾村"

SURNAMES = words("顾 沈 温 季 阮 柏 骆 虞 连 裴 宁 应 岑 莫 苗 祝 褚 荀 洛 纪 路 舒 闻 童")
MALE_NAMES = words(
    "知远 景行 守拙 立川 望山 怀瑾 长庚 云亭 牧之 松年 见深 秉烛 青野 树声 承泽 岳 衡 朴 磊 川"
)
FEMALE_NAMES = words(
    "知夏 采薇 静姝 云舒 晚晴 念慈 书蕴 若谷 清如 芷若 秋棠 映雪 素商 南星 怀柔 荷 桐 岚 穗 禾"
)
# Names with an interpunct, as invented as the rest.
JOINED_MALE = ("艾尔木·沙依", "哈力木·托克", "巴云·达列", "托里·奈曼", "库尔木·艾别")
JOINED_FEMALE = ("古丽雅·米尔", "阿依曼·托克", "莎云·艾别", "热娜雅·沙依", "朵兰·奈曼")

OFFICES = words(
    "教育局 农业农村局 水利局 交通运输局 民政局 财政局 人社局 卫生健康委 文旅局 林草局 住建局 "
    "自然资源局 市场监管局 商务局 审计局 统计局 气象局 党校 融媒体中心 供销社"
)
CITY_OFFICES = ["发展改革委", "农业农村局", "水利局", "科技局", "税务局", "电力公司"]
RANKS = ["一级科员", "四级主任科员", "三级主任科员", "副主任", "副局长", "工程师"]


def person_name(random, male):
    """One name in twelve is joined by an interpunct."""
    if random.random() < 1 / 12:
        return random.choice(JOINED_MALE if male else JOINED_FEMALE)
    return random.choice(SURNAMES) + random.choice(MALE_NAMES if male else FEMALE_NAMES)


def birthday(random, age, on):
    """Somebody who is that old on the day."""
    return date(on.year - age, on.month, 1) - timedelta(days=random.randrange(1, 364))


def citizen_number(random, born, male):
    """GB 11643: area, birthday, a serial that is odd for men, and the check digit."""
    serial = random.randrange(1, 500) * 2 - male
    body = f"{AREA}{born:%Y%m%d}{serial:03}"
    return body + check_digit(body)


def check_digit(body):
    """By the powers of two that the standard's weights are, so that the product's own table is not asked."""
    return "10X98765432"[sum(2 ** (17 - place) * int(digit) for place, digit in enumerate(body)) % 11]


ORGANISATION = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(random, kind):
    """GB 32100: the kind of body, the area, nine characters of its own and the check character."""
    body = f"{kind}{AREA}{''.join(random.choices(ORGANISATION, k=9))}"
    rest = sum(3**place * ORGANISATION.index(one) for place, one in enumerate(body)) % 31
    return body + ORGANISATION[-rest % 31]


def phone(random):
    """Of the shape of a mobile number; the zeros in the middle say that it is nobody's."""
    return f"1{random.choice('35789')}{random.randrange(10)}0000{random.randrange(10_000):04}"


def units(county):
    return [f"{county}{office}" for office in OFFICES] + [f"{CITY_NAME}{office}" for office in CITY_OFFICES]


def village_names(random, count):
    """That many different names of one township."""
    every = [f"{first}{last}村" for first in VILLAGE_BEGINNINGS for last in VILLAGE_ENDINGS]
    return random.sample([name for name in every if name != SHARED_VILLAGE], count)

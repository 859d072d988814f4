"""What a cell may hold: each kind reads what people really type, shows it back, and says why it cannot.

`parse` takes a cell that is not blank and returns the value to keep, or raises `Fault` with a reason for people.
Kinds know nothing of rows, columns or databases (domain.md §3.0 rules 4-6, §4).
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from operator import mul

NOTHING = {"", "-", "—", "–", "--", "——", "/", "\\", "无", "不详", "空", "N/A", "n/a"}
INVISIBLE = dict.fromkeys(i for i in range(0x110000) if unicodedata.category(chr(i)) == "Cf")
# Beside control characters the halves of characters: PostgreSQL stores neither.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
INTERPUNCT = str.maketrans(dict.fromkeys("•・‧∙⋅●．", "·"))
PROVINCES = {
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
    71,
    81,
    82,
    83,
}


class Fault(ValueError):
    """Why a cell cannot be taken, and what to do: shown to people as it is. `part` names the cell where several were read."""

    def __init__(self, reason="", part=""):
        super().__init__(reason)
        self.part = part


def legible(text):
    """Whatever stood in a cell, as it can be kept and shown: what cannot be stored becomes a question mark in a box."""
    return CONTROL.sub("\ufffd", str(text))


def plain(raw):
    """The cell as half-width text without spaces or invisible characters: for codes, numbers, dates and choices."""
    if raw.__class__ is str and raw.isascii() and raw.isalnum():  # nearly every one, and plain already
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = f"{raw:.10g}" if isinstance(raw, float) else str(raw)
    return "".join(unicodedata.normalize("NFKC", str(raw)).translate(INVISIBLE).split())


def prose(raw):
    """The cell as people wrote it, tidied: for names and text."""
    text = unicodedata.normalize("NFC", plain_number(raw)).translate(INVISIBLE).replace("\xa0", " ")
    if found := CONTROL.search(text):
        raise Fault(f"含有控制字符（第{found.start() + 1}个字），请重新录入该单元格")
    return "\n".join(
        line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ).strip()


def plain_number(raw):
    if isinstance(raw, bool):
        raise Fault("是逻辑值 TRUE/FALSE，请改为文字")
    if isinstance(raw, datetime | date):
        return str(raw)[:10]
    return plain(raw) if isinstance(raw, int | float) else str(raw)


@dataclass(frozen=True)
class Kind:
    """`excel`: how the form's cells are formatted; `blank_marks`: texts that mean an empty cell; `mask`: how it is masked."""

    excel = "text"
    width = 12
    blank_marks = NOTHING
    numeric = False
    varies = False  # whether its choices are worded anew from time to time
    mask = "id"

    def parse(self, raw):
        raise NotImplementedError

    def show(self, value):
        return str(value)

    def cell(self, value):
        return self.show(value)

    @property
    def help(self):
        return ""


@dataclass(frozen=True)
class Text(Kind):
    longest: int = 200
    width = 18
    blank_marks = {""}

    def parse(self, raw):
        text = prose(raw)
        if len(text) > self.longest:
            raise Fault(f"有{len(text)}个字，超过{self.longest}个字，请精简")
        return text


def parted(text):
    """What people list in one cell, one by one."""
    return [part.strip() for part in re.split("[、,，;；\n]", text) if part.strip()]


@dataclass(frozen=True)
class Words(Text):
    """Different words, joined by 、: at least and at most so many."""

    least: int = 1
    most: int = 5
    letters: int = 20  # of each

    def parse(self, raw):
        words = parted(super().parse(raw))
        if not self.least <= len(words) <= self.most or len(set(words)) < len(words):
            raise Fault(f"应为{self.many}个不同的词，用顿号隔开")
        if (longest := max(map(len, words))) > self.letters:
            raise Fault(f"每个词最多{self.letters}个字，有一个是{longest}个字")
        return "、".join(words)

    @property
    def many(self):
        return f"{self.most}" if self.least == self.most else f"{self.least}到{self.most}"

    @property
    def help(self):
        return f"{self.many}个，用顿号隔开"


@dataclass(frozen=True)
class Name(Text):
    """A person's name: spaces between Chinese characters go, all interpuncts become one."""

    longest: int = 64
    width = 10
    blank_marks = NOTHING

    def parse(self, raw):
        text = super().parse(raw).translate(INTERPUNCT).replace("\n", " ")
        text = re.sub(r"(?<=[^\x00-\x7f])[ \u3000]+(?=[^\x00-\x7f])", "", text)
        if re.fullmatch(r"[\d.]+", text):
            raise Fault("不是姓名")
        return text


@dataclass(frozen=True)
class Identifier(Kind):
    """A code of digits and letters that must never become a number (libraries.md §6)."""

    longest: int = 32
    pattern: str = r"[0-9A-Za-z][0-9A-Za-z_./()〔〕-]*"
    what: str = "编号"
    width = 20

    def parse(self, raw):
        refuse_damaged(raw, self.what)
        text = plain(raw).lstrip("'").upper()
        if len(text) > self.longest or not re.fullmatch(self.pattern, text):
            raise Fault(f"不是正确的{self.what}")
        return text


def refuse_damaged(raw, what):
    """An identifier that Excel turned into a floating number has lost its last digits for good."""
    if raw.__class__ is str and raw.isdigit():
        return
    if isinstance(raw, bool):
        raise Fault(f"是逻辑值，不是{what}")
    if isinstance(raw, float) or re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", str(raw).strip()):
        raise Fault(f"{what}列须为文本格式：本格已被 Excel 变成数字，末几位已丢失，请按原件重新录入")
    if isinstance(raw, datetime | date):
        raise Fault(f"是日期，不是{what}")


CITIZEN = re.compile(r"\d{17}[\dX]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class IdNumber(Identifier):
    """公民身份号码, GB 11643-1999: 18 characters with a check digit. 20/22-digit disability cards keep the first 18."""

    longest: int = 18
    what: str = "身份证号码"

    def parse(self, raw):
        refuse_damaged(raw, self.what)
        text = plain(raw).lstrip("'").replace("-", "").upper()
        text = text if CITIZEN.fullmatch(text) else self.cut(text)
        self.check(text)
        return text

    def cut(self, text):
        """The 18 of a longer number: the rest is the disability type and grade, health data, not kept (domain.md §4.2)."""
        if re.fullmatch(r"\d{17}[\dX][1-7][1-4](\d\d)?", text):
            return text[:18]
        if re.fullmatch(r"\d{15}", text):
            raise Fault(
                f"是15位旧证号，请按18位录入：第6位后加19，末尾加校验位{upgrade(text)[-1]}，并核对原件"
            )
        raise Fault(f"应为18位，现为{len(text)}位" if len(text) != 18 else "只能是数字，末位可为X")

    def check(self, text):
        if int(text[:2]) not in PROVINCES:
            raise Fault("前两位不是省级区划代码")
        born = calendar_day(text[6:10], text[10:12], text[12:14])
        if born is None or not date(1900, 1, 1) <= born <= date.today():
            raise Fault("第7至14位不是有效的出生日期，请核对原件")
        if text[17] != check_digit(text):
            raise Fault("校验位不符，请核对原件")


def check_digit(text):
    return "10X98765432"[(sum(map(mul, WEIGHTS, text.encode())) - ord("0") * sum(WEIGHTS)) % 11]


def upgrade(text):
    longer = text[:6] + "19" + text[6:]
    return longer + check_digit(longer)


TELEPHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}")


@dataclass(frozen=True)
class Phone(Identifier):
    what: str = "电话号码"
    width = 14
    mask = "phone"

    def parse(self, raw):
        refuse_damaged(raw, self.what)
        text = plain(raw).lstrip("'")
        if not TELEPHONE.fullmatch(text):
            text = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", re.sub(r"[-()]", "", text))
            if not TELEPHONE.fullmatch(text):
                raise Fault("应为11位手机号码，或带区号的固定电话")
        return text


THOUSANDS = re.compile(
    r"(?<=\d),(?=\d{3}(?!\d))"
)  # any other comma may be a decimal one, or part two numbers
AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)(千|万|亿)?([^\d.]*)")
SCALE = {None: 1, "": 1, "千": 1000, "万": 10_000, "亿": 100_000_000}
UNITS = {
    "",
    "元",
    "户",
    "人",
    "亩",
    "㎡",
    "m2",
    "平方米",
    "%",
    "年",
    "个",
    "月",
    "个月",
    "天",
    "公里",
    "km",
    "岁",
    "名",
    "组",
    "次",
    "星",
}


ONE = Decimal(1)
QUANTA = [ONE.scaleb(-places) for places in range(10)]


@dataclass(frozen=True)
class Number(Kind):
    """A number with at most `places` decimals, in `unit`; text with thousands commas and units is read too.

    `factor` turns what the sheet's own unit says into the column's unit (元 read into a 万元 column: 0.0001).
    """

    places: int = 0
    least: Decimal | int | None = 0
    most: Decimal | int = 10**12
    unit: str = ""
    factor: Decimal = field(default=ONE)
    numeric = True

    @property
    def excel(self):
        return "decimal" if self.places else "int"

    def parse(self, raw):
        value = Decimal(raw) if raw.__class__ is int else self.amount(raw)
        if self.factor is not ONE:
            value *= self.factor
        kept = value.quantize(QUANTA[self.places], ROUND_HALF_UP)
        if not self.places and kept != value:
            raise Fault("应为整数")
        if (self.least is not None and kept < self.least) or kept > self.most:
            raise Fault(f"应在 {self.least if self.least is not None else '负数'} 到 {self.most} 之间")
        return kept if self.places else int(kept)

    def amount(self, raw):
        if isinstance(raw, bool | datetime | date):
            raise Fault("不是数字")
        if isinstance(raw, int | float):
            return self.finite(raw)
        found = AMOUNT.fullmatch(THOUSANDS.sub("", plain(raw)))
        if (
            not found
            or found[3] not in UNITS
            or (found[2] and found[3] not in {"", "元", self.unit.strip("万亿")})
        ):
            raise Fault("不是数字，请只填阿拉伯数字")
        scale = Decimal(SCALE[found[2]])
        return Decimal(found[1]) * (
            scale / 10_000 if self.unit == "万元" and (found[2] or found[3] == "元") else scale
        )

    def finite(self, raw):
        if isinstance(raw, float):
            if raw != raw or raw in (float("inf"), float("-inf")):
                raise Fault("不是数字")
            raw = f"{raw:.12g}"  # 0.1 + 0.2 is 0.30000000000000004 in Excel's cell too
        try:
            return Decimal(raw)
        except InvalidOperation:
            raise Fault("不是数字") from None

    def show(self, value):
        if self.places and not self.unit:
            return f"{value:,.{self.places}f}".rstrip("0").rstrip(".")
        return f"{value:,.{self.places}f}" if self.places else f"{value:,}"

    def cell(self, value):
        return value

    @property
    def help(self):
        return f"数字{f'，{self.unit}' if self.unit else ''}"


@dataclass(frozen=True)
class Percent(Number):
    """A whole percentage; a cell formatted as % holds 0.95 for 95%."""

    most: Decimal | int = 100
    unit: str = "%"

    def amount(self, raw):
        value = super().amount(raw)
        return value * 100 if isinstance(raw, float) and 0 < value < 1 else value


@dataclass(frozen=True)
class YesNo(Kind):
    yes: str = "是"
    no: str = "否"
    width = 8
    blank_marks = NOTHING - {"无"}

    def parse(self, raw):
        text = plain(raw).upper()
        if text in {"是", "√", "✓", "✔", "☑", "有", "1", "Y", "YES", "TRUE", "对", "T", self.yes}:
            return True
        if text in {"否", "×", "X", "✗", "✘", "无", "0", "N", "NO", "FALSE", "错", "F", "没有", self.no}:
            return False
        raise Fault(f"应填“{self.yes}”或“{self.no}”")

    def show(self, value):
        return self.yes if value else self.no

    @property
    def choices(self):
        return (self.yes, self.no)

    @property
    def help(self):
        return f"{self.yes}/{self.no}"


def choice_text(raw):
    return plain(raw).replace("—", "-").replace("–", "-").replace("~", "-").replace("至", "-").upper()


@dataclass(frozen=True)
class Choice(Kind):
    """One of a list; `labels` maps the value to its label, `synonyms` are pairs of what people also write and the value.

    `quiet` values are kept for fidelity with the registry: printed in official forms as they are, never offered as a filter.
    `official` is the form's own word for a value where pages tell more: pairs of value and word, several to one word.
    `marked` is what pages mark a value with beside its label (light: the classes light and light-red).
    `ordered` values are sorted as they stand here, not by the alphabet.
    """

    labels: tuple = ()
    synonyms: tuple = ()
    quiet: tuple = ()
    official: tuple = ()
    marked: str = ""
    ordered: bool = False

    def __post_init__(self):
        table = {choice_text(word): word for word in self.quiet}
        table |= {choice_text(label): value for value, label in self.labels}
        table |= {choice_text(word): value for word, value in self.synonyms}
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "shown", dict(self.labels))
        object.__setattr__(self, "printed", {**self.shown, **dict(self.official)})

    def parse(self, raw):
        if isinstance(raw, bool):
            raise Fault(f"不在可选值中：{self.listed}")
        try:
            return self.table[choice_text(raw)]
        except KeyError:
            raise Fault(f"不在可选值中：{self.listed}") from None

    def show(self, value):
        return self.shown.get(value, str(value))

    def cell(self, value):
        return value if value in self.quiet else self.printed.get(value, str(value))

    @property
    def listed(self):
        return "、".join(self.choices)

    @property
    def choices(self):
        return tuple(dict.fromkeys(map(str, self.printed.values())))

    @property
    def help(self):
        return "下拉选择"


@dataclass(frozen=True)
class Choices(Choice):
    """Several of a list in one cell, e.g. 缺资金;缺技术. `within` names the field whose answer each of them goes with:
    "A.1" is offered beside "A"."""

    most: int = 2
    within: str = ""
    width = 16

    def parse(self, raw):
        found = [
            super(Choices, self).parse(part)
            for part in re.split(r"[、,，;；/+\s]+", str(raw).strip())
            if part
        ]
        if len(set(found)) > self.most:
            raise Fault(f"最多填{self.most}项")
        return list(dict.fromkeys(found))

    def show(self, value):
        return "；".join(super(Choices, self).show(one) for one in value)

    def cell(self, value):
        return ";".join(one if one in self.quiet else str(self.shown.get(one, one)) for one in value)

    @property
    def help(self):
        return f"最多{self.most}项，用分号隔开"


def calendar_day(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def chinese_digits(text):
    """二〇一九年十二月三日 → 2019年12月3日."""
    text = re.sub(r"([二三])?十([一二三四五六七八九])?", lambda m: f"{m[1] or '一'}{m[2] or '〇'}", text)
    return text.translate(DIGITS)


def read_date(raw):
    """A date as its ISO text to the precision given: 2014, 2014-12 or 2014-12-31."""
    if isinstance(raw, bool):
        raise Fault("不是日期")
    if isinstance(raw, datetime):
        if raw.time() != time.min:
            raise Fault("带有时刻，请只填日期")
        raw = raw.date()
    if isinstance(raw, date):
        return sensible(raw.isoformat())
    if isinstance(raw, float):
        return sensible(numeric_month(raw))
    return sensible(typed_date(plain(raw)))


def numeric_month(raw):
    text = f"{raw:.10g}"
    if found := re.fullmatch(r"(\d{4})\.(\d{2})", text):
        return f"{found[1]}-{found[2]}"
    if re.fullmatch(r"\d{4}\.1", text):
        raise Fault(f"以数字存放，分不清是{text[:4]}年1月还是10月，请改为文本，如 {text[:4]}.10")
    if found := re.fullmatch(r"(\d{4})\.(\d)", text):
        return f"{found[1]}-0{found[2]}"
    raise Fault("不是日期，请写成 2020-06-30")


def typed_date(text):
    text = chinese_digits(text) if re.search(r"[〇○零一二三四五六七八九十]", text) else text
    text = re.sub(r"(以前|之前|前)$", "", text)
    text = re.sub(r"月(底|末|上旬|中旬|下旬|初)$", "月", text)
    text = re.sub(r"[日号]$", "", text).rstrip(".-/")
    text = re.sub(r"年(底|末)$", "-12", text)
    parts = re.split(r"[年月./-]", text)
    if len(parts) == 1 and text.isdigit():
        return packed_date(text)
    if not all(p.isdigit() or p == "" for p in parts) or len(parts[0]) != 4 or len(parts) > 3:
        raise Fault("不是日期，请写成 2020-06-30 或 2020.06")
    return "-".join([parts[0], *(p.zfill(2) for p in parts[1:] if p)])


def packed_date(text):
    """20190305, 201903, 2019, or Excel's own day number 43529."""
    if len(text) == 8:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if len(text) == 6:
        return f"{text[:4]}-{text[4:]}"
    if len(text) == 5 and 18264 <= int(text) <= 73415:
        return date.fromordinal(date(1899, 12, 30).toordinal() + int(text)).isoformat()
    if len(text) == 4:
        return text
    raise Fault("不是日期，请写成 2020-06-30")


def sensible(text):
    year, month, day = ([*text.split("-"), "1", "1"])[:3]
    if calendar_day(year, month, day) is None:
        raise Fault(f"“{text}”不是日历上的日期")
    if not 1900 <= int(year) <= 2100:
        raise Fault(f"年份{year}不合理")
    return text


@dataclass(frozen=True)
class PartialDate(Kind):
    """A date known to the year, the month or the day, kept as ISO text; printed the cadre way: 1975.03."""

    width = 11

    def parse(self, raw):
        return None if plain(raw) == "至今" else read_date(raw)

    def show(self, value):
        return value if len(value) == 10 else value.replace("-", ".")

    @property
    def help(self):
        return "如 2020.06"


# What stands in a deadline's cell where there is no day: the kind of rectification says it.
OPEN_ENDED = {
    "长期坚持",
    "长期",
    "长期整改",
    "持续整改",
    "持续",
    "立行立改",
    "即知即改",
    "常态化",
    "长期坚持整改",
}


@dataclass(frozen=True)
class Day(Kind):
    """A whole date. A deadline given only to the month or year is its last day (`end`), other dates the first."""

    end: bool = False
    width = 12
    excel = "date"

    def parse(self, raw):
        if self.end and plain(raw) in OPEN_ENDED:
            return None
        text = read_date(raw)
        if len(text) == 10:
            return date.fromisoformat(text)
        if not self.end:
            raise Fault("请写到日，如 2020-06-30")
        year, month = int(text[:4]), int(text[5:7] or 12)
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)

    def show(self, value):
        return value.isoformat()

    def cell(self, value):
        return value

    @property
    def help(self):
        return "如 2020-06-30"


@dataclass(frozen=True)
class Year(Kind):
    excel = "int"
    width = 9
    numeric = True

    def parse(self, raw):
        text = read_date(raw)
        return int(text[:4])

    def cell(self, value):
        return value

    @property
    def help(self):
        return "年份，如 2020"

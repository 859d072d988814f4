"""What one cell may hold: what people really type is read, shown back the same, or refused with the remedy."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from povertyparty.kinds import (
    Choice,
    Choices,
    Day,
    Fault,
    Identifier,
    IdNumber,
    Name,
    Number,
    PartialDate,
    Phone,
    Text,
    Year,
    YesNo,
    check_digit,
    legible,
)
from tests.sheets import identity

few = settings(max_examples=60, deadline=None)
CAUSE = Choice(labels=(("ill", "因病"), ("labour", "缺劳力")), synonyms=(("缺劳动力", "labour"),))
CAUSES = Choices(labels=CAUSE.labels, synonyms=CAUSE.synonyms)
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def refusal(kind, raw):
    with pytest.raises(Fault) as refused:
        kind.parse(raw)
    return str(refused.value)


# Identifiers


@pytest.mark.case("X-038")
@pytest.mark.parametrize("raw", [6.531011990030701e17, "6.53101E+17", "6.5E17", 659906196805120000.0])
def test_an_identity_number_that_became_a_number_is_never_taken(raw):
    told = refusal(IdNumber(), raw)
    assert "文本格式" in told and "已丢失" in told
    assert "531011" not in told


@pytest.mark.case("X-039")
@pytest.mark.parametrize("raw", [659906680512001, "659906680512001"])
def test_an_old_number_of_15_digits_is_refused_with_what_to_add(raw):
    told = refusal(IdNumber(), raw)
    assert "15位" in told and "加19" in told
    assert f"校验位{check_digit('65990619680512001')}" in told
    assert "680512" not in told


births = st.dates(date(1900, 1, 1), date(2020, 12, 31)).map(lambda day: f"{day:%Y%m%d}")
identities = st.builds(identity, st.integers(0, 999), births)
wrapping = st.sampled_from(["{}", "'{}", " {} ", "\u3000{}", "\u200b{}\ufeff", "{}\n"])


@pytest.mark.case("X-040")
@few
@given(identities, wrapping, st.booleans(), st.booleans())
def test_an_identity_number_is_the_same_however_it_is_typed(number, wrap, wide, lower):
    typed = number.translate(WIDE) if wide else number
    typed = wrap.format(typed.lower() if lower else typed)
    assert IdNumber().parse(typed) == number


@pytest.mark.case("X-040")
def test_hyphens_and_spaces_between_the_digits_go():
    number = identity()
    assert IdNumber().parse(f"{number[:6]}-{number[6:14]} {number[14:]}") == number


@pytest.mark.case("X-041")
@pytest.mark.parametrize("swap", [("X", "Х"), ("0", "O"), ("1", "l"), ("0", "〇")])
def test_letters_that_only_look_like_digits_are_refused(swap):
    number = "659906196805120106"
    number = (number[:17] + "X") if swap[0] == "X" else number
    told = refusal(IdNumber(), number.replace(*swap))
    assert "只能是数字" in told or "18位" in told


@few
@given(identities, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number, at, by):
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(Fault):
        IdNumber().parse(wrong)


@pytest.mark.parametrize(("tail", "kept"), [("11", 18), ("4401", 18), ("99", None)])
def test_of_a_disability_card_only_the_identity_is_kept(tail, kept):
    number = identity()
    if kept:
        assert IdNumber().parse(number + tail) == number
    else:
        assert "18位" in refusal(IdNumber(), number + tail)


@pytest.mark.parametrize("number", ["009906196805120106", "659906190002290106", "659906299912310106"])
def test_no_such_province_or_birthday(number):
    assert refusal(IdNumber(), number)


@pytest.mark.case("X-042")
@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Identifier(what="户编号"), 6.599061002e15),
        (Identifier(what="户编号"), "6.59906E+15"),
        (Phone(), 9.1e15),
        (Phone(), 9915678901),  # 0991… whose zero is gone
        (Identifier(), True),
        (Identifier(), date(2020, 1, 1)),
    ],
)
def test_other_numbers_that_lost_digits_are_refused_too(kind, raw):
    assert refusal(kind, raw)


@pytest.mark.case("X-043")
@pytest.mark.parametrize(
    "raw",
    [
        13800138000,
        "13800138000",
        " 138-0013-8000",
        "+8613800138000",
        "'13800138000",
        "１３８００１３８０００",
    ],
)
def test_a_phone_number_is_read_however_it_is_typed(raw):
    assert Phone().parse(raw) == "13800138000"


@pytest.mark.parametrize("raw", ["0991-1234567", "(0991)1234567", "09911234567"])
def test_a_landline_needs_its_area(raw):
    assert Phone().parse(raw) == "09911234567"
    assert "区号" in refusal(Phone(), "1234567")


# Dates


@pytest.mark.case("X-046")
@pytest.mark.parametrize(
    ("raw", "read"),
    [
        *((raw, "2019-03-05") for raw in ("2019-3-5", "2019/03/05", "2019.3.5", "2019年3月5日", "20190305", "２０１９年３月５号")),
        *((raw, "2019-03") for raw in ("二〇一九年三月", "2019.3", "2019.03", "201903", 201903, 2019.03, "2019年3月")),
        *((raw, "2019") for raw in ("2019", 2019, "2019年")),
        ("二〇一九年十二月三十一日", "2019-12-31"),
        ("二○二○年底", "2020-12"),
        (date(2019, 3, 5), "2019-03-05"),
    ],
)  # fmt: skip
def test_a_date_is_read_in_all_its_spellings(raw, read):
    assert PartialDate().parse(raw) == read


@pytest.mark.case("X-044")
@pytest.mark.parametrize(
    ("serial", "day"),
    [(43529, "2019-03-05"), ("43529", "2019-03-05"), (18264, "1950-01-01"), (73415, "2100-12-31")],
)
def test_excels_own_day_number_is_a_date_between_1950_and_2100(serial, day):
    assert PartialDate().parse(serial) == day
    assert Day().show(Day().parse(serial)) == day


@pytest.mark.case("X-044")
@pytest.mark.parametrize("serial", [18263, 73416, 43529.5])
def test_outside_it_is_not(serial):
    assert refusal(PartialDate(), serial)


@pytest.mark.case("X-047")
@pytest.mark.parametrize(
    "raw",
    [
        "03/04/2019",
        "19-3-5",
        "1900-02-29",
        "2019-02-30",
        "2019-13-01",
        "2019.1.1.1",
        2019.1,
        "上月",
        "2019-3-",
        True,
    ],
)
def test_a_date_that_may_be_read_two_ways_or_does_not_exist_is_refused(raw):
    if raw == "2019-3-":
        assert PartialDate().parse(raw) == "2019-03"
    else:
        assert refusal(PartialDate(), raw)


@pytest.mark.case("X-048")
@pytest.mark.parametrize(
    "raw", [datetime(2019, 3, 5, 23, 59, 59, 999900), -5, "-5", 2958466, 1e300, math.inf]
)
def test_a_time_of_day_or_a_day_beyond_the_calendar_is_refused(raw):
    assert refusal(PartialDate(), raw)


@pytest.mark.case("X-046")
@few
@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_a_day_shown_is_the_day_read(day, spelling):
    assert Day().parse(day.strftime(spelling)) == day
    assert Day().parse(Day().show(day)) == day


@few
@given(st.dates(date(1901, 1, 1), date(2100, 12, 31)), st.sampled_from([4, 7, 10]))
def test_a_date_to_the_month_or_year_keeps_what_is_known(day, length):
    value = day.isoformat()[:length]
    assert PartialDate().parse(PartialDate().show(value)) == value


def test_a_deadline_given_to_the_month_is_its_last_day():
    assert Day(end=True).parse("2020.02") == date(2020, 2, 29)
    assert Day(end=True).parse("2020年底") == date(2020, 12, 31)
    assert "写到日" in refusal(Day(), "2020.02")


def test_until_now_is_no_date():
    assert PartialDate().parse("至今") is None


def test_a_year_is_taken_from_any_date():
    assert [Year().parse(raw) for raw in (2019, "2019年", date(2019, 3, 5), "2019.03")] == [2019] * 4


# Numbers


@pytest.mark.case("X-049")
@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("１,２３４．５０", "1234.50"), ("1,234.50元", "1234.50"), ("3千", "3000.00"), ("1.2万", "12000.00"),
        (" 1234 ", "1234.00"), ("1,234,567", "1234567.00"), ("-12", "-12.00"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_offices_write_it(raw, read):
    assert Number(places=2, unit="元", least=None).parse(raw) == Decimal(read)


@pytest.mark.case("X-049")
@pytest.mark.parametrize(
    "raw",
    ["约3000", "三千", "3000左右", "1,2", "12,34,567", "1,2345", "3千户", "--5", "1.2.3", "", "0x10", "1e5"],
)
def test_what_is_not_plainly_a_number_is_refused(raw):
    assert "不是数字" in refusal(Number(places=2, unit="元"), raw)


@pytest.mark.case("X-050")
@pytest.mark.parametrize(
    ("raw", "read"), [(0.1 + 0.2, "0.30"), (1e-17, "0.00"), (2.675, "2.68"), (1234.5, "1234.50")]
)
def test_the_noise_of_floating_numbers_is_rounded_away(raw, read):
    assert Number(places=2).parse(raw) == Decimal(read)


@pytest.mark.case("X-050")
def test_people_are_counted_whole():
    assert Number().parse(3.0) == Number().parse("3人") == 3
    assert "整数" in refusal(Number(), 2.5)
    assert "应在" in refusal(Number(), -1)


@pytest.mark.case("X-050")
@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf])
def test_what_no_number_can_be_is_refused(raw):
    assert "不是数字" in refusal(Number(), raw)


def test_amounts_come_into_the_unit_of_the_form():
    wan = Number(places=4, unit="万元")
    assert wan.parse("12000元") == wan.parse("1.2万") == wan.parse("1.2万元") == Decimal("1.2")
    assert Number(places=4, unit="万元", factor=Decimal(1) / 10_000).parse(12000) == Decimal("1.2")


@pytest.mark.case("X-049")
@few
@given(st.decimals(0, 10**9, places=2))
def test_an_amount_shown_is_the_amount_read(value):
    kind = Number(places=2, unit="元")
    assert kind.parse(kind.show(value)) == kind.parse(kind.cell(value).__float__()) == value


# Words


@pytest.mark.case("X-051")
@pytest.mark.parametrize(
    "kind", [Text(), Name(), Identifier(), IdNumber(), Phone(), Number(), PartialDate(), Day(), CAUSE]
)
def test_true_is_no_content(kind):
    assert refusal(kind, True)


@pytest.mark.case("X-053")
@pytest.mark.parametrize("text", ["=1+1", "+86", "-无", "@某人", "=cmd|'/C calc'!A0"])
def test_a_text_that_looks_like_a_formula_is_kept_as_it_is(text):
    assert Text().parse(text) == Text().parse(f"\ufeff {text}\t") == text


@pytest.mark.case("X-056")
def test_a_text_too_long_is_refused_with_its_length():
    assert "有32767个字，超过100个字" in refusal(Text(longest=100), "户" * 32_767)


@pytest.mark.case("X-057")
@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\ufffe", "\ud800"])
@pytest.mark.parametrize(
    "kind", [Text(), Name(), Identifier(), IdNumber(), Phone(), Number(), PartialDate(), CAUSE]
)
def test_control_characters_are_refused_by_every_kind(kind, sign):
    assert refusal(kind, f"张{sign}三")


@pytest.mark.case("X-057")
def test_what_cannot_be_stored_can_still_be_shown():
    assert legible("a\0b\ud800c") == "a\ufffdb\ufffdc"


@pytest.mark.case("X-058")
@few
@given(
    st.text(alphabet=" \u00a0\u3000\u200b\ufeff\t", max_size=3),
    st.text(alphabet=" \u00a0\u3000\u200b", max_size=3),
)
def test_spaces_around_and_inside_a_name_do_not_count(around, inside):
    assert Name().parse(f"{around}王{inside}明{around}") == "王明"


def test_the_dots_in_a_name_become_one():
    assert {Name().parse(f"阿依{dot}古丽") for dot in "•・·‧●"} == {"阿依·古丽"}
    assert "不是姓名" in refusal(Name(), 12)


@pytest.mark.case("X-061")
@pytest.mark.parametrize(
    "raw", ["因病;缺劳力", "因病；缺劳动力", "因病、缺劳力", "因病，缺劳力", "因病/缺劳力", " 因病  缺劳力 "]
)
def test_several_choices_may_stand_in_one_cell(raw):
    assert CAUSES.parse(raw) == ["ill", "labour"]


@pytest.mark.case("X-061")
def test_a_choice_nobody_knows_is_refused_with_those_there_are():
    assert refusal(CAUSE, "懒") == "不在可选值中：因病、缺劳力"
    assert "不在可选值中" in refusal(CAUSES, "因病;懒")
    assert CAUSE.parse("缺劳动力") == "labour"


def test_at_most_as_many_as_the_form_allows():
    three = Choices(labels=(*CAUSE.labels, ("land", "缺土地")))
    assert "最多填2项" in refusal(three, "因病;缺劳力;缺土地")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("是", True),
        ("√", True),
        ("有", True),
        (1, True),
        ("y", True),
        ("否", False),
        ("×", False),
        ("无", False),
        (0, False),
    ],
)
def test_yes_and_no_in_all_their_spellings(raw, read):
    assert YesNo().parse(raw) is read
    assert "应填" in refusal(YesNo(), "也许")


@few
@given(st.lists(st.sampled_from(["ill", "labour"]), unique=True, min_size=1))
def test_choices_shown_are_the_choices_read(values):
    assert CAUSES.parse(CAUSES.show(values)) == CAUSES.parse(CAUSES.cell(values)) == values


@few
@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_a_date_cell_without_its_format_is_the_same_day(day):
    assert Day().parse((day - date(1899, 12, 30)) // timedelta(days=1)) == day

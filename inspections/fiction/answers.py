"""The figures of the county, counted object by object: what a right import must give back."""

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

SHELL, WEAK = 5, 20  # 万元 a year


def answers(county, on, since=None):
    """`since` begins the period in which events are counted; without it, all that happened by the day."""
    return {
        "as_of": on.isoformat(),
        **of_villages(county, on),
        **of_people(county.households),
        **of_cadres(county),
        **of_reserves(county),
        **of_postings(county, on),
        **of_items(county, on),
        **of_visits(county.lines["visits"], since or date.min, on),
        **of_contacts(county, on),
        **of_adjustments(county.lines["adjustments"], on),
        **of_training(county, on),
        **of_incomes(county.lines["collective_incomes"], on),
        **of_funds(county, on),
        **of_leaders(county.lines),
        "by_township": {township.name: of_township(county, township) for township in county.townships},
    }


def of_villages(county, on):
    poor = [village for village in county.villages if village.is_poor]
    return {
        "villages": len(county.villages),
        "poor_villages": len(poor),
        "poor_villages_exited": sum(
            bool(village.exit_year) and village.exit_year <= on.year for village in poor
        ),
        "poor_villages_meeting_all_twelve": sum(all(village.twelve.values()) for village in poor),
        "poor_villages_by_cause": dict(Counter(village.cause for village in poor)),
    }


def of_people(households):
    unlifted = [household for household in households if household.is_unlifted]
    return {
        "households": len(households),
        "persons": sum(household.size for household in households),
        "unlifted_households": len(unlifted),
        "unlifted_persons": sum(household.size for household in unlifted),
        "reached_or_verifying_households": sum(one.stage in ("达标待核", "摸底核验中") for one in unlifted),
    }


def of_cadres(county):
    return {
        "village_cadres": len(county.cadres),
        "secretaries_heading_both": sum(one.post == "党组织书记" and one.heads_both for one in county.cadres),
        "cadres_able_digitally": sum(one.digital in ("会基本操作", "熟练") for one in county.cadres),
    }


def of_reserves(county):
    held = {
        village: sum(one.state in ("在库", "培养") for one in village.reserves) for village in county.villages
    }
    return {
        "reserves": sum(held.values()),
        "reserves_in_poor_villages": sum(n for village, n in held.items() if village.is_poor),
        "villages_short_of_reserves": sum(n < 2 for n in held.values()),
    }


def of_postings(county, on):
    stationed = [
        one
        for one in county.postings
        if one.village.is_poor and one.came_on <= on and not (one.left_on and one.left_on <= on)
    ]
    return {
        "stationed_units": len({one.unit for one in stationed}),
        "stationed_cadres": len(stationed),
        "stationed_villages": len({one.village for one in stationed}),
    }


def of_items(county, on):
    done = ("已完成", "长期坚持", "已移交")
    return {
        "findings": len(county.findings),
        "items": len(county.items),
        "items_closed": sum(item.state == "已完成" for item in county.items),
        "items_overdue": sum(item.state not in done and item.due_on < on for item in county.items),
    }


def of_visits(visits, since, on):
    """Places where somebody came to talk; a visit to a household is none of these."""
    talks = [one for one in visits if one["走访方式"] in ("座谈交流", "听取汇报", "个别谈话")]
    villages = {one.village for one in talks if since <= one["走访日期"] <= on}
    return {
        "visited_townships": len({village.township for village in villages}),
        "visited_villages": len(villages),
    }


def of_contacts(county, on):
    helped = {
        one["户编号"]
        for one in county.lines["pairings"]
        if one["结对时间"] <= on and not (one["解除时间"] and one["解除时间"] <= on)
    }
    stationed = {
        one.village
        for one in county.postings
        if one.came_on <= on and not (one.left_on and one.left_on <= on)
    }
    return {
        "households_with_helper": len(helped),
        "poor_villages_with_all_five_contacts": sum(
            one.village.is_poor
            and bool(one["包联厅级领导"] or one["包联县级领导"])
            and bool(one["乡镇包村领导"] and one["后盾单位"])
            and one.village in stationed
            and all(household.number in helped for household in one.village.households)
            for one in county.lines["contacts"]
        ),
    }


def of_adjustments(adjustments, on):
    why = [(one["原职务"], one["调整类型"], one["调整原因类别"]) for one in adjustments if one["日期"] <= on]
    return {
        "secretaries_replaced": sum(
            (post, reason) == ("党组织书记", "不胜任现职") for post, _, reason in why
        ),
        "removed_after_review": sum((kind, reason) == ("清理", "刑事处罚") for _, kind, reason in why),
    }


def of_training(county, on):
    """Persons, not attendances; a class that lasts more than 123 days lasts four months whichever they are."""
    long = {
        one["班次编号"]
        for one in county.lines["training_classes"]
        if one["培训项目"] == "能力素质提升工程"
        and (one["结束日期"] - one["开始日期"]).days >= 123
        and one["开始日期"] <= on
    }
    students = [one for one in county.lines["enrolments"] if one["班次编号"] in long]
    return {"four_month_trainees": len({one["身份证号码"] for one in students})}


def of_incomes(incomes, on):
    earned = [one["总收入"] for one in incomes if one["年度"] == on.year - 1]
    return {
        "collective_income_wan": exactly(sum(earned)),
        "shell_villages": sum(total < SHELL for total in earned),
        "weak_villages": sum(SHELL <= total < WEAK for total in earned),
    }


def of_funds(county, on):
    funds = [one for one in county.lines["village_funds"] if one["年度"] == on.year]
    special = sum(
        one["金额(万元)"]
        for one in county.lines["grants"]
        if one["资金类别"] == "财政专项扶贫资金"
        and one["资金层级"] in ("中央", "自治区")
        and one["下达日期"].year == on.year
        and one["下达日期"] <= on
    )
    return {
        "operating_standard_wan": exactly(min(one["运转经费标准"] for one in funds)),
        "service_standard_wan": exactly(min(one["服务群众经费标准"] for one in funds)),
        "villages_below_operating_standard": sum(one["运转经费到位"] < one["运转经费标准"] for one in funds),
        "special_funds_yi": exactly(exactly(special) / 10_000),
    }


def of_leaders(lines):
    led = Counter(one.village for one in lines["leaders"])
    return {
        "villages_with_three_leaders": sum(count >= 3 for count in led.values()),
        "party_led_cooperatives": sum(one["是否党员领办"] for one in lines["cooperatives"]),
    }


def exactly(amount):
    """To the hundredth, as the database has it."""
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def of_township(county, township):
    households = [one for village in township.villages for one in village.households]
    return {
        "villages": len(township.villages),
        "households": len(households),
        "persons": sum(household.size for household in households),
        "items": sum(item.village.township is township for item in county.items),
    }

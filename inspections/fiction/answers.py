"""The figures of the county, counted object by object: what a right import must give back."""

from collections import Counter


def answers(county, on):
    return {
        "as_of": on.isoformat(),
        **of_villages(county, on),
        **of_people(county.households),
        **of_cadres(county),
        **of_reserves(county),
        **of_postings(county, on),
        **of_items(county, on),
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


def of_township(county, township):
    households = [one for village in township.villages for one in village.households]
    return {
        "villages": len(township.villages),
        "households": len(households),
        "persons": sum(household.size for household in households),
        "items": sum(item.village.township is township for item in county.items),
    }

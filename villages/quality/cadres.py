"""村干部、驻村干部、后备干部: one record against the identity number, the other posts and the other ledgers."""

from django.db.models import F, OuterRef, Q
from django.db.models.lookups import LessThan

from povertyparty.quality import Severity, register
from villages.figures.conditions import in_pool, poor
from villages.models import Cadre, JointReview, Parameter, Posting, Reserve, Village, say
from villages.quality.measuring import (
    ADULT,
    FIRST_SECRETARIES,
    both,
    days_before,
    first_secretaries,
    past,
    serving,
    shared,
    there,
    year_of,
    years_before,
)

# Entered as in a post and not left, whatever the dates say: they are what is judged.
SERVING = Cadre.came() & Q(left_on="")
WITH_ID = SERVING & ~Q(id_number=None)


ENDED = ["免职", "辞职", "罢免", "清理", "调任", "届满"]


def stationed(on):
    return Posting.objects.in_post(on)


def not_exited(on):
    """Poor villages that have not left the list by that day."""
    return Village.objects.filter(poor(on) & ~Village.exited_on(on))


def past_birthday(on):
    day = years_before(on, int(Parameter.here("reserve_age_most", on)) + 1)
    return both("born_on") & Q(born_on__lte=day) & ~Q(born_on__in=[day[:4], day[:7]])


def sex_differs(on, sex, id_number):
    return len(id_number) == 18 and sex != "女男"[int(id_number[16]) % 2]


def birth_differs(on, born_on, id_number):
    told = f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}"
    return len(id_number) == 18 and not told.startswith(born_on)


def is_minor(on, id_number):
    told = f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}"
    return len(id_number) == 18 and told > years_before(on, ADULT)


register(
    code="cadre_sex_differs_from_id",
    label="性别与身份证号码不一致",
    ledger="cadres",
    severity=Severity.ERROR,
    why="填写的性别与身份证号码第17位所示的性别不同。",
    remedy="核对证件原件，改正性别或身份证号码。",
    where=lambda on: WITH_ID & both("sex"),
    reads=("sex", "id_number"),
    wrong=sex_differs,
)
register(
    code="cadre_birth_differs_from_id",
    label="出生年月与身份证号码不一致",
    ledger="cadres",
    severity=Severity.ERROR,
    why="填写的出生年月与身份证号码第7至14位所示的日期不同。",
    remedy="核对证件原件，改正出生年月或身份证号码；以档案认定为准的，在备注中写明。",
    where=lambda on: WITH_ID & both("born_on"),
    reads=("born_on", "id_number"),
    wrong=birth_differs,
)
register(
    code="cadre_age_from_id_under_18",
    label=f"按身份证号码不满{ADULT}周岁",
    ledger="cadres",
    severity=Severity.ERROR,
    why=f"按身份证号码所示的出生日期，到统计日不满{ADULT}周岁。",
    remedy="核对证件原件，改正身份证号码。",
    where=lambda on: WITH_ID,
    reads=("id_number",),
    wrong=is_minor,
)
register(
    code="cadre_in_two_villages",
    label="同一人登记在两个村任职",
    ledger="cadres",
    severity=Severity.DOUBT,
    why="姓名和出生年月相同的在任干部，登记在两个以上的村。",
    remedy="核对是否同一人；已调动的，在原村登记离任；确为两人的，不用改。",
    where=lambda on: (
        SERVING & both("born_on") & shared(serving(on), "county", "name", "born_on", over="place")
    ),
)
register(
    code="cadre_two_secretaries",
    label="一个村登记了两名在任党组织书记",
    ledger="cadres",
    severity=Severity.DOUBT,
    why="同一个村有两名以上在任的党组织书记。",
    remedy="已离任的登记离任；村内有两个以上党组织的，不用改。",
    where=lambda on: (
        SERVING
        & Q(post=Cadre.Post.SECRETARY)
        & there(serving(on).filter(post=Cadre.Post.SECRETARY).exclude(pk=OuterRef("pk")), place="place")
    ),
)
register(
    code="cadre_heads_both_but_two_persons",
    label="登记为一肩挑，书记、主任却是两人",
    ledger="cadres",
    severity=Severity.ERROR,
    why="书记登记为一肩挑，同村在任的村委会主任却是另一个姓名。",
    remedy="核对换届结果，改正“是否一肩挑”，或登记原主任离任。",
    where=lambda on: (
        SERVING
        & Q(post=Cadre.Post.SECRETARY, heads_both=True)
        & there(serving(on).filter(post=Cadre.Post.HEAD).exclude(name=OuterRef("name")), place="place")
    ),
)
register(
    code="cadre_secretary_not_member",
    label="党组织书记的政治面貌不是中共党员",
    ledger="cadres",
    severity=Severity.ERROR,
    why="现任职务为党组织书记，政治面貌却不是中共党员。",
    remedy="核对政治面貌和现任职务，改正填错的一项。",
    where=lambda on: SERVING & Q(post=Cadre.Post.SECRETARY) & both("political") & ~Q(political="中共党员"),
)
register(
    code="cadre_joined_party_under_18",
    label=f"入党时间距出生不满{ADULT}年",
    ledger="cadres",
    severity=Severity.ERROR,
    why=f"入党年份减去出生年份小于{ADULT}。",
    remedy="核对党员档案，改正入党时间或出生年月。",
    where=lambda on: (
        SERVING
        & both("joined_party_on", "born_on")
        & Q(LessThan(year_of("joined_party_on"), year_of("born_on") + ADULT))
    ),
)
register(
    code="cadre_since_in_future",
    label="任现职时间在统计日之后",
    ledger="cadres",
    severity=Severity.ERROR,
    why="任现职时间晚于统计日。",
    remedy="核对任职文件，改正时间；还没有到任的，到任后再登记。",
    where=lambda on: SERVING & Q(since__gt=on.isoformat()),
)
register(
    code="posting_past_due",
    label="计划期满已过，仍登记在岗",
    ledger="postings",
    severity=Severity.REMINDER,
    why="计划期满的日期已过，没有填实际离村，也没有更新计划期满。",
    remedy="续派的办理续派；已轮换的办理离岗，并登记接续人员。",
    where=lambda on: Posting.held_on(on) & past("due_on", on),
)
register(
    code="posting_due_before_coming",
    label="计划期满早于到村时间",
    ledger="postings",
    severity=Severity.ERROR,
    why="计划期满的日期早于到村时间。",
    remedy="核对派驻文件，改正日期。",
    where=lambda on: both("due_on", "came_on") & Q(due_on__lt=F("came_on")),
)
register(
    code="posting_without_successor",
    label=say("未退出的{poor_village}第一书记已离村而没有接续"),
    ledger="postings",
    severity=Severity.DOUBT,
    why=say(
        "该村是尚未退出的{poor_village}，最近一任第一书记已经离村，现在没有第一书记在岗（不脱贫不脱钩）。"
    ),
    remedy="登记接续的第一书记；离村时间填错的，改正或清空。",
    where=lambda on: (
        Q(duty__in=FIRST_SECRETARIES, left_on__lte=on.isoformat())
        & both("left_on")
        & there(not_exited(on), place="place")
        & ~there(first_secretaries(on), place="place")
        & ~there(
            Posting.objects.filter(duty__in=FIRST_SECRETARIES, left_on__gt=OuterRef("left_on")),
            place="place",
        )
    ),
)
register(
    code="posting_in_two_villages",
    label="同一人同时登记在两个村驻村",
    ledger="postings",
    severity=Severity.DOUBT,
    why="派出单位和姓名相同的在岗驻村干部，登记在两个以上的村。",
    remedy="核对是否同一人；已轮换的，在原村办理离岗；确为两人的，不用改。",
    where=lambda on: Posting.held_on(on) & shared(stationed(on), "county", "name", "unit", over="place"),
)
register(
    code="posting_two_first_secretaries",
    label="一个村登记了两名在岗第一书记",
    ledger="postings",
    severity=Severity.DOUBT,
    why="同一个村有两名以上第一书记同时在岗。",
    remedy="已轮换的办理离岗；正在交接的，交接完后办理。",
    where=lambda on: (
        Posting.held_on(on)
        & Q(duty__in=FIRST_SECRETARIES)
        & there(first_secretaries(on).exclude(pk=OuterRef("pk")), place="place")
    ),
)
register(
    code="posting_holds_village_post",
    label="驻村干部又登记为本村“两委”干部",
    ledger="postings",
    severity=Severity.DOUBT,
    why="在岗的驻村干部，与本村在任的“两委”干部同名；驻村干部不占村“两委”职数。",
    remedy="核对是否同一人；是的，改正其中一张台账；确为两人的，不用改。",
    where=lambda on: Posting.held_on(on) & there(serving(on), place="place", name="name"),
)
register(
    code="reserve_already_cadre",
    label="已任村干部仍在后备库",
    ledger="reserves",
    severity=Severity.DOUBT,
    why="状态为在库、培养或成熟，同村却有同名、出生年月相同的在任村干部。",
    remedy="已使用的，状态改为使用，并填写使用时间和职务。",
    where=lambda on: in_pool(on) & there(serving(on), place="place", name="name", born_on="born_on"),
)
register(
    code="reserve_over_age",
    label=say("在库后备干部超过{reserve_age_most}周岁"),
    ledger="reserves",
    severity=Severity.REMINDER,
    why=say("状态为在库、培养或成熟，到统计日已过{reserve_age_most}周岁。"),
    remedy="在年度调整时研究是否出库；出生年月填错的，改正。",
    where=lambda on: in_pool(on) & past_birthday(on),
)
register(
    code="reserve_left_without_record",
    label="使用或出库而没有写明时间和去向",
    ledger="reserves",
    severity=Severity.REMINDER,
    why="状态为使用或出库，使用/出库时间或使用职务/出库原因是空的。",
    remedy="按文件补填时间、职务或原因。",
    where=lambda on: Q(state__in=[Reserve.State.USED, Reserve.State.OUT]) & (Q(left_on="") | Q(left_for="")),
)
register(
    code="adjustment_still_in_post",
    label="已调整的干部仍登记在任",
    ledger="adjustments",
    severity=Severity.ERROR,
    why="调整台账中该人的这一职务已经结束，村干部花名册中仍登记在任。",
    remedy="在村干部花名册中登记离任；重新任职的，核对任现职时间。",
    where=lambda on: (
        Q(kind__in=ENDED, on__lte=on.isoformat())
        & there(
            serving(on).filter(Q(since="") | Q(since__lte=OuterRef("on"))),
            place="place",
            name="name",
            post="post",
        )
    ),
)
register(
    code="joint_review_differs",
    label="联审结论与村干部花名册不一致",
    ledger="joint_reviews",
    severity=Severity.ERROR,
    why="该人最近一次县级联审的结论，与村干部花名册中的县级联审结论不同。",
    remedy="以联审台账为准，更新村干部花名册的联审结论和联审日期。",
    where=lambda on: (
        both("conclusion")
        & there(
            serving(on).exclude(review="").exclude(review=OuterRef("conclusion")), place="place", name="name"
        )
        & ~there(
            JointReview.objects.filter(on__gt=OuterRef("on")).exclude(conclusion=""),
            place="place",
            name="name",
        )
    ),
)
register(
    code="joint_review_without_conclusion",
    label=say("联审超过{conclusion_days}天没有结论"),
    ledger="joint_reviews",
    severity=Severity.REMINDER,
    why=say("联审日期已过{conclusion_days}天，联审结论是空的。"),
    remedy="汇总各部门意见，填写结论。",
    where=lambda on: Q(conclusion="") & past("on", days_before(on, "conclusion_days")),
)

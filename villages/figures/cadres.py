"""干部: in the villages, and in reserve."""

from functools import partial

from django.db.models import Case, Q, Value, When
from django.db.models.lookups import GreaterThan

from povertyparty.figures import counting, register, register_rate
from villages.figures.conditions import (
    COLLEGE,
    MEMBER,
    a_village,
    in_pool,
    places_of,
    poor_places,
    said,
    serving,
    younger,
)
from villages.models import Cadre, Digital, Parameter, Reserve, say

GROUP = "干部"
ABLE = Q(digital__in=[Digital.BASIC, Digital.SKILLED])


cadres = counting("cadres", "人", GROUP, lambda p: serving(p.on))
secretaries = counting("cadres", "人", GROUP, lambda p: serving(p.on) & Q(post=Cadre.Post.SECRETARY))
reserves = counting("reserves", "人", GROUP, lambda p: in_pool(p.on))
adjustments = counting("adjustments", "人次", GROUP, lambda p: Q(on__lte=p.day))
rate = partial(register_rate, group=GROUP)


cadres("village_cadres", "村“两委”干部", "在任的村干部")
secretaries("secretaries", "村党组织书记", "在任的村党组织书记")
secretaries(
    "secretaries_heading_both",
    "“一肩挑”书记",
    "兼任村委会主任的党组织书记",
    lambda p: Q(heads_both=True),
)
rate("heading_both_share", "书记“一肩挑”率", "secretaries_heading_both", "secretaries")
secretaries("secretaries_with_college", "大专以上学历的书记", "学历为大专及以上的在任书记", lambda p: COLLEGE)
rate("secretaries_with_college_share", "书记大专以上比例", "secretaries_with_college", "secretaries")
secretaries("secretaries_to_35", "35岁以下的书记", "统计日未满36周岁的在任书记", lambda p: younger(p, 36))
rate("secretaries_to_35_share", "书记35岁以下比例", "secretaries_to_35", "secretaries")
secretaries(
    "secretaries_by_source",
    "书记来源结构",
    "在任书记按来源分",
    lambda p: ~Q(source=""),
    split="source",
)
cadres(
    "cadres_able_digitally",
    "会数字化办公的村干部",
    "数字化办公水平为会基本操作或熟练",
    lambda p: ABLE,
)
rate("able_digitally_share", "村干部数字化达标率", "cadres_able_digitally", "village_cadres")
register(
    code="villages_with_cadres_not_able_digitally",
    label="尚有村干部不会数字化办公的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: a_village(p.on) & Q(code__in=places_of(Cadre.objects.filter(~ABLE, serving(p.on)))),
    definition="有在任村干部的数字化办公水平为不会或未登记的村",
)
cadres(
    "cadres_reviewed",
    "联审在有效期内的村干部",
    said("联审日期在统计日前{review_months}个月内的在任村干部"),
    lambda p: Q(reviewed_on__lte=p.day) & Q(reviewed_on__gte=Parameter.ago("review_months", p.on)),
)
rate("reviewed_share", "联审覆盖率", "cadres_reviewed", "village_cadres")
adjustments(
    "secretaries_replaced",
    "调整不胜任的村党组织书记",
    "截至统计日，原职务为党组织书记、原因为不胜任现职的调整",
    Q(post=Cadre.Post.SECRETARY, reason="不胜任现职"),
)
adjustments(
    "removed_after_review",
    "联审清理的村“两委”干部",
    "截至统计日，调整类型为清理、原因为刑事处罚的调整，只计数",
    Q(kind="清理", reason="刑事处罚"),
)
reserves("reserves", "村级后备干部", "统计日在库、培养或成熟")
reserves(
    "reserves_in_poor_villages",
    say("{poor_village}后备干部"),
    say("{poor_village}中状态为在库、培养或成熟的后备干部"),
    lambda p: Q(place__in=poor_places(p.on)),
)
rate("reserves_to_a_village", "村均后备干部", "reserves", "villages", unit="人", scale=1)
register(
    code="villages_short_of_reserves",
    label="后备干部不足的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: (
        a_village(p.on)
        & ~Q(code__in=places_of(Reserve.objects.filter(in_pool(p.on)), Parameter.at("reserves_least", p.on)))
    ),
    definition=said("在库、培养和成熟的后备干部少于{reserves_least}人的村"),
)
reserves("reserves_with_college", "大专以上学历的后备干部", "学历为大专及以上", lambda p: COLLEGE)
rate("reserves_with_college_share", "后备干部大专以上比例", "reserves_with_college", "reserves")
reserves("reserves_to_35", "35岁以下的后备干部", "统计日未满36周岁", lambda p: younger(p, 36))
rate("reserves_to_35_share", "后备干部35岁以下比例", "reserves_to_35", "reserves")
reserves("reserves_women", "女后备干部", "性别为女的后备干部", lambda p: Q(sex="女"))
rate("reserves_women_share", "后备干部中女性比例", "reserves_women", "reserves")
reserves("reserves_in_party", "后备干部中的党员", "政治面貌为党员或预备党员", lambda p: MEMBER)
rate("reserves_in_party_share", "后备干部中党员比例", "reserves_in_party", "reserves")
register(
    code="reserves_used",
    label="使用的后备干部",
    unit="人",
    ledger="reserves",
    group=GROUP,
    where=lambda p: p.during("left_on") & Q(state=Reserve.State.USED),
    during=True,
    definition="统计期内状态转为使用的后备干部",
)


def held(on, *conditions, **more):
    """0 where the village has somebody in that post, else 1."""
    there = Cadre.objects.filter(serving(on), *conditions, **more).order_by().values("place")
    return Case(When(code__in=there, then=0), default=1)


def vacant(on):
    """How many of the two posts that every village must fill are empty; who heads both fills both."""
    heads = Q(post=Cadre.Post.HEAD) | Q(post=Cadre.Post.SECRETARY, heads_both=True)
    return held(on, post=Cadre.Post.SECRETARY) + held(on, heads)


posts = counting("places", "个", GROUP, lambda p: a_village(p.on))


posts(
    "posts_due",
    "村“两委”应配主职",
    "每村党组织书记、村委会主任各1个",
    total=lambda p: Value(2),
    inner=True,
)
posts(
    "posts_vacant",
    "村“两委”空缺主职",
    "没有在任党组织书记、没有在任村委会主任的各计1个；书记“一肩挑”的，主任不算空缺",
    total=lambda p: vacant(p.on),
)
rate("posts_vacant_share", "“两委”空缺率", "posts_vacant", "posts_due")
posts(
    "villages_with_vacant_posts",
    "“两委”主职有空缺的村",
    "没有在任党组织书记，或没有在任村委会主任的村；书记“一肩挑”的，主任不算空缺",
    lambda p: Q(GreaterThan(vacant(p.on), 0)),
)

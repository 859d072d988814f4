"""干部调整、县级联审: read, filed and exported by two roles only (domain.md §2.6, §5.3)."""

from povertyparty.kinds import Name
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import NAME, PLACED, hidden, place_columns
from villages.models import DEPARTMENTS, Adjustment, JointReview
from villages.synonyms import POST

GROUP = "干部队伍"

ADJUSTMENTS = register(
    Ledger(
        code="adjustments",
        dated="on",
        title="村干部调整台账",
        model=Adjustment,
        group=GROUP,
        unit="人次",
        icon="arrow-left-right",
        right="see_reviews",
        keys=(("place", "name", "on", "kind"),),
        marks=("kind", "reason", "successor"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, **NAME),
            Column("post", aliases=("职务",), synonyms=POST, required=True),
            Column("kind", aliases=("类型",), required=True),
            Column("reason", aliases=("原因类别", "调整原因"), required=True),
            *hidden("document"),
            Column("on", aliases=("调整日期", "调整时间"), required=True),
            Column("successor", kind=Name(), listed=False),
            *hidden("note"),
        ],
    )
)

JOINT_REVIEWS = register(
    Ledger(
        code="joint_reviews",
        dated="on",
        title="县级联审表",
        model=JointReview,
        group=GROUP,
        unit="人次",
        icon="shield-check",
        right="see_reviews",
        keys=(("place", "name", "post", "on"),),
        marks=("discipline", "politics_and_law", "procuratorate", "conclusion"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, **NAME),
            Column("post", aliases=("拟任职务", "现任职务"), required=True),
            *hidden(*DEPARTMENTS, settles="settle_states"),
            Column("conclusion", settles="settle_states", aliases=("结论",)),
            Column("on", aliases=("联审日期",)),
            *hidden("note"),
        ],
    )
)

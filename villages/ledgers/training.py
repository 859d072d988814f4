"""培训班次、培训学员 (domain.md §3.12)."""

from povertyparty.kinds import Identifier, IdNumber, Name, Text
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import ID_NUMBER, NAME, hidden, place_columns
from villages.lookups import HeadedPlace, PlaceLookup, TrainingLookup
from villages.models import Enrolment, TrainingClass
from villages.synonyms import DIGITAL

GROUP = "干部队伍"

TRAINING_CLASSES = register(
    Ledger(
        code="training_classes",
        dated="starts_on",
        title="培训班次台账",
        model=TrainingClass,
        group=GROUP,
        unit="期",
        icon="mortarboard",
        order=("-starts_on", "id"),
        brief=("programme", "starts_on", "audience"),
        keys=(("county", "number"),),
        marks=("name", "programme", "starts_on", "audience"),
        lookups=(HeadedPlace(),),
        needs=("places",),
        columns=[
            serial(),
            Column("number", kind=Identifier(what="班次编号"), aliases=("编号", "班次"), required=True),
            Column("name", kind=Name(), aliases=("培训班名称", "培训班次"), required=True),
            Column("programme", aliases=("项目",)),
            *hidden("host", "where", "platform", "mode"),
            Column("starts_on", aliases=("开班日期", "开始时间"), required=True),
            Column("ends_on", aliases=("结业日期", "结束时间")),
            *hidden("length", "batch"),
            Column("audience", aliases=("培训对象",)),
            *hidden("topic", "due"),
            "trained",
            *hidden("exam"),
            "passed",
            *hidden("score_before", "score_after", "satisfied", "cost", "note"),
        ],
    )
)

ENROLMENTS = register(
    Ledger(
        code="enrolments",
        dated="training__starts_on",
        title="培训学员表",
        model=Enrolment,
        group=GROUP,
        unit="人次",
        icon="person-workspace",
        order=("training_id", "place_id", "id"),
        brief=("@training", "post", "passed", "score_after"),
        keys=(("training", "id_number"), ("training", "place", "name")),
        marks=("@training", "hours", "score_before", "certificate"),
        lookups=(PlaceLookup(), TrainingLookup()),
        needs=("places", "training_classes"),
        columns=[
            serial(),
            Column("@training", "班次编号", Text(40), aliases=("班次",), required=True),
            *place_columns(),
            Column("name", kind=Name(), required=True, **NAME),
            Column("id_number", kind=IdNumber(), aliases=ID_NUMBER, listed=False),
            "post",
            *hidden("hours", "attendance"),
            "score_before",
            "score_after",
            Column("passed", aliases=("合格",)),
            *hidden("certificate"),
            Column("digital", synonyms=DIGITAL, aliases=("数字化水平",)),
        ],
    )
)

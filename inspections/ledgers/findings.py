"""What was found, and where (domain.md §1.5, §3.1)."""

from django.db.models import Q

from inspections.lookups import EarlierLookup, RoundLookup
from inspections.models import Finding
from inspections.models.items import progress_of_finding
from inspections.parameters import SYMPTOMS
from inspections.summaries import of_finding
from povertyparty.kinds import Identifier, Name, Text
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import hidden, place_columns, stepped
from villages.kinds import WordedChoices
from villages.lookups import PlaceLookup
from villages.models import word


def its_own_stage(rows):
    """A list of findings that comes as a file was registered elsewhere."""
    for row in rows:
        row.values["stage"] = Finding.Stage.FILED


def symptoms_are_of_the_kind(row):
    """A symptom belongs to one kind of finding (domain.md §1.5)."""
    kind, said = row.get("category"), row.get("symptoms") or ()
    if kind and any(one.partition(".")[0] != kind for one in said):
        yield "symptoms", "有不属于这一问题类别的表现，请按所选的类别选", True


SYMPTOM_WORDS = tuple(
    (f"{kind}.{n + 1}", word(f"symptoms_{kind.lower()}", n))
    for kind, said in SYMPTOMS.items()
    for n, _ in enumerate(said.split("、"))
)
SYMPTOM_KIND = WordedChoices(
    labels=SYMPTOM_WORDS,
    synonyms=tuple((value, value) for value, _ in SYMPTOM_WORDS),
    most=5,
    within="category",
)

FINDINGS = register(
    Ledger(
        code="findings",
        marks=("code", "source", "category", "text"),
        title="检视问题清单",
        model=Finding,
        group="检视整改",
        unit="个",
        icon="exclamation-octagon",
        order=("place_id", "id"),
        brief=("text", "category", "-progress", "found_on"),
        keys=(("county", "code"),),
        lookups=(PlaceLookup(deepest="县"), RoundLookup(), EarlierLookup()),
        needs=("places", "rounds"),
        living=~Q(stage__in=[Finding.Stage.MERGED, Finding.Stage.VOIDED]),
        prepare=its_own_stage,
        carried=("stage",),
        rules=(symptoms_are_of_the_kind,),
        beside=("kit/_panels.html", of_finding),
        nearest=("similar_findings", "text", "place", "category"),
        columns=[
            serial(),
            Column("code", kind=Identifier(what="问题编号", longest=40), required=True),
            "source",
            "category",
            Column("text", "反馈问题", aliases=("检视问题", "存在问题"), required=True),
            *place_columns("county", "township", "village"),
            Column("-progress", "办理情况", Text(), counted=progress_of_finding),
            Column("@round", "自查轮次", Text(60), aliases=("轮次",), listed=False),
            Column("found_on", aliases=("反馈日期", "反馈时间")),
            *hidden("method", "domain"),
            Column("symptoms", kind=SYMPTOM_KIND, listed=False),
            *hidden("document", "entry"),
            *stepped("severity"),
            *hidden("owner_level"),
            Column("owner", kind=Name(), sensitive=True, listed=False),
            *hidden("post", "aspect", "responsibility", "oneself", "duty", "work"),
            Column("@again", "再次出现", Text(40), aliases=("前次问题编号",), listed=False),
        ],
    )
)

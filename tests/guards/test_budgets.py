"""Every page costs the same number of queries at 20, at 200 and at 400 rows of whatever it shows."""

from datetime import date, timedelta

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, DateField
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from inspections.models import Evidence, Finding, Item, Measure, Slip, SlipItem
from inspections.steps import RECTIFICATION
from povertyparty.documents import REGISTRY as DOCUMENTS
from povertyparty.documents import DocumentTemplate
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.ledger import REGISTRY, PartialDateField
from povertyparty.models import (
    Access,
    Comment,
    Job,
    Letter,
    Notice,
    RecordStep,
    Retyped,
    StoredFile,
    Upload,
    UploadedRow,
)
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY as PROCESSES
from tests.conftest import COUNTY, NEAR, VILLAGE
from villages.models import PARAMETERS, Household, Lineage, Person, Place, PlaceChange, Role, Village

pytestmark = pytest.mark.django_db

FEW, MANY, MORE = 20, 200, 400
# Pages without rows of ours, those that only take a POST, and those of the framework.
APART = {"login", "logout", "password_change", "password_change_done", "home_redirect"}


def grow(user, rows):
    """So many more of everything that a page may list, all in one village, one household, one item."""
    with everywhere("test data"):
        Place.names.bulk_create(Place(code=f"{NEAR}{300 + i}", name=f"第{i}村") for i in rows)
        Village.objects.bulk_create(Village(place_id=f"{NEAR}{300 + i}") for i in rows)
        Household.objects.bulk_create(
            Household(place_id=VILLAGE, number=f"H{i}", head="王小明") for i in rows
        )
        household = Household.objects.order_by("pk").first()
        Person.objects.bulk_create(
            Person(place_id=VILLAGE, household=household, number=f"{i:03}", name="王小明") for i in rows
        )
        for model in dict.fromkeys(ledger.model for ledger in REGISTRY.values()):
            if model not in (Place, Village, Household, Person, Finding, Item):
                model.objects.bulk_create(some(model, i) for i in rows)
        grow_items(user, rows)
        grow_slips(rows)
        grow_uploads(user, rows)
        grow_places(user, rows)
        grow_templates(user, rows)
        grow_notices(user, rows)


def some(model, i):
    """A record of a village of its own that says what must be said, and in each number, day and text something else."""
    record = model(place_id=f"{NEAR}{300 + i}")
    for one in model._meta.concrete_fields:
        if one.name != "place" and not (one.null or one.blank or one.has_default() or one.generated):
            setattr(record, one.attname, invented(one, i))
    return record


def invented(field, i):
    if field.related_model:
        return field.related_model.objects.order_by("pk").values_list("pk", flat=True)[0]
    if field.choices:
        return field.choices[-1][0]
    if isinstance(field, PartialDateField):
        return (date(2018, 1, 1) + timedelta(days=i)).isoformat()
    if isinstance(field, DateField):
        return date(2018, 1, 1) + timedelta(days=i)
    if isinstance(field, ArrayField):
        return [invented(field.base_field, i)]
    return f"{field.verbose_name[0]}{i}项" if isinstance(field, CharField) else i


def grow_items(user, rows):
    Finding.objects.bulk_create(Finding(place_id=COUNTY, code=f"F{i}", text="问题") for i in rows)
    finding = Finding.objects.order_by("pk").first()
    Item.objects.bulk_create(
        Item(
            place_id=VILLAGE,
            finding=finding,
            code=f"I{i}",
            state=Item.State.APPLIED,
            due_on=date(2020, 6, 30),
        )
        for i in rows
    )
    item, state = Item.objects.order_by("pk").first(), Item.State.DOING
    Measure.objects.bulk_create(
        Measure(place_id=VILLAGE, item=item, code=f"I-{i}", number=i, text="制定方案", state="doing")
        for i in rows
    )
    trail = RecordStep.objects.bulk_create(
        RecordStep(
            process="items",
            ledger="items",
            record=item.pk,
            place_code=VILLAGE,
            verb="report",
            before=state,
            after=state,
            version=i,
            by=user,
            office=str(user.appointment),
        )
        for i in rows
    )
    file, _ = StoredFile.objects.get_or_create(
        name="佐证.pdf", size=1, kind="pdf", sha256="0" * 64, place_code=VILLAGE
    )
    Evidence.objects.bulk_create(
        Evidence(place_id=VILLAGE, item=item, step=step, file=file) for step in trail
    )


def grow_notices(user, rows):
    """So many notices to this person, letters of them, and comments on the same item and household that wait for them."""
    item, household, mine = (
        Item.objects.order_by("pk").first(),
        Household.objects.order_by("pk").first(),
        user.appointment.pk,
    )
    told = {"place_code": VILLAGE, "ledger": "items", "record": item.pk, "user": user, "appointment": mine}
    Notice.objects.bulk_create(
        Notice(kind="turn", occasion=f"step.{i}", title="请签收", url=f"/items/{item.pk}/", **told)
        for i in rows
    )
    Letter.objects.bulk_create(
        Letter(place_code=COUNTY, user=user, subject="新通知", body="请登录", state="failed") for _ in rows
    )
    Comment.objects.bulk_create(
        Comment(
            ledger=ledger,
            record=record,
            place_code=VILLAGE,
            text="请补充",
            by=user,
            office="经办",
            asked=[mine],
        )
        for ledger, record in (("items", item.pk), ("households", household.pk))
        for _ in rows
    )


def grow_slips(rows):
    """So many papers of one item, items of one paper, files of its replies, and items that the rules propose papers for."""
    finding, item = Finding.objects.order_by("pk").first(), Item.objects.order_by("pk").first()
    slip, common = Slip.objects.order_by("pk").first(), {"place_id": VILLAGE}
    late = Item.objects.bulk_create(
        Item(
            finding=finding,
            code=f"L{i}",
            unit=f"第{i}单位",
            state=Item.State.DOING,
            due_on=date(2020, 6, 30),
            **common,
        )
        for i in rows
    )
    SlipItem.objects.bulk_create(SlipItem(slip=slip, item=one, **common) for one in late)
    others = Slip.objects.filter(bases=None).exclude(pk=slip.pk)
    SlipItem.objects.bulk_create(SlipItem(slip=one, item=item, **common) for one in others)
    file, step = StoredFile.objects.order_by("pk").first(), RecordStep.objects.order_by("pk").first()
    Evidence.objects.bulk_create(Evidence(slip=slip, step=step, file=file, **common) for _ in rows)
    Item.objects.bulk_create(
        Item(
            finding=finding,
            code=f"P{i}",
            unit=f"第{i % 40}单位",
            state=Item.State.DOING,
            due_on=date(2020, 6, 30),
            **common,
        )
        for i in rows
    )


def grow_uploads(user, rows):
    common = {"place_code": user.place.code, "by": user}
    tally = {"new": 1, "changed": 0, "same": 0, "refused": 0, "hints": 0, "passed": 0}
    told = {
        "unknown": [],
        "units": [],
        "dropped": [],
        "passed": [],
        "notices": [],
        "lacking": [],
        "kinds": {},
    }
    Upload.objects.bulk_create(
        Upload(
            name=f"{i}.xlsx", ledger="households", state=Upload.State.READY, tally=tally, told=told, **common
        )
        for i in rows
    )
    upload = Upload.objects.order_by("pk").first()
    UploadedRow.objects.bulk_create(
        UploadedRow(
            upload=upload,
            place_code=user.place.code,
            ledger="households",
            number=i,
            sheet="表",
            verdict="new",
            changes={"number": f"N{i}"},
        )
        for i in rows
    )
    Access.objects.bulk_create(
        Access(kind=Access.Kind.REVEAL, reason="核对信息", ledger="households", **common) for _ in rows
    )
    Retyped.objects.bulk_create(
        Retyped(place_code=VILLAGE, ledger="households", column=f"column {i}", cells=i) for i in rows
    )
    Job.objects.get_or_create(
        kind="export", owner=user, place_code=user.place.code, state=Job.State.DONE, result={}
    )


def grow_templates(user, rows):
    """So many times back to the built-in template."""
    DocumentTemplate.objects.bulk_create(
        DocumentTemplate(place_code=user.place.code, document="notice", number=i + 1, by=user) for i in rows
    )


def grow_places(user, rows):
    """So many villages that were closed, with all that lay in them."""
    code, on = f"{NEAR}900", date(2020, 3, 1)
    gone = Place.names.get_or_create(code=code, defaults={"name": "旧村", "valid_to": on})[0]
    Household.objects.bulk_create(Household(place=gone, number=f"G{i}", head="王小明") for i in rows)
    changes = PlaceChange.objects.bulk_create(
        PlaceChange(place_code=NEAR, kind=PlaceChange.Kind.CLOSE, on=on, by=user) for _ in rows
    )
    Lineage.objects.bulk_create(Lineage(change=one, before=gone, old_name="旧村") for one in changes)


def addresses():
    """{address: the name of its page}, every page with arguments that lead to a page full of rows."""
    with everywhere("test data"):
        first = {
            model: model.objects.order_by("pk").first().pk
            for model in (Item, Evidence, Finding, Measure, Upload, Job, PlaceChange)
        }
        records = {
            code: ledger.model.objects.within(COUNTY).order_by("pk").first().pk
            for code, ledger in REGISTRY.items()
        }
    ledgers = [[code] for code in REGISTRY]
    kinds = {(f.ledger, bool(f.split), bool(f.each)): [code] for code, f in FIGURES.items()}
    papers = [one for one in DOCUMENTS.values() if one.context and one.ledger in REGISTRY]
    templates = [[one.code] for one in DOCUMENTS.values() if one.ledger in REGISTRY]
    figures, parameters = [*kinds.values()], [[key] for key in PARAMETERS]
    arguments = {
        "ledger": ledgers, "ledger_columns": ledgers, "ledger_export": ledgers, "template": ledgers, "record_add": ledgers,
        "record": [*records.items()], "record_edit": [*records.items()], "figure": figures,
        "parameter": parameters, "parameter_set": parameters,
        "place_change": [[first[PlaceChange]]], "place_change_void": [[first[PlaceChange]]], "place_change_add": [["split"], ["merge"]],
        "record_reveal": [(code, pk, REGISTRY[code].stored[0].name) for code, pk in records.items()],
        "item": [[first[Item]]], "item_step": [(first[Item], verb) for verb in RECTIFICATION.steps], "evidence": [[first[Evidence]]],
        "handover": [[records["handovers"]]], "handover_export": [[records["handovers"]]], "handover_step": [(records["handovers"], "give")],
        "chain_of": [[first[Finding]]], "tag_cause": [[first[Finding]]], "untag_cause": [(first[Finding], 1)],
        "item_measure": [(first[Measure], "finish")],
        "record_step": [(p.ledger, records[p.ledger], p.code, verb) for p in PROCESSES.values() for verb in p.steps],
        **dict.fromkeys(("document_template", "document_template_file", "document_template_replace"), templates),
        "document_template_version": [(code, 1) for code, in templates],
        **{name: [(d.code, records[d.ledger]) for d in papers] for name in ("document", "document_print")},
        "inbox_open": [[1]], "inbox_read": [[1]], "letter_again": [[1]],
        "comment_add": [["items", first[Item]]], "comment_withdraw": [[1]], "comment_process": [[1]],
        "bulk_step": [(p.ledger, p.code, verb) for p in PROCESSES.values() for verb in p.bulk],
        "saved_filter_add": ledgers, "saved_filter": [("items", 1, "share")],
        "job": [[first[Job]]], "job_file": [[first[Job]]], "act_as": [[1]],
    }  # fmt: skip
    arguments |= {
        name: [[first[Upload]]]
        for name in names()
        if name.startswith("upload_") and name != "upload_commit_all"
    }
    found = {reverse(name, args=args): name for name in names() - APART for args in arguments.get(name, [[]])}
    found |= {f"{reverse(name)}?q={text}": name for name in ("search", "suggest") for text in ("wxm", "第")}
    found |= {f"{address}?areas=now": name for address, name in found.items() if name == "figure"}
    found |= {f"{address}?on=2999-01-01": name for address, name in found.items() if name == "record"}
    return found | {f"{address}?size=200": name for address, name in found.items() if name == "ledger"}


def names(resolver=None, prefix=""):
    """The names of all our pages."""
    found = set()
    for one in (resolver or get_resolver()).url_patterns:
        path = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            found |= names(one, path) if not path.startswith("admin") else set()
        else:
            found.add(one.name)
    return found


def cost(client, pages):
    """{page: (its status, how many queries it takes)}; pages that only take a POST are left out."""
    costs = {}
    for address in pages:
        connection.queries_log.clear()  # it holds 9,000, and a full one counts nothing more
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        if status != 405:
            costs[address] = status, len(queries)
    return costs


@pytest.fixture(autouse=True)
def nobody_is_idle(monkeypatch):
    """That somebody is at work is written once a minute, on whatever page they then open."""
    monkeypatch.setattr("povertyparty.pages.accounts.SEEN_SECONDS", 10**10)


@pytest.fixture
def officer_with_rows(officer):
    grow(officer, range(FEW))
    return officer


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER, Role.AUDITOR])
def test_every_page_costs_the_same_queries_at_20_200_and_400_rows(
    role, officer_with_rows, somebody, client_of
):
    user = officer_with_rows if role == Role.COUNTY_OFFICER else somebody(role)
    client, pages = client_of(user), addresses()
    cost(client, pages)  # what is remembered from the first time on
    few = cost(client, pages)
    grow(officer_with_rows, range(FEW, MANY))
    many = cost(client, pages)
    grow(officer_with_rows, range(MANY, MORE))
    more = cost(client, pages)
    grown = {
        page: (few[page], many[page], more[page])
        for page in more
        if not few[page] == many[page] == more[page]
    }
    assert not grown


def test_the_pages_of_every_day_take_few_queries(officer_with_rows, client_of):
    costs = cost(client_of(officer_with_rows), ["/ledgers/households/", "/uploads/"])
    # Of the list, one is for the filters kept by name.
    assert all(status == 200 and count <= 13 for status, count in costs.values()), costs

"""What tables of their own kept is found again where it is kept now: trails of items, files of papers."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.conftest import VILLAGE

pytestmark = pytest.mark.django_db(transaction=True)

TRAIL = [
    ("start", "not_started", "doing", {}),
    ("apply", "doing", "applied", {"note": "已落实", "percent": 100}),
    ("verify", "applied", "verified", {"methods": ["实地走访"], "verdict": "好"}),
    ("close", "verified", "closed", {}),
    ("reopen", "closed", "doing", {"note": "出现反弹", "due_on": "2020-12-31"}),
    ("apply", "doing", "applied", {"note": "再次落实"}),
    ("return", "applied", "doing", {"note": "缺会议记录"}),
]


def test_every_step_is_copied_and_what_it_left_is_reckoned():
    with connection.as_owner(), transaction.atomic():
        item, file = before(migrated("0003_verbs_of_the_table"))
        new = migrated("0004_rectification")
        copies = rows(new, "povertyparty", "RecordStep").filter(process="items", record=item)
        assert [(one.verb, one.before, one.after, one.details) for one in copies.order_by("pk")] == TRAIL
        assert [(one.version, one.at.day, one.office, one.place_code) for one in copies.order_by("pk")] == [
            (n, n, "县级部门", VILLAGE) for n in range(2, 9)
        ]
        evidence = rows(new, "inspections", "Evidence").get(file_id=file)
        assert (evidence.step.verb, evidence.step.version) == ("apply", 3)
        found = rows(new, "inspections", "Item").get()
        assert (found.round, found.returned, found.first_due_on) == (2, 1, date(2020, 12, 31))
        assert (found.assigned_on, found.heard_on) == (date(2020, 7, 6), date(2020, 7, 7))
        transaction.set_rollback(True)


def test_files_of_replies_are_evidence_and_go_back_where_they_came_from():
    with connection.as_owner(), transaction.atomic():
        item, slip, step, file = proven(migrated("0008_lists"))
        kept = rows(migrated("0009_evidence"), "inspections", "Evidence").order_by("pk")
        assert [*kept.values_list("place", "item", "slip", "step", "file")] == [
            (VILLAGE, item, None, step, file),
            (VILLAGE, None, slip, step, file),
        ]
        old = migrated("0008_lists")
        back = rows(old, "inspections", "SlipEvidence").values_list("place", "slip", "step", "file")
        assert [*back] == [(VILLAGE, slip, step, file)]
        assert rows(old, "inspections", "Evidence").get().item_id == item
        transaction.set_rollback(True)


def migrated(name):
    """The models as they are after the migration of that name."""
    executor = MigrationExecutor(connection)
    return executor.migrate([("inspections", name)]).apps


def rows(apps, app, model):
    return apps.get_model(app, model)._base_manager


def proven(apps):
    """An item and a paper, each with a file that came with a step."""
    place = rows(apps, "villages", "Place").create(code=VILLAGE, name="前湾村")
    by = rows(apps, "povertyparty", "User").create(username="department")
    file = rows(apps, "povertyparty", "StoredFile").create(
        name="佐证.pdf", size=1, kind="pdf", sha256="0" * 64, place_code=VILLAGE
    )
    step = rows(apps, "povertyparty", "RecordStep").create(
        process="slips", ledger="slips", record=1, place_code=VILLAGE, verb="reply", version=4, by=by
    )
    finding = rows(apps, "inspections", "Finding").create(place=place, code="F", text="问题")
    item = rows(apps, "inspections", "Item").create(place=place, finding=finding, code="F-1")
    slip = rows(apps, "inspections", "Slip").create(place=place, number="拟〔2020〕1号", unit="县教育局")
    kept = {"place": place, "step": step, "file": file}
    rows(apps, "inspections", "Evidence").create(item=item, **kept)
    rows(apps, "inspections", "SlipEvidence").create(slip=slip, **kept)
    connection.check_constraints()
    return item.pk, slip.pk, step.pk, file.pk


def before(apps):
    """An item with a trail of its own, a step a day, and a file that came with the second."""
    place = rows(apps, "villages", "Place").create(code=VILLAGE, name="前湾村")
    by = rows(apps, "povertyparty", "User").create(username="department")
    file = rows(apps, "povertyparty", "StoredFile").create(
        name="佐证.pdf", size=1, kind="pdf", sha256="0" * 64, place_code=VILLAGE
    )
    finding = rows(apps, "inspections", "Finding").create(place=place, code="F", text="问题")
    item = rows(apps, "inspections", "Item").create(
        place=place, finding=finding, code="F-1", found_on="2020-05-01", due_on="2020-12-31", state="doing"
    )
    trail = rows(apps, "inspections", "TakenStep")
    for n, (verb, start, end, said) in enumerate(TRAIL, 2):
        step = trail.create(
            place=place, item=item, verb=verb, before=start, after=end, version=n, by=by, role="department", **said
        )  # fmt: skip
        trail.filter(pk=step.pk).update(at=datetime(2020, 7, n, 9, tzinfo=UTC))
        if n == 3:
            rows(apps, "inspections", "Evidence").create(place=place, item=item, step=step, file=file)
    connection.check_constraints()
    return item.pk, file.pk

"""Sealed identity numbers carry the hashes of their last digits from now on: in the registers, their history and what uploads keep."""

from django.db import migrations

from povertyparty.sealed import seal_text, unseal_text

COLUMNS = [("household", "head_id"), ("person", "id_number"), ("cadre", "id_number"), ("enrolment", "id_number")]
# (table, where a number stands in it, how another is put there)
HELD = [
    *((f"villages_{name}{kind}", column, f"{column} = new") for name, column in COLUMNS for kind in ("", "event")),
    *(
        ("povertyparty_uploadedrow", f"{kept}->>'{column}'", f"{kept} = jsonb_set({kept}, '{{{column}}}', to_jsonb(new))")
        for kept in ("changes", "before")
        for column in ("head_id", "id_number")
    ),
]
LOT = 20_000


def rewrite(cursor, make):
    for name, _ in COLUMNS:  # nobody changed anything, so the change log has nothing to tell
        cursor.execute(f"ALTER TABLE villages_{name} DISABLE TRIGGER USER")
    for table, place, put in HELD:
        while True:
            cursor.execute(f"SELECT DISTINCT {place} FROM {table} WHERE {place} <> '' AND {place} !~ '[.]' LIMIT {LOT}")
            if not (old := [text for (text,) in cursor.fetchall()]):
                break
            cursor.execute(
                f"UPDATE {table} SET {put} FROM unnest(%s::text[], %s::text[]) AS n(old, new) WHERE {place} = n.old",
                [old, [make(text) for text in old]],
            )
    for name, _ in COLUMNS:
        cursor.execute(f"ALTER TABLE villages_{name} ENABLE TRIGGER USER")


def add(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        rewrite(cursor, lambda text: seal_text(unseal_text(text)))


class Migration(migrations.Migration):
    dependencies = [
        ("povertyparty", "0006_file_purpose"),
        ("villages", "0007_parameters"),
    ]

    operations = [migrations.RunPython(add)]

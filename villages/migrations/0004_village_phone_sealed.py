"""The telephone of a village's secretary is sealed like every other: in the register, its history and what uploads keep."""

from django.db import migrations

from povertyparty.sealed import SealedField, seal_text, unseal_text

UPLOADED = "povertyparty_uploadedrow"
# (table, where a telephone stands in it, how another is put there, which rows)
HELD = [
    ("villages_village", "phone", "phone = %s", "true"),
    ("villages_villageevent", "phone", "phone = %s", "true"),
    *(
        (UPLOADED, f"{kept}->>'phone'", f"{kept} = jsonb_set({kept}, '{{phone}}', to_jsonb(%s::text))", "ledger = 'villages'")
        for kept in ("changes", "before")
    ),
]


def rewrite(cursor, make):
    # Nobody changed anything, so the change log has nothing to tell.
    cursor.execute("ALTER TABLE villages_village DISABLE TRIGGER USER")
    for table, place, put, which in HELD:
        cursor.execute(f"SELECT DISTINCT {place} FROM {table} WHERE {which} AND {place} <> ''")
        for (text,) in cursor.fetchall():
            cursor.execute(f"UPDATE {table} SET {put} WHERE {which} AND {place} = %s", [make(text), text])
    cursor.execute("ALTER TABLE villages_village ENABLE TRIGGER USER")


def seal(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        rewrite(cursor, seal_text)
        # A cell that was refused was no telephone, but nearly one.
        cursor.execute(
            f"""UPDATE {UPLOADED} SET faults = (
                    SELECT jsonb_agg(CASE one->>'header' WHEN '联系电话' THEN one || '{{"value": "***"}}' ELSE one END ORDER BY n)
                    FROM jsonb_array_elements(faults) WITH ORDINALITY AS f(one, n))
                WHERE ledger = 'villages' AND faults @> '[{{"header": "联系电话"}}]'"""
        )


def unseal(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        rewrite(cursor, unseal_text)


class Migration(migrations.Migration):
    dependencies = [
        ("povertyparty", "0003_upload_job"),
        ("villages", "0003_alter_cadre_years_alter_cadreevent_years_and_more"),
    ]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="phone",
            field=SealedField(blank=True, max_length=20, verbose_name="联系电话"),
        )
        for name in ("village", "villageevent")
    ] + [migrations.RunPython(seal, unseal)]

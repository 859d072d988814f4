import django.db.models.deletion
from django.db import migrations, models


# What came with replies to papers becomes evidence like any other. The constraints that wait for the end of the
# transaction are asked at once: PostgreSQL changes no table that they still wait for.
CARRY = """
INSERT INTO inspections_evidence (place_code, slip_id, step_id, file_id)
SELECT place_code, slip_id, step_id, file_id FROM inspections_slipevidence ORDER BY id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
CARRY_BACK = """
INSERT INTO inspections_slipevidence (place_code, slip_id, step_id, file_id)
SELECT place_code, slip_id, step_id, file_id FROM inspections_evidence WHERE slip_id IS NOT NULL ORDER BY id;
DELETE FROM inspections_evidence WHERE slip_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inspections', '0008_lists'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='evidence',
            name='evidence_of_one_thing',
        ),
        migrations.AddField(
            model_name='evidence',
            name='slip',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='inspections.slip', verbose_name='督办单据'),
        ),
        migrations.RunSQL(CARRY, CARRY_BACK),
        migrations.DeleteModel(
            name='SlipEvidence',
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finding', None), ('item__isnull', False), ('slip', None)), models.Q(('finding__isnull', False), ('item', None), ('slip', None)), models.Q(('finding', None), ('item', None), ('slip__isnull', False)), _connector='OR'), name='evidence_of_one_thing', violation_error_message='佐证材料属于一个整改事项、一个检视问题或者一份督办单据'),
        ),
    ]

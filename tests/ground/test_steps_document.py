"""docs/steps.md is what the tables of steps say."""

import io

from django.conf import settings
from django.core.management import call_command


def test_the_document_is_written_from_the_tables():
    told = io.StringIO()
    call_command("steps", stdout=told)
    assert (settings.BASE_DIR / "docs" / "steps.md").read_text(encoding="utf8") == told.getvalue(), (
        "run: manage.py steps > docs/steps.md"
    )

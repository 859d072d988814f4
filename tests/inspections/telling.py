"""What tests of notices share: who was told what of a record."""

from povertyparty.models import Notice
from povertyparty.scope import everywhere


def told(record=None, **conditions):
    """The notices there are, oldest first."""
    with everywhere("test"):
        rows = Notice.objects.filter(**conditions, **({"record": record.pk} if record else {}))
        return list(rows.select_related("user").order_by("pk"))


def people(notices):
    return {one.user for one in notices}

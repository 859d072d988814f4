"""Files out: what leaves the system is written down, so a download is a POST like everything else that writes."""

from povertyparty.models import Access
from povertyparty.scope import current


def give_out(request, make, *, what, **seen):
    """The answer that `make` makes; if it raises FileFault, nothing has left. `seen` says what the file belongs to."""
    answer = make()
    Access.objects.create(
        kind=Access.Kind.DOWNLOAD, by=request.user, place_code=current().lo, reason=what, **seen
    )
    return answer

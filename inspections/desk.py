"""What the county's officers may begin: papers that the rules propose."""

from django.urls import reverse
from django.utils import timezone

from inspections.ladder import proposed
from povertyparty import desk


@desk.suggest
def papers(user):
    if not user.may("draft_slips"):
        return
    due = proposed(timezone.localdate(), user.place.code[:6]).within(user.place.code).count()
    if due:
        yield {"title": f"拟办建议：{due:,} 项整改事项可以督办", "url": reverse("slips_proposed")}

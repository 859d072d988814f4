"""常用筛选: conditions on a ledger under a name, one's own or shared with all who work in one's place and below it.

Only an address is kept, never rows: whoever opens it sees what lies in their own scope. What was looked for by name or
number is not kept with it, for it says of whom.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from povertyparty.scope import here

MOST = 30  # of one person and ledger


class SavedFilterQuerySet(models.QuerySet):
    def seen_by(self, user):
        """One's own, and what is shared in one's place or above it."""
        code = here()
        above = [code[:n] for n in range(len(code) + 1)]
        return self.filter(Q(owner=user.pk) | Q(shared=True, place_code__in=above))


class SavedFilter(models.Model):
    ledger = models.CharField("台账", max_length=40)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=2000)
    told = models.JSONField("条件的说明", default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="保存人"
    )
    place_code = models.CharField("保存时的地区", max_length=12, blank=True, db_collation="C")
    shared = models.BooleanField("共享给本级和下级", default=False)
    opens = models.BooleanField("打开台账时使用", default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        app_label = "povertyparty"
        verbose_name = verbose_name_plural = "常用筛选"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "ledger", "name"],
                name="saved_filter_once",
                violation_error_message="您已有同名的常用筛选，请换一个名称",
            ),
            models.UniqueConstraint(
                fields=["owner", "ledger"],
                condition=Q(opens=True),
                name="saved_filter_opens_once",
                violation_error_message="打开台账时只能使用一个常用筛选",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def address(self):
        return f"?{self.query}&saved={self.pk}"

    def is_changed_by(self, user):
        """Whose it is; what is shared, also by those who may share in the same place: people leave, filters stay."""
        if self.owner_id == user.pk:
            return True
        return self.shared and self.place_code == here() and user.may("share_filters")

    def lost(self, listing):
        """The conditions, in words, that the ledger does not know any more."""
        gone = self.told.keys() - listing.means.keys()
        return [words for name, words in self.told.items() if name in gone and name in listing.query]

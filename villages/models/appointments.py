"""任用: who works where, in which role, from when to when. Rights end with the appointment."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from villages.models.places import Place


class Role(models.TextChoices):
    VILLAGE_FILER = "village_filer", "村填报员"
    TOWNSHIP_OFFICER = "township_officer", "乡镇经办人"
    TOWNSHIP_LEADER = "township_leader", "乡镇领导"
    COUNTY_OFFICER = "county_officer", "县委组织部经办人"
    COUNTY_LEADER = "county_leader", "县委组织部领导"
    DEPARTMENT = "department", "县级部门"
    SUPERVISOR = "supervisor", "督查"
    READER = "reader", "领导只读"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "系统管理员"


R = Role
# What a role may do with ledgers; who may take which step of an item stands in the step table.
MAY = {
    "view_ledgers": {
        R.VILLAGE_FILER,
        R.TOWNSHIP_OFFICER,
        R.TOWNSHIP_LEADER,
        R.COUNTY_OFFICER,
        R.COUNTY_LEADER,
        R.DEPARTMENT,
        R.SUPERVISOR,
    },
    "view_figures": set(Role) - {R.AUDITOR, R.ADMINISTRATOR},
    "edit_ledgers": {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER, R.COUNTY_OFFICER},
    "import_ledgers": {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER, R.COUNTY_OFFICER},
    "export_ledgers": {
        R.TOWNSHIP_OFFICER,
        R.TOWNSHIP_LEADER,
        R.COUNTY_OFFICER,
        R.COUNTY_LEADER,
        R.DEPARTMENT,
        R.SUPERVISOR,
    },
    "share_filters": {R.TOWNSHIP_OFFICER, R.TOWNSHIP_LEADER, R.COUNTY_OFFICER, R.COUNTY_LEADER},
    "see_sensitive": {R.VILLAGE_FILER, R.TOWNSHIP_OFFICER, R.COUNTY_OFFICER, R.SUPERVISOR},
    "settle_states": {R.COUNTY_OFFICER},
    "see_reviews": {R.COUNTY_OFFICER, R.COUNTY_LEADER},
    "view_retyping": {R.COUNTY_OFFICER, R.ADMINISTRATOR},
    "read_log": {R.AUDITOR, R.SUPERVISOR, R.COUNTY_OFFICER},
    "manage_users": {R.ADMINISTRATOR},
    "view_parameters": {R.COUNTY_OFFICER, R.COUNTY_LEADER, R.ADMINISTRATOR},
    "set_parameters": {R.COUNTY_OFFICER},
    "keep_templates": {R.COUNTY_OFFICER, R.ADMINISTRATOR},
    "change_places": {R.COUNTY_OFFICER},
    "draft_slips": {R.COUNTY_OFFICER},
}


RIGHTS = {role: frozenset(what for what, roles in MAY.items() if role in roles) for role in Role}


class AppointmentQuerySet(models.QuerySet):
    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(from_on__lte=on), Q(to_on=None) | Q(to_on__gte=on))


class Appointment(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="appointments", verbose_name="用户"
    )
    role = models.CharField("角色", max_length=20, choices=Role)
    place = models.ForeignKey(Place, models.PROTECT, to_field="code", verbose_name="地区")
    unit = models.CharField("单位", max_length=60, blank=True)
    from_on = models.DateField("起", default=timezone.localdate)
    to_on = models.DateField("止", null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任用"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                name="appointment_ends_after_it_begins",
                violation_error_message="止期不能早于起期",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "place"],
                condition=Q(to_on=None),
                name="appointment_once",
                violation_error_message="该用户在此地区已有同一角色",
            ),
        ]

    def __str__(self):
        return f"{self.place} {self.get_role_display()}"

    def may(self, what):
        return self.role in MAY[what]

    @property
    def own_unit(self):
        """The one unit that it answers for: that of a county department, where it names one."""
        return self.unit if self.role == Role.DEPARTMENT else ""

    @property
    def rights(self):
        return RIGHTS.get(self.role, frozenset())

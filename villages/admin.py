"""The back office: users and their appointments, for system administrators only. They see no ledger."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from povertyparty.models import User
from villages.models import Appointment, Lineage


class ByAdministrators:
    """Whoever may enter may do all of it; nothing is deleted: an account is switched off, an appointment is ended."""

    def has_view_permission(self, request, obj=None):
        return request.user.may("manage_users")

    has_add_permission = has_change_permission = has_module_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False

    def get_action_choices(self, request, default_choices=None):
        return [("", "（选择操作）"), *super().get_action_choices(request, [])]


class Appointments(ByAdministrators, admin.TabularInline):
    model = Appointment
    autocomplete_fields = ()
    raw_id_fields = ("place",)
    extra = 0

    def has_view_permission(self, request, obj=None):
        return request.user.may("manage_users")


@admin.register(User)
class Users(ByAdministrators, UserAdmin):
    list_display = ("username", "name", "is_active", "last_login")
    list_filter = ("is_active", "appointments__role")
    search_fields = ("username", "name")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "name", "password")}),
        ("状态", {"fields": ("is_active", "must_change_password", "last_login")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "name", "usable_password", "password1", "password2"),
            },
        ),
    )
    readonly_fields = ("last_login",)
    inlines = (Appointments,)


@admin.register(Appointment)
class AppointmentList(ByAdministrators, admin.ModelAdmin):
    list_display = ("user", "role", "place", "from_on", "to_on")
    list_filter = ("role",)
    search_fields = ("user__name", "user__username", "place__name")
    raw_id_fields = ("user", "place")


@admin.register(Lineage)
class Lineages(ByAdministrators, admin.ModelAdmin):
    list_display = ("kind", "before", "after", "on", "document")
    raw_id_fields = ("before", "after")

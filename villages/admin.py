"""The back office: users and their appointments, for system administrators only. They see no ledger."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.db import models

from povertyparty.models import User
from villages.models import Appointment


class ByAdministrators:
    """Whoever may enter may do all of it; nothing is deleted: an account is switched off, an appointment is ended."""

    formfield_overrides = {models.DateField: {"widget": forms.DateInput({"type": "date"}, "%Y-%m-%d")}}

    def has_view_permission(self, request, obj=None):
        return request.user.may("manage_users")

    has_add_permission = has_change_permission = has_module_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False

    def get_action_choices(self, request, default_choices=None):
        return [("", "（选择操作）"), *super().get_action_choices(request, [])]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        kwargs["choices"] = db_field.get_choices(blank_choice=[("", "（请选择）")])
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class Appointments(ByAdministrators, admin.TabularInline):
    model = Appointment
    autocomplete_fields = ()
    raw_id_fields = ("place",)
    extra = 0

    def has_view_permission(self, request, obj=None):
        return request.user.may("manage_users")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """In a table no label stands beside the box, so the box names itself to those who do not see the head."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = db_field.verbose_name
        return field


class NewUser(AdminUserCreationForm):
    usable_password = (
        None  # everybody signs in with a password; who may not, has an account that is not active
    )


class NewPassword(AdminPasswordChangeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for field in self.fields.values():
            field.required = True


@admin.register(User)
class Users(ByAdministrators, UserAdmin):
    add_form, add_form_template, change_password_form = NewUser, None, NewPassword
    list_display = ("username", "name", "active", "last_login")
    list_filter = ("is_active", "appointments__role")
    search_fields = ("username", "name")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "name", "password")}),
        ("邮件通知", {"fields": ("email", "mail")}),
        ("状态", {"fields": ("is_active", "must_change_password", "last_login")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "name", "password1", "password2"),
            },
        ),
    )
    readonly_fields = ("last_login",)
    inlines = (Appointments,)

    @admin.display(description="有效", ordering="is_active")
    def active(self, user):
        return "是" if user.is_active else "否"


@admin.register(Appointment)
class AppointmentList(ByAdministrators, admin.ModelAdmin):
    list_display = ("user", "role", "place", "from_on", "to_on")
    list_filter = ("role",)
    search_fields = ("user__name", "user__username", "place__name")
    raw_id_fields = ("user", "place")

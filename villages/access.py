"""Who acts where: the appointment one works in gives role, place and scope, anew for every request."""

from dataclasses import replace

from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse

from povertyparty.jobs import JobRefused
from povertyparty.scope import Scope, acting, everywhere
from villages.models import Appointment

CHOSEN = "appointment"
NOWHERE = "none"  # begins no code, so it holds no row


def appointments_of(user):
    return list(Appointment.objects.in_force().filter(user=user).select_related("place").order_by("pk"))


def chosen(user, pk=None):
    """The appointment to act in: the one chosen in this session while it lasts, else the first in force."""
    user.held = held = appointments_of(user)
    return next((one for one in held if one.pk == pk), held[0] if held else None)


def scope_of(appointment):
    return Scope(appointment.place_id, appointment.user_id, appointment.pk, appointment.rights)


def scope_of_job(job):
    """The context in which a background job runs: its own place, as long as the appointment it was ordered by is in force."""
    if job.owner_id is None and job.appointment is None:
        return everywhere("任务没有发起人")
    rows = Appointment.objects.in_force().select_related("place")
    held = rows.filter(pk=job.appointment, user=job.owner_id).first()
    if held is None or not scope_of(held).holds(job.place_code):
        raise JobRefused(
            "您发起这项任务时的任用已经结束或变更，任务没有执行，数据未改动。请以现在的任用重新发起，或请管理员核对您的任用"
        )
    take_up(job.owner, held)
    return acting(replace(scope_of(held), lo=job.place_code))


def take_up(user, appointment):
    """Give the user the role they act in. Without an appointment there is no right, but for a superuser to manage users."""
    user.appointment = appointment
    user.role = appointment.role if appointment else ""
    user.may = appointment.may if appointment else (lambda what: user.is_superuser and what == "manage_users")
    user.place = appointment.place if appointment else None
    return user


class AccessMiddleware:
    """Holds one transaction in the acting user's scope until the response is rendered."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        appointment = take_up(user, chosen(user, request.session.get(CHOSEN))).appointment
        if appointment is None and not user.is_superuser:
            logout(request)
            return redirect("login")
        if user.must_change_password and request.path not in {reverse("password_change"), reverse("logout")}:
            return redirect("password_change")
        scope = scope_of(appointment) if appointment else Scope(NOWHERE, user.pk)
        with acting(scope):
            response = self.get_response(request)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

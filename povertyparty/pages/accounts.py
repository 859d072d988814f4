"""Signing in and out, for how long, and one's password."""

import time
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import views
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from povertyparty.models import User

SEEN_SECONDS = 60  # a page need not write for every click; the idle time is right to the minute
UNTOLD = {"csrfmiddlewaretoken", "digest", "next", "once", "version"}


class SignedInMiddleware(LoginRequiredMiddleware):
    """Each page asked for begins the idle time anew. Who is not signed in any more signs in and comes back to the page;
    what she had typed is not lost silently.
    """

    def process_view(self, request, *view):
        if request.user.is_authenticated and not request.htmx:  # a page that renews itself is nobody at work
            stay(request.session)
        return super().process_view(request, *view)

    def handle_no_permission(self, request, view_func):
        if request.method == "POST":
            return expired(request)
        if request.htmx:
            return HttpResponseClientRedirect(login_url(request.htmx.current_url_abs_path))
        return super().handle_no_permission(request, view_func)


def stay(session):
    """A session that is saved lasts `SESSION_COOKIE_AGE` from then on."""
    now = int(time.time())
    if now - session.get("seen", 0) >= SEEN_SECONDS:
        session["seen"] = now


def expired(request):
    """Nothing was done: say so, give back what was typed, and lead by way of the sign-in to where it was typed."""
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"error": "登录已超时，没有传上：请刷新页面，重新登录后再传"}, status=403)
    return render(request, "registration/expired.html", {
        "typed": typed(request.POST),
        "files": [file.name for _, sent in request.FILES.lists() for file in sent],
        "login_url": login_url(came_from(request)),
    }, status=403)  # fmt: skip


def typed(given):
    shown = (name for name in given if name not in UNTOLD and "password" not in name)
    return "\n".join(filter(str.strip, (value for name in shown for value in given.getlist(name))))


def came_from(request):
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return reverse("home")
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def login_url(back):
    return f"{reverse('login')}?{urlencode({'next': back or reverse('home')})}"


class PasswordChange(views.PasswordChangeView):
    def form_valid(self, form):
        User.objects.filter(pk=self.request.user.pk).update(must_change_password=False)
        return super().form_valid(form)


urlpatterns = [
    path("login/", views.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("password/", PasswordChange.as_view(), name="password_change"),
    path("password/done/", views.PasswordChangeDoneView.as_view(), name="password_change_done"),
]

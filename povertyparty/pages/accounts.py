"""Signing in and out, and one's password."""

from django.contrib.auth import views
from django.urls import path

from povertyparty.models import User


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

"""Who may enter the back office."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect


class Office(AdminSite):
    site_header = site_title = "系统管理"
    index_title = "用户与任用"
    enable_nav_sidebar = False

    def has_permission(self, request):
        user = request.user
        return user.is_active and user.is_authenticated and user.may("manage_users")

    def login(self, request, extra_context=None):
        """There is one door, and who stands here has passed it: they may enter the office or they may not."""
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied

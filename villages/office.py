"""Who may enter the back office."""

from django.contrib.admin import AdminSite


class Office(AdminSite):
    site_header = site_title = "系统管理"
    index_title = "用户与任用"
    enable_nav_sidebar = False

    def has_permission(self, request):
        user = request.user
        return user.is_active and user.is_authenticated and user.may("manage_users")

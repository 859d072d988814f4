from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class VillagesConfig(AppConfig):
    name = "villages"
    verbose_name = "村情与干部"
    default_auto_field = "django.db.models.BigAutoField"


class OfficeConfig(AdminConfig):
    default_site = "villages.office.Office"

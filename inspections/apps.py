from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "检视整改"
    default_auto_field = "django.db.models.BigAutoField"

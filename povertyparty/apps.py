from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PovertypartyConfig(AppConfig):
    name = "povertyparty"
    verbose_name = "系统"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Ledgers, steps, figures, documents, rules and commitments are declared beside the facts they speak of; here they are found."""
        autodiscover_modules("ledgers")  # of all apps first: what counts and judges rows names them
        autodiscover_modules("steps", "figures", "documents", "quality", "commitments", "desk")
        autodiscover_modules("reminders", "letters")  # what the worker does by itself

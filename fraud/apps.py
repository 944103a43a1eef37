from importlib import import_module

from django.apps import AppConfig

from tracking.host_marks import provide


class FraudConfig(AppConfig):
    name = "fraud"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell landings which hosts to mark; the lists can be read once every model is there."""
        provide(import_module("fraud.queries.marked_hosts").marked_hosts)

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what allauth tells of addresses."""
        from core import sign_in  # noqa: F401, PLC0415 - it has models

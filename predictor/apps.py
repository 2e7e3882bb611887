"""Django's entry to this app."""

from django.apps import AppConfig


class PredictorConfig(AppConfig):
    """Registers the app and its system checks."""

    name = "predictor"
    verbose_name = "Models, tokens and feedback"

    def ready(self) -> None:
        """Register the system checks, which live in `checks.py`."""
        from predictor import checks  # noqa: F401, PLC0415 - importing registers them; apps must be ready first

from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "inventory.trail"

    def ready(self):
        from inventory.trail import logins  # noqa: F401 - it listens to Django's signals

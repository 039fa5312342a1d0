from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "inventory.trail"

    def ready(self):
        from inventory import writes
        from inventory.trail import accounts, logins  # noqa: F401 - they listen to Django's signals

        writes.follow(accounts.follow)

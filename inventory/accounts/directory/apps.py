from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "inventory.accounts.directory"

    def ready(self):
        from inventory.accounts.directory import checks  # noqa: F401 - registers the checks

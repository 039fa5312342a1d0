from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "inventory.directory"

    def ready(self):
        from inventory.directory import checks  # noqa: F401 - registers the checks

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self):
        autodiscover_modules("register")
        from inventory import checks  # noqa: F401 - registers the checks

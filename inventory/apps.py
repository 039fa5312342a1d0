from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self):
        autodiscover_modules("register")
        from inventory import checks, past, search_indexes, stock, writes  # noqa: F401 - registers the checks

        writes.follow(stock.follow)

        # Sent for each app; the tables of all of them are there by then.
        post_migrate.connect(search_indexes.make, sender=self, dispatch_uid="search indexes")
        post_migrate.connect(stock.begin, sender=self, dispatch_uid="stock")
        pre_migrate.connect(past.open_for_migrating, sender=self, dispatch_uid="past opened")
        post_migrate.connect(past.close, sender=self, dispatch_uid="past closed")

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate, pre_migrate
from django.utils import translation
from django.utils.module_loading import autodiscover_modules


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self):
        # Of this thread, in which commands and the worker run; requests have their own (inventory/server/language.py).
        translation.activate(settings.SITE_LANGUAGE)
        autodiscover_modules("register")
        from inventory import checks, hooks, items, past, registers, search_indexes, stock  # noqa: F401 - registers the checks
        from inventory.computed import columns
        from inventory.sameness import nearly

        for each in registers.every():
            columns.check(each)

        hooks.before_write.append(stock.leave)
        hooks.after_write.append(stock.enter)
        hooks.before_write.append(items.leave)
        hooks.after_write.append(items.enter)
        hooks.after_refold.append(items.rename)
        hooks.after_forgetting.append(items.forget)
        hooks.doubts.append(nearly.rules_of)

        # Sent for each app; the tables of all of them are there by then.
        post_migrate.connect(search_indexes.make, sender=self, dispatch_uid="search indexes")
        post_migrate.connect(stock.begin, sender=self, dispatch_uid="stock")
        post_migrate.connect(items.begin, sender=self, dispatch_uid="items")
        pre_migrate.connect(past.open_for_migrating, sender=self, dispatch_uid="past opened")
        post_migrate.connect(past.close, sender=self, dispatch_uid="past closed")

from django.apps import AppConfig


class FuelConfig(AppConfig):
    name = "inventory.lifecycle.fleet.fuel"

    def ready(self):
        from inventory import hooks
        from inventory.lifecycle.fleet.fuel import consumption

        hooks.panels.append(consumption.panel)

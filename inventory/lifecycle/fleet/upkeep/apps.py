from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "inventory.lifecycle.fleet.upkeep"

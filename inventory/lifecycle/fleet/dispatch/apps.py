from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "inventory.lifecycle.fleet.dispatch"

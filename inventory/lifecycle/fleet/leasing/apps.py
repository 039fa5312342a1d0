from django.apps import AppConfig


class LeasingConfig(AppConfig):
    name = "inventory.lifecycle.fleet.leasing"

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "inventory.lifecycle.fleet.incidents"

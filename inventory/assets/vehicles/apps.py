from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "inventory.assets.vehicles"

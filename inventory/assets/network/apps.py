from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "inventory.assets.network"

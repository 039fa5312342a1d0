from django.apps import AppConfig


class PropertyConfig(AppConfig):
    name = "inventory.assets.property"

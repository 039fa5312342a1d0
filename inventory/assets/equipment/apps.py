from django.apps import AppConfig


class EquipmentConfig(AppConfig):
    name = "inventory.assets.equipment"

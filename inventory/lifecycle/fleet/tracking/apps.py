from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "inventory.lifecycle.fleet.tracking"

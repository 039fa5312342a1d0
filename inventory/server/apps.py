from django.apps import AppConfig


class ServerConfig(AppConfig):
    """Stands above django_tasks_db in INSTALLED_APPS: its `db_worker` gives signs of life."""

    name = "inventory.server"

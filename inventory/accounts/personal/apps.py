from django.apps import AppConfig


class PersonalConfig(AppConfig):
    name = "inventory.accounts.personal"

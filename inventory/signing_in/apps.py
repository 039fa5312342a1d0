from django.apps import AppConfig


class SigningInConfig(AppConfig):
    name = "inventory.signing_in"

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "inventory.api"
    label = "api"

    def ready(self):
        from inventory import hooks
        from inventory.api import sentences

        hooks.sentences.append(sentences.SENTENCES)
        hooks.things.append(sentences.THINGS)

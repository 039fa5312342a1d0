from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "inventory.papers"

    def ready(self):
        from inventory import hooks
        from inventory.papers import sentences

        hooks.sentences.append(sentences.SENTENCES)

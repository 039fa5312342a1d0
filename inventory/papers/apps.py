from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "inventory.papers"

    def ready(self):
        from inventory import hooks
        from inventory.papers import paper_views, sentences

        hooks.sentences.append(sentences.SENTENCES)
        hooks.codes.append(paper_views.by_code)

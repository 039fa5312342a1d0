from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = _("aktarımlar")

    def ready(self):
        from imports import by_hand, tasks
        from imports.exporting import tasks as exporting_tasks
        from imports.pages import sentences, waiting
        from imports.reading import child
        from inventory import hooks

        hooks.sentences.append(sentences.SENTENCES)
        hooks.things.append(sentences.THINGS)
        hooks.steps += [tasks.STEPS, exporting_tasks.STEPS]
        hooks.waiting.append(waiting.for_user)
        hooks.in_child.append(child.tried)
        hooks.gathering.append(by_hand.gathered)

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "inventory.reminders"

    def ready(self):
        from inventory import hooks
        from inventory.reminders import answers, closing, sentences

        hooks.panels.append(answers.panel)
        hooks.after_write.append(closing.person)
        hooks.after_forgetting.append(answers.forget)
        hooks.sentences.append(sentences.SENTENCES)

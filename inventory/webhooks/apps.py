from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "inventory.webhooks"

    def ready(self):
        from inventory import hooks
        from inventory.webhooks import making, sentences

        hooks.before_write.append(making.before_write)
        hooks.after_write.append(making.after_write)
        hooks.after_forgetting.append(making.after_forgetting)
        hooks.after_erasing.append(making.after_erasing)
        hooks.waiting.append(sentences.waiting)
        hooks.sentences.append(sentences.SENTENCES)
        hooks.things.append(sentences.THINGS)

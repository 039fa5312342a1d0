from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "inventory.api"
    label = "api"

    def ready(self):
        from django.db.models.signals import post_save

        from inventory import hooks
        from inventory.api import endings, sentences
        from inventory.organization.models import User

        hooks.sentences.append(sentences.SENTENCES)
        hooks.things.append(sentences.THINGS)
        hooks.after_write.append(endings.off_duty)
        post_save.connect(endings.account_saved, sender=User, dispatch_uid="tokens end")

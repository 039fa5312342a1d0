from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "inventory.trail"

    def ready(self):
        from inventory import hooks
        from inventory.trail import accounts, logins, sentences  # noqa: F401 - they listen to Django's signals

        hooks.before_write.append(accounts.taken)
        hooks.after_write.append(accounts.given)
        hooks.sentences.append(sentences.SENTENCES)
        hooks.things.append(sentences.THINGS)

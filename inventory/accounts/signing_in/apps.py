from django.apps import AppConfig


class SigningInConfig(AppConfig):
    name = "inventory.accounts.signing_in"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in

        from inventory import hooks
        from inventory.accounts.signing_in import sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="session begins")
        hooks.after_write.append(sessions.off_duty)

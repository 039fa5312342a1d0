from django.apps import AppConfig


class SigningInConfig(AppConfig):
    name = "inventory.signing_in"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in

        from inventory import writes
        from inventory.signing_in import sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="session begins")
        writes.follow(sessions.follow)

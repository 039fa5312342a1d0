from django.apps import AppConfig


class ServicingConfig(AppConfig):
    name = "inventory.lifecycle.fleet.servicing"

    def ready(self) -> None:
        from inventory import hooks
        from inventory.lifecycle.fleet.servicing import due, flow

        hooks.before_write += [due.precede, flow.release]
        hooks.after_write.append(due.follow)

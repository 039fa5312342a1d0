from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComparingConfig(AppConfig):
    name = "imports.comparing"
    verbose_name = _("karşılaştırmalar")

    def ready(self):
        from imports.comparing import tasks
        from inventory import hooks

        hooks.steps.append(tasks.STEPS)

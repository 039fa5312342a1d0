from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "inventory.indicators"

    def ready(self):
        from inventory import hooks
        from inventory.indicators import views

        hooks.panels.append(views.panel)

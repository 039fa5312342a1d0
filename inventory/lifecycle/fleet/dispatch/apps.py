from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "inventory.lifecycle.fleet.dispatch"

    def ready(self):
        from inventory import hooks
        from inventory.lifecycle.fleet.dispatch import calendar, papers

        hooks.panels.append(calendar.panel)
        hooks.papers.append(papers.papers)

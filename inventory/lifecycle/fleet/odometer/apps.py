from django.apps import AppConfig


class OdometerConfig(AppConfig):
    name = "inventory.lifecycle.fleet.odometer"

    def ready(self):
        from inventory import hooks
        from inventory.lifecycle.fleet.odometer import beside, doubts, feeds

        hooks.before_write.append(feeds.leave)
        hooks.after_write.append(feeds.enter)
        hooks.computed.append(beside.columns_of)
        hooks.doubts.append(doubts.rules_of)
        hooks.panels.append(beside.panel)

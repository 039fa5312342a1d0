from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "geo"

    def ready(self):
        from geo import counts
        from inventory import writes

        writes.follow(counts.follow)

from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "geo"

    def ready(self):
        from geo import counts, within
        from geo.files.writing import offer_forms
        from geo.placing import Placing
        from geo.sheets import read_book
        from imports import besides
        from imports.reading import offer_reader
        from inventory import filters, writes

        filters.offer(within.filters)
        writes.follow(counts.follow)
        besides.offer(Placing())
        offer_reader(read_book)
        offer_forms()

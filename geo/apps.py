from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "geo"

    def ready(self):
        from geo import counts, sentences, within
        from geo.files import writing
        from geo.placing import Placing
        from inventory import hooks

        hooks.before_write.append(counts.leave)
        hooks.after_write.append(counts.enter)
        hooks.filters.append(within.filters)
        hooks.sentences.append(sentences.SENTENCES)
        hooks.readers.append("geo.files.kinds")
        hooks.besides.append(Placing())
        hooks.export_forms += writing.forms()

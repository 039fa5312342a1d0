from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "geo"

    def ready(self):
        from geo import counts, sentences
        from geo.placing import Placing
        from inventory import hooks

        hooks.before_write.append(counts.leave)
        hooks.after_write.append(counts.enter)
        hooks.filters.append(_filters)
        hooks.sentences.append(sentences.SENTENCES)
        hooks.readers.append("geo.files.kinds")
        hooks.besides.append(Placing())
        hooks.export_forms.append(_export_forms)


# The libraries of shapes are a fifth of a process's start, and few processes need them: they are loaded when asked for.


def _filters(register):
    from geo import within

    return within.filters(register)


def _export_forms():
    from geo.files import writing

    return writing.forms()

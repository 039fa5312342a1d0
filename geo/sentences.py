"""What the trail says of the pages of places and of the layers for QGIS."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.trail.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "features-items": Sentence(file=_("%(what)s harita katmanı olarak verildi"), of_list=True),
    "features-item": Sentence(file=_("%(what)s harita katmanı olarak verildi")),
    "geocode": Sentence(_("Yerler adreslerinden haritaya yerleştirildi")),
    "merge-locations": Sentence(_("%(what)s başka bir yerle birleştirildi"), about="locations"),
    "location-outline": Sentence(_("%(what)s: sınırı değiştirildi"), about="locations"),
}

"""How our own exports come back: areas and points as one layer, short names as the headings they stand for."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop
from shapely.geometry import Point

from geo.files.layer import Layer

#: In a shapefile's zip: each short name and its heading, a line each.
LABELS = "alanlar.txt"
AREA, POINT = gettext_noop("alan"), gettext_noop("nokta")


def labels(text: str) -> dict[str, str]:
    """{short name: heading} as `LABELS` has them; lines of another form are nobody's."""
    pairs = (line.partition("\t") for line in text.splitlines())
    return {name: label for name, tab, label in pairs if tab and name and label}


def labelled(layer: Layer, names: dict[str, str]) -> Layer:
    """The layer with headings instead of short names; attributes without one keep their names."""
    made = Layer(layer.name, layer.crs, layer.limits, notes=layer.notes)
    for attributes, shape in layer.features:
        made.add({names.get(name, name): value for name, value in attributes.items()}, shape)
    return made


def joined(layers: list[Layer]) -> list[Layer]:
    """A list's areas and points, which our files hold apart, as one layer; any other layers as they are."""
    if len(layers) != 2:
        return layers
    first, second = layers
    stem = _stem()
    stems = {match[1] for layer in layers if (match := stem.fullmatch(layer.name))}
    alike = len(stems) == 1 and first.headers == second.headers and first.crs == second.crs
    if not alike or _points(first) == _points(second):
        return layers
    made = Layer(stems.pop(), first.crs, first.limits, notes=first.notes + second.notes)
    for attributes, shape in first.features + second.features:
        made.add(attributes, shape)
    return [made]


def _stem() -> re.Pattern[str]:
    """The name of one of the two, as `geo.files.writing` gives it in any of our languages: "taşınmazlar (alan)"."""
    words = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {re.escape(translation.gettext(word)) for word in (AREA, POINT)}
    kinds = "|".join(sorted(words))
    return re.compile(rf"(.+?)(?: \((?:{kinds})\)|-(?:{kinds}))")


def _points(layer: Layer) -> bool:
    return all(shape is None or isinstance(shape, Point) for _attributes, shape in layer.features)

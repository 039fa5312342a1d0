"""Load boundaries of districts and neighbourhoods. Exit 0 when all matched, 1 when some did not, 2 when unusable."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from geo import boundaries
from geo.files import read_layers
from imports.reading import UnreadableFile
from inventory.history import Author


class Command(BaseCommand):
    help = "Loads boundaries of districts and neighbourhoods; what did not match is listed, nothing is created."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="GeoJSON, shapefile in a zip, GeoPackage or KML")
        parser.add_argument(
            "--same",
            action="append",
            default=[],
            metavar="NAME=OFFICIAL",
            help="a name that the file spells otherwise; may be repeated",
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, **options):
        path = Path(options["file"])
        try:
            with path.open("rb") as file:
                layers = read_layers(file, path.name)
            by = Author(reason=_("Sınır dosyası: %(name)s") % {"name": path.name})
            told = boundaries.load(layers, path.name, by, _pairs(options["same"]))
        except (boundaries.Unusable, UnreadableFile, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        if options["as_json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(told), ensure_ascii=False))
        else:
            self._tell(told)
        if told.unmatched or told.twice or told.broken:
            sys.exit(1)

    def _tell(self, told: boundaries.Told) -> None:
        counts = dataclasses.asdict(told)
        self.stdout.write(_("Eşleşen: %(districts)d ilçe, %(neighbourhoods)d mahalle.") % counts)
        self.stdout.write(
            _("Sınır: %(new)d yeni, %(changed)d değişen, %(unchanged)d aynı. Noktası konan: %(placed)d.") % counts
        )
        lists = (
            (_("İl dışında kalan"), told.outside),
            (_("Eşleşmeyen"), [_unmatched(*each) for each in told.unmatched]),
            (_("Aynı yere birden çok sınır; hiçbiri yüklenmedi"), [f"{name} ({place})" for name, place in told.twice]),
            (_("Onarılan"), told.repaired),
            (_("Bozuk; yüklenmedi"), [f"{name}: {why}" for name, why in told.broken]),
            (_("Sınırı olmayan resmî kayıt"), told.missing),
        )
        for title, lines in lists:
            if lines:
                self.stdout.write(f"{title}: {len(lines)}")
                for line in lines:
                    self.stdout.write(f"  {line}")
        if told.unmatched:
            self.stdout.write(_('Başka yazılanları --same "DOSYADAKİ AD=RESMÎ AD" ile bildiriniz.'))


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, mark, official = text.partition("=")
        if not (mark and name.strip() and official.strip()):
            raise boundaries.Unusable(_("“%(text)s” anlaşılmadı; “DOSYADAKİ AD=RESMÎ AD” yazınız.") % {"text": text})
        pairs[name] = official
    return pairs


def _unmatched(name: str, district: str, near: list[str]) -> str:
    line = f"{district} / {name}" if district else name
    return line + (_(" — şunlardan biri mi: %(names)s?") % {"names": ", ".join(near)} if near else "")

"""Load boundaries of districts and neighbourhoods. Exit 0 when all matched, 1 when some did not, 2 when unusable."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from geo import boundaries
from geo.sheets import read_layers
from imports.reading import UnreadableFile
from inventory.history import Author
from inventory.management.command import REFUSED, RegisterCommand, Unusable


class Command(RegisterCommand):
    help = _("İlçe ve mahalle sınırlarını yükler; eşleşmeyenler listelenir, yeni kayıt açılmaz.")

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help=_("GeoJSON, zip içinde shapefile, GeoPackage ya da KML"))
        parser.add_argument(
            "--same",
            action="append",
            default=[],
            metavar="NAME=OFFICIAL",
            help=_("dosyanın başka yazdığı bir ad; birden çok verilebilir"),
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("tek bir JSON nesnesi"))

    def handle(self, **options):
        path = Path(options["file"])
        try:
            layers = read_layers(path, path.name)
            by = Author(reason=_("Sınır dosyası: %(name)s") % {"name": path.name})
            loaded = boundaries.load(layers, path.name, by, _pairs(options["same"]))
        except (boundaries.Unusable, UnreadableFile) as error:
            raise Unusable(error) from error
        if options["as_json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(loaded), ensure_ascii=False))
        else:
            self._report(loaded)
        if loaded.unmatched or loaded.twice or loaded.broken:
            sys.exit(REFUSED)

    def _report(self, loaded: boundaries.Loaded) -> None:
        counts = dataclasses.asdict(loaded)
        self.stdout.write(_("Eşleşen: %(districts)d ilçe, %(neighbourhoods)d mahalle.") % counts)
        self.stdout.write(
            _("Sınır: %(new)d yeni, %(changed)d değişen, %(unchanged)d aynı. Noktası konan: %(placed)d.") % counts
        )
        lists = (
            (_("İl dışında kalan"), loaded.outside),
            (_("Eşleşmeyen"), [_unmatched(*each) for each in loaded.unmatched]),
            (
                _("Aynı yere birden çok sınır; hiçbiri yüklenmedi"),
                [f"{name} ({place})" for name, place in loaded.twice],
            ),
            (_("Onarılan"), loaded.repaired),
            (_("Bozuk; yüklenmedi"), [f"{name}: {why}" for name, why in loaded.broken]),
            (_("Sınırı olmayan resmî kayıt"), loaded.missing),
        )
        for title, lines in lists:
            if lines:
                self.stdout.write(f"{title}: {len(lines)}")
                for line in lines:
                    self.stdout.write(f"  {line}")
        if loaded.unmatched:
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

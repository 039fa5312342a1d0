"""Where the places of the list of places lie: a file's points become their positions."""

from __future__ import annotations

from django.utils.translation import gettext as _
from shapely.geometry import Point

from geo.placing.coordinates import Coordinates
from imports.checking.drafts import Draft, Drafter
from imports.checking.identity import Identities
from imports.checking.matching import Matching
from imports.plans.plan import Finding, Plan
from imports.reading import Sheet
from inventory.cells import CellError
from inventory.registers import Register


class OwnPositions:
    """Judges a sheet of places: longitude and latitude are its shapes', where its own columns do not say them."""

    def __init__(self, register: Register, sheet: Sheet, matching: Matching, drafter: Drafter, _user, plan: Plan):
        self._coordinates = Coordinates(sheet, matching, drafter.locale, plan)
        self._typed = {"lon", "lat"} & set(matching.columns())

    def judge(self, drafts: list[Draft], _identities: Identities) -> tuple[list[Draft], list[Draft]]:
        for draft in drafts if not self._typed else ():
            try:
                place = self._coordinates.read(draft.cells)
            except CellError as error:
                draft.errors.append(self._finding(draft, str(error)))
                continue
            if place is None:
                continue
            draft.warnings += [self._finding(draft, sentence) for sentence in place.warnings]
            if not isinstance(place.shape, Point):
                sentence = _("Yerin sınırı bu listeye dosyadan okunmaz; yerin sayfasında “Sınır” ile yükleyiniz.")
                draft.warnings.append(self._finding(draft, sentence))
            else:
                draft.values |= {"lon": round(place.shape.x, 7), "lat": round(place.shape.y, 7)}
        return drafts, []

    def _finding(self, draft: Draft, sentence: str) -> Finding:
        return Finding(draft.row, self._coordinates.heading.text, "", sentence)

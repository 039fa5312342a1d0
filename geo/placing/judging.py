"""What a sheet's places would change: which location each row's item lies at, and how it would lie there."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Model, Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geo import parcels, shapes
from geo.models import District, Location, Neighbourhood, Source
from geo.placing.coordinates import Coordinates, Place
from imports.checking.drafts import Draft, Drafter
from imports.checking.identity import Identities
from imports.checking.matching import Matching
from imports.plans.plan import Finding, Plan
from imports.reading import Sheet
from inventory import access, registers
from inventory.cells import CellError
from inventory.models import GONE
from inventory.registers import Register
from inventory.search import fold

COLUMN = "location"
# A survey's coordinates and a parcel's corners are not farther off than this; a metre.
_PARCEL_PRECISION = 1
# In degrees.
_CENTIMETRE = 1e-7
_CONTRADICTION = gettext_lazy(
    "Satırın “Yer” hücresi %(name)s diyor, koordinatı ise başka bir yeri gösteriyor; birini düzeltiniz ya da "
    "sütunlardan birini “okunmasın” yapınız."
)


class Places:
    """Judges where the rows of one sheet lie.

    A parcel's item lies at the parcel's own location: the one it has, if no other parcel shares it, else one named
    by the parcel (geo/parcels.py). Any other item has a location of its own, named by its inventory number.
    """

    def __init__(self, register: Register, sheet: Sheet, matching: Matching, drafter: Drafter, user, plan: Plan):
        self._register, self._drafter, self._plan = register, drafter, plan
        self._columns = matching.columns()
        self._coordinates = Coordinates(sheet, matching, drafter.locale, plan)
        self._header_row = sheet.header_row
        self._knows_parcels = parcels.knows(register)
        self._districts: dict[int, District] = {}
        self._neighbourhoods: dict[int, Neighbourhood] = {}
        if not access.may_change(registers.get("locations"), user):
            self._object(_("Konum yazmak için “Yerler” listesinde değişiklik yetkisi gerekir; yöneticinizden "
                           "isteyiniz ya da koordinat başlıklarını “okunmasın” yapınız."))  # fmt: skip
        self._missing = [
            column.label
            for column in register.all_columns()
            if column.editable and not column.field.blank and not column.field.has_default()
            and column.name not in self._columns
        ]  # fmt: skip

    def _object(self, message: str) -> None:
        self._plan.errors.append(Finding(self._header_row, self._coordinates.heading.text, "", message))

    # One chunk ------------------------------------------------------------------------------------------

    def judge(self, drafts: list[Draft], identities: Identities) -> tuple[list[Draft], list[Draft]]:
        places = {draft.row: place for draft in drafts if (place := self._read(draft)) is not None}
        self._learn_names(drafts)
        drafts, left_out = self._spread(drafts, places, identities)
        placed = [draft for draft in drafts if draft.row in places and not draft.lost]
        own = self._own_locations(placed)
        for draft in placed:
            self._compare(draft, places[draft.row], own.get(draft))
        return drafts, left_out

    def _read(self, draft: Draft) -> Place | None:
        try:
            place = self._coordinates.read(draft.cells)
        except CellError as error:
            draft.errors.append(self._finding(draft, str(error)))
            return None
        for warning in place.warnings if place else ():
            self._warn(draft, warning)
        return place

    def _warn(self, draft: Draft, message: str) -> None:
        draft.warnings.append(self._finding(draft, message))

    def _finding(self, draft: Draft, message: str) -> Finding:
        return Finding(draft.row, self._coordinates.heading.text, "", message)

    def _learn_names(self, drafts: list[Draft]) -> None:
        if not self._districts:
            self._districts = District.objects.in_bulk()
            self._neighbourhoods = Neighbourhood.objects.select_related("district").in_bulk()

    # Which rows ------------------------------------------------------------------------------------------

    def _spread(
        self, drafts: list[Draft], places: dict[int, Place], identities: Identities
    ) -> tuple[list[Draft], list[Draft]]:
        """A parcel's row speaks of all the items on it, such as the flats of a building; what is not in the
        register is left out, unless the sheet has all that a new item needs."""
        strangers = [d for d in drafts if d.present is None and not d.lost and not d.errors]
        on_parcels = self._on_parcels(strangers, identities) if self._knows_parcels else {}
        unknown = set(strangers)
        kept, left_out = [], []
        for draft in drafts:
            if draft in on_parcels and draft.row in places:
                items = [Draft(draft.row, draft.cells, present=item) for item in on_parcels[draft]]
                items[0].warnings = draft.warnings
                kept += items
            elif draft in unknown and self._missing:
                self._warn(draft, _("Kütükte böyle bir kayıt yok; satır atlandı."))
                left_out.append(draft)
            else:
                kept.append(draft)
        return kept, left_out

    def _on_parcels(self, drafts: list[Draft], identities: Identities) -> dict[Draft, list[dict]]:
        """The items of the register that lie on each draft's parcel, by the draft."""
        wanted = {draft: key for draft in drafts if (key := self._parcel(draft)) is not None}
        conditions = {
            "district__in": {key[0][0] for key in wanted.values()},
            "block__in": {key[1] for key in wanted.values()},
            "parcel__in": {key[2] for key in wanted.values()},
        }
        by_parcel = defaultdict(list)
        for item in identities.among(**conditions):
            if item.get("status") not in GONE:
                place = (item["district_id"], item["neighbourhood_id"])
                by_parcel[place, item["block"], item["parcel"]].append(item)
        return {draft: by_parcel[key] for draft, key in wanted.items() if key in by_parcel}

    def _parcel(self, draft: Draft) -> tuple | None:
        """((district, neighbourhood), block, parcel), None where the row names none."""
        values = [self._value(draft, name) for name in parcels.COLUMNS]
        if values[0] is None or not values[3]:
            return None
        return (values[0], values[1]), values[2] or "", values[3]

    def _value(self, draft: Draft, name: str) -> Any:
        """What the row will have in a column: as the sheet says, else as it stands; of a row its id."""
        if name in draft.values:
            value = draft.values[name]
            return value.pk if isinstance(value, Model) else value
        return draft.present and draft.present.get(self._register.column(name).field.attname)

    # Which location --------------------------------------------------------------------------------------

    def _own_locations(self, drafts: list[Draft]) -> dict[Draft, Location]:
        """The location at which each draft's item lies by itself, where it has one already."""
        names = {draft: fold(name) for draft in drafts if (name := self._name(draft)) is not None}
        by_name = {row.name_same: row for row in Location.objects.filter(name_same__in=set(names.values()))}
        locations = {draft: by_name[name] for draft, name in names.items() if name in by_name}
        if self._knows_parcels:
            current = self._unshared(drafts)
            locations |= {d: current[d.present["id"]] for d in drafts if d.present and d.present["id"] in current}
        return locations

    def _name(self, draft: Draft) -> str | None:
        if self._knows_parcels and (key := self._parcel(draft)):
            (district, neighbourhood), block, parcel = key
            return parcels.name(self._districts[district], self._neighbourhoods.get(neighbourhood), block, parcel)
        number = draft.present and draft.present.get("inventory_no")
        return f"{self._register.one} {number}" if number else None

    def _unshared(self, drafts: list[Draft]) -> dict[int, Location]:
        """The present location of each item, by its id, unless another parcel's items lie there as well."""
        items = self._register.model._default_manager
        present = [draft.present for draft in drafts if draft.present]
        at = {item["id"]: item["location_id"] for item in present if item["location_id"] is not None}
        on: dict[int, set[tuple]] = defaultdict(set)
        names = [f"{name}_id" if name in ("district", "neighbourhood") else name for name in parcels.COLUMNS]
        for location, *parcel in items.filter(Q(location__in=set(at.values()))).values_list("location_id", *names):
            on[location].add(tuple(parcel))
        alone = Location.objects.in_bulk([location for location, there in on.items() if len(there) == 1])
        return {item: alone[location] for item, location in at.items() if location in alone}

    # What changes ----------------------------------------------------------------------------------------

    def _compare(self, draft: Draft, place: Place, now: Location | None) -> None:
        name = now.name if now else self._name(draft)
        if name is None:
            self._warn(draft, _("Konumu yazılmadı: yeni kayıt eklendikten sonra dosyayı yeniden aktarınız."))
            return
        named = draft.values.get(COLUMN)
        if named is not None and (now is None or named.pk != now.pk):
            # A place that others share, or that is another's own: the row may show where it lies, not move it.
            if not _is_same(named, _planned(place, named)):
                draft.errors.append(self._finding(draft, _CONTRADICTION % {"name": named.name}))
            return
        planned = _planned(place, now)
        # A flat's deed has its own area, and not the parcel's on which the row spoke of it.
        if place.is_area and draft.values:
            self._check_area(draft, place)
        stands_at = now if now and draft.present and draft.present["location_id"] == now.pk else None
        if stands_at and _is_same(stands_at, planned):
            return
        planned |= {"name": name, "id": now and now.pk, "version": now and now.version, "row": draft.row}
        planned |= {key: self._value(draft, key) for key in ("district", "neighbourhood") if self._knows_parcels}
        old = _where(stands_at) if stands_at else _("yok")
        draft.beside[COLUMN] = (planned, old, f"{name}: {_described(place)}")

    def _check_area(self, draft: Draft, place: Place) -> None:
        """A deed's area that the boundary does not have, beyond what is set as tolerable."""
        deed = self._value(draft, "area_m2") if "area_m2" in self._register.columns else None
        if not deed:
            return
        drawn = shapes.area_m2(place.shape)
        off = abs(drawn - Decimal(deed)) * 100 / Decimal(deed)
        if off > settings.AREA_TOLERANCE_PERCENT:
            message = _("Tapu alanı %(deed)s m², sınırın alanı %(drawn)s m²: %%%(off)s fark.")
            numbers = {"deed": Decimal(deed), "drawn": drawn, "off": off}
            self._warn(
                draft,
                message % {k: formats.number_format(round(v, 2), 2, force_grouping=True) for k, v in numbers.items()},
            )


def _planned(place: Place, now: Location | None) -> dict[str, Any]:
    """The location's values as JSON has them."""
    if place.is_area:
        inside = place.shape.representative_point()
        values: dict[str, Any] = {
            "footprint": shapes.pack(place.shape).hex(),
            "source": Source.PARCEL,
            "precision_m": _PARCEL_PRECISION,
        }
    else:
        inside = place.shape
        values = {"footprint": bytes(now.footprint).hex() if now and now.footprint else None}
        values |= {"source": Source.FILE, "precision_m": None}
    return values | {"lon": round(inside.x, 7), "lat": round(inside.y, 7)}


def _is_same(now: Location, planned: dict[str, Any]) -> bool:
    """Whether nothing is off by more than a centimetre: what a way through local coordinates and back costs."""
    if now.lon is None or now.lat is None or bool(now.footprint) != bool(planned["footprint"]):
        return False
    if now.footprint:
        outline = shapely.from_wkb(bytes.fromhex(planned["footprint"]))
        before = shapes.plain(shapes.unpack(now.footprint))
        same_corners = shapely.get_num_coordinates(before) == shapely.get_num_coordinates(outline)
        return bool(same_corners and shapely.hausdorff_distance(before, outline) <= _CENTIMETRE)
    return max(abs(now.lon - planned["lon"]), abs(now.lat - planned["lat"])) <= _CENTIMETRE


def _where(location: Location) -> str:
    if location.area_m2 is not None:
        area = formats.number_format(location.area_m2, 2, force_grouping=True)
        return _("%(name)s: sınır, %(area)s m²") % {"name": location.name, "area": area}
    if location.lon is not None and location.lat is not None:
        return f"{location.name}: {_point(location.lon, location.lat)}"
    return _("%(name)s: konumsuz") % {"name": location.name}


def _described(place: Place) -> str:
    if place.is_area:
        area = formats.number_format(shapes.area_m2(place.shape), 2, force_grouping=True)
        return _("sınır, %(area)s m²") % {"area": area}
    return _point(place.shape.x, place.shape.y)


def _point(lon: float, lat: float) -> str:
    return _("nokta, boylam %(lon)s enlem %(lat)s") % {
        "lon": formats.localize(round(lon, 7)),
        "lat": formats.localize(round(lat, 7)),
    }

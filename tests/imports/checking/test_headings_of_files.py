"""Files as they come: headings of two meanings, computed columns, foreign numbers, printed codes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from geo import systems
from imports import batches
from imports.checking import references
from imports.checking.meanings import UnknownValue
from imports.checking.references import Lookup
from inventory import registers
from tests.rows import kind, row, unit

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parents[1] / "cases"
VEHICLES, PROPERTY = registers.get("vehicles"), registers.get("property")


def read(register, name: str, **choices):
    batch = batches.upload(register, None, ContentFile((CASES / name).read_bytes()), name, **choices)
    batches.run_check(batch)
    return batch


def findings(batch) -> tuple[list, list]:
    with batch.plan() as plan:
        return plan.errors(), plan.warnings()


# Computed columns -------------------------------------------------------------------------------------------


def test_a_new_row_with_another_computed_value_is_reported(here):
    errors, warnings = findings(read(PROPERTY, "02-computed-column.csv"))
    assert errors == []
    (result,) = [w for w in warnings if "sistem hesaplar" in w.message]
    assert (result.row, result.column, result.value) == (2, "Hissemize düşen alan (m²)", "123,45")


@pytest.mark.parametrize(
    ("area", "ours", "sentence"),
    [
        ("500,00", "500,00", 0),
        ("500,00", "123,45", 1),
        ("600,00", "500,00", 0),
        ("600,00", "600,00", 0),
        ("500", "", 0),
    ],
)
def test_a_computed_cell_that_was_edited_is_message_and_one_as_exported_is_not(here, checked, area, ours, sentence):
    held = row(PROPERTY, here, area_m2=Decimal("500.00"), share_numerator=1, share_denominator=1)
    headings = ["Envanter no", "Tapu alanı (m²)", "Hissemize düşen alan (m²)"]
    batch = checked(PROPERTY, [headings, [held.inventory_no, area, ours]])
    errors, warnings = findings(batch)
    assert errors == [] and ["sistem hesaplar" in w.message for w in warnings] == [True] * sentence
    assert batch.counts["warned"] == sentence


@pytest.fixture
def here():
    kind(PROPERTY, "1.1.1.1", "Hizmet Binaları")
    kind(VEHICLES, "1", "Kamyon")
    unit("Ulaşım Dairesi Başkanlığı")
    where = unit("Emlak ve İstimlak Dairesi Başkanlığı")
    row(registers.get("districts"), where, name="Gebze")
    return where


# Two meanings -----------------------------------------------------------------------------------------------


def test_a_model_beside_the_year_is_the_trade_name(here):
    batch = read(VEHICLES, "05-model-and-model-year.csv", mode="upsert")
    with batch.plan() as plan:
        (line,) = plan.lines()
        assert (line.values["trade_name"], line.values["model_year"]) == ("Cargo 2528", 2019)
        assert not [w for w in plan.warnings() if w.column == "Model"]


@pytest.mark.parametrize(("cell", "column"), [(2019, "model_year"), ("2019", "model_year"), ("Cargo", "trade_name")])
def test_a_model_alone_is_what_its_cells_are(here, checked, cell, column):
    batch = checked(VEHICLES, [["Plaka", "Model"], ["41 ABC 101", cell]])
    assert [h["columns"] for h in batch.headings] == ["plate", column]


# Foreign numbers --------------------------------------------------------------------------------------------


def test_the_number_of_another_system_is_no_key(here):
    batch = read(registers.get("neighbourhoods"), "09-osm-at-id.geojson")
    assert next((h["text"], h["reading"]) for h in batch.headings) == ("@id", "unknown")
    errors, warnings = findings(batch)
    assert not [e for e in errors if e.column == "@id"]
    assert [w.column for w in warnings if "Başka bir sistemin" in w.message] == ["@id"]


# Codes and names --------------------------------------------------------------------------------------------


def chosen(text: str):
    lookup = Lookup(PROPERTY, PROPERTY.column("kind"), None)
    lookup.learn([text])
    return lookup.choose(text)


@pytest.mark.parametrize(
    "text",
    [
        "1.2 Arsalar", "1.2. Arsalar", "1.2.Arsalar", "1.2 - Arsalar", "1.2) ARSALAR", "(1.2) Arsalar", "1.2.", "1.2",
        "arsalar", "1.2: Arsalar",
    ],
)  # fmt: skip
def test_a_kind_is_named_by_code_and_name_as_they_are_printed(text):
    arsa = kind(PROPERTY, "1.2", "Arsalar")
    kind(PROPERTY, "1.1.1.1", "Hizmet Binaları")
    assert chosen(text) == arsa


def test_a_code_beside_the_name_of_another_kind_names_none():
    kind(PROPERTY, "1.2", "Arsalar")
    kind(PROPERTY, "1.3", "Araziler")
    for text in ("1.2. Araziler", "1.4. Arsalar", "1.2. Bostan"):
        with pytest.raises(UnknownValue):
            chosen(text)


def test_a_code_without_points_is_printed_with_one():
    truck = kind(VEHICLES, "07", "Kamyon")
    lookup = Lookup(VEHICLES, VEHICLES.column("kind"), None)
    lookup.learn(["07. Kamyon", "07 Kamyon"])
    assert lookup.choose("07. Kamyon") == truck == lookup.choose("07 Kamyon")


# Proposals --------------------------------------------------------------------------------------------------


def test_a_value_is_proposed_for_its_words_and_not_for_its_letters():
    kind(PROPERTY, "1.1", "Cep Telefonları")
    kind(PROPERTY, "1.2", "Masaüstü Bilgisayarlar")
    for text, near in (("PC", []), ("fill", []), ("Bilgisayar", ["1.2"])):
        with pytest.raises(UnknownValue) as error:
            chosen(text)
        assert [label.split()[0] for _pk, label in error.value.near] == near


def test_what_an_unknown_text_may_mean_is_worked_out_once(here, checked, monkeypatch):
    asked = []
    nearest = references.Names.nearest
    monkeypatch.setattr(references.Names, "nearest", lambda names, text: asked.append(text) or nearest(names, text))
    rows = [[f"41 ABC {n}", "Uçan halı"] for n in range(100, 140)]
    batch = checked(VEHICLES, [["Plaka", "Tür"], *rows])
    assert batch.unknown[0]["count"] == 40
    assert asked.count("ucan hali") == 1


def test_the_other_systems_of_a_point_outside_are_built_once_for_a_file(monkeypatch):
    built = []
    from_epsg = systems.CRS.from_epsg
    monkeypatch.setattr(systems.CRS, "from_epsg", lambda code: built.append(code) or from_epsg(code))
    degrees = systems.System(from_epsg(4326))
    systems._elsewhere.cache_clear()
    causes = {systems.likely_cause(500_000 + n, 4_510_000, degrees) for n in range(20)}
    assert causes == {"Koordinatlar TUREF / TM30 sisteminde olabilir."}
    assert len(built) == len(systems.SYSTEMS)

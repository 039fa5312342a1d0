"""The table of words: what others call our columns and values, extended by users."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from imports import batches
from imports.checking.matching import match
from imports.words import reference
from imports.words.models import Synonym
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from tests.rows import SYSTEM, kind, unit, user

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parents[1] / "cases"
SYNONYMS, VEHICLES, EQUIPMENT = (registers.get(slug) for slug in ("synonyms", "vehicles", "equipment"))
UNIT = "Ulaşım Dairesi Başkanlığı"


@pytest.fixture
def words():
    reference.load()


def word(what: str, column: str, text: str, means: str = "") -> Synonym:
    return writes.save(SYNONYMS, Synonym(what=what, column=column, text=text, means=means), SYSTEM)


def warnings(batch) -> list[str]:
    with batch.plan() as plan:
        return [each.message for each in plan.warnings()]


def test_the_list_of_a_new_installation_is_loaded_once_and_stays_its_users(words):
    with reference.DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Synonym.objects.count() == len(rows) and all(row["origin"] for row in rows)
    writes.delete(SYNONYMS, Synonym.objects.get(text="Motorin"), SYSTEM)
    assert reference.load() == {"synonyms": 0}
    assert not Synonym.objects.filter(text="Motorin").exists()


def test_every_word_of_the_list_is_of_use(words):
    """Each is about a column, and says something that is not known without it."""
    for each in Synonym.objects.all():
        each.full_clean()
        slug = each.column.partition(".")[0]
        register = VEHICLES if slug in ("*", "") else registers.get(slug)
        if each.what == "heading":
            assert match(register, [each.text], 1).headings[0].columns == (each.about().name,), each


@pytest.mark.parametrize(
    ("register", "header", "column"),
    [
        (VEHICLES, "Plaka / Seri No", "plate"),
        (VEHICLES, "ARAÇ NO (Plaka)", "plate"),
        (VEHICLES, "Bağlı Birim", "responsible_unit"),
        (VEHICLES, "YAKIT TİPİ", "fuel"),
        (VEHICLES, "MEVCUT DURUM", "status"),
        (EQUIPMENT, "Cihaz Cinsi", "kind"),
        (EQUIPMENT, "Cihaz Cins", "kind"),
        (EQUIPMENT, "Cihazın Markası", "make"),
        (EQUIPMENT, "Garanti Bitiş Tarihi", "warranty_until"),
    ],
)
def test_words_around_a_heading(words, register, header, column):
    (heading,) = match(register, [header], 1).headings
    assert heading.columns == (column,)


def test_what_was_concluded_from_a_part_is_reported(words):
    (result,) = match(VEHICLES, ["Güncel rengi"], 3).warnings
    assert (result.row, result.column) == (3, "Güncel rengi") and "“Renk” olarak okundu" in result.message
    assert match(VEHICLES, ["Mevcut"], 1).headings[0].columns == ()


def test_everyday_values_are_read_and_reported(words):
    kind(VEHICLES, "1", "Kamyon")
    unit(UNIT)
    batch = batches.upload(VEHICLES, None, ContentFile((CASES / "06-motorin.csv").read_bytes()), "06.csv")
    batches.run_check(batch)
    assert batch.state == "checked", warnings(batch)
    message = " ".join(warnings(batch))
    assert "“Motorin”, eş anlamlılar listesine göre “Dizel” olarak okundu." in message
    batches.run_apply(batch)
    found = Vehicle.objects.order_by("plate").values_list("fuel", "status")
    assert list(found) == [("diesel", "in_use"), ("petrol", "in_use")]


def test_a_value_of_a_reference_names_its_row(checked):
    truck, where = kind(VEHICLES, "1", "Kamyon"), unit(UNIT)
    word("value", "vehicles.kind", "Damperli", "Kamyon")
    word("value", "*.responsible_unit", "UKOME", UNIT)
    word("value", "vehicles.kind", "Uçan", "Uçan halı")
    rows = [["Plaka", "Tür", "Birim"], ["41 ABC 101", "DAMPERLİ", "Ukome"], ["41 ABC 102", "Uçan", "Ukome"]]
    batch = checked(VEHICLES, rows)
    with batch.plan() as plan:
        (line,) = plan.lines("new")
    assert (line.values["kind"], line.values["responsible_unit"]) == (truck.pk, where.pk)
    assert [one["text"] for one in batch.unknown] == ["Uçan"]


def test_ones_own_answer_goes_before_the_table_and_a_registers_word_before_that_of_all(checked):
    from imports.models import Meaning

    where = unit(UNIT)
    kind(VEHICLES, "1", "Kamyon")
    word("value", "*.status", "Pasif", "Depoda")
    word("value", "vehicles.status", "Pasif", "Bakım-onarımda")
    rows = [["Plaka", "Tür", "Birim", "Durum"], ["41 ABC 101", "Kamyon", UNIT, "Pasif"]]

    def status(account) -> str:
        with checked(VEHICLES, rows, account).plan() as plan:
            (line,) = plan.lines("new")
        return line.values["status"]

    fleet = user("filo", where, (where, "vehicles", 2))
    assert status(fleet) == "under_repair"
    about = {"register": "vehicles", "column": "status", "text": "Pasif", "key": "pasif"}
    Meaning.objects.create(user=fleet, means="lent_out", **about)
    assert status(fleet) == "lent_out"


@pytest.mark.parametrize(
    ("what", "column", "means"),
    [
        ("value", "vehicles.fuel", "Kömür"),
        ("value", "vehicles.make", "Ford"),
        ("value", "", "Dizel"),
        ("heading", "", ""),
        ("heading", "vehicles.fuel", "Dizel"),
        ("around", "vehicles.fuel", ""),
        ("value", "vehicles.wings", "Dizel"),
    ],
)
def test_a_word_that_says_nothing_usable_is_refused(what, column, means):
    with pytest.raises(ValidationError):
        Synonym(what=what, column=column, text="Motorin", means=means).full_clean()


def test_a_word_is_there_once_however_it_is_spelt():
    word("value", "vehicles.fuel", "Motorin", "Dizel")
    with pytest.raises(ValidationError, match="zaten var"):
        word("value", "vehicles.fuel", "MOTORİN", "Benzin")
    word("heading", "vehicles.fuel", "MOTORİN")

"""Workbooks as LibreOffice prints them: A4 on its side, one page wide, the heading on each page, numbered."""

import re

import pytest

from imports.exporting import write
from imports.exporting.parts import Part
from inventory import registers
from inventory.accounts.personal import person_file
from inventory.listing.address import Listing
from inventory.reports import sheets
from inventory.reports.physical_resources import physical_resources
from tests.paper import needs_libreoffice, printed
from tests.rows import person, row, unit, user

PROPERTY = registers.get("property")
ROWS = 91
LONG = "Kamulaştırma kararına itiraz sürüyor; " * 6


@pytest.fixture
def town():
    here = unit("Emlak ve İstimlak Dairesi Başkanlığı")
    for number in range(ROWS):
        row(PROPERTY, here, actual_use=LONG if number == 1 else "Park")
    return here


def _files(place, town):
    clerk = user("emlakci", town, (None, "", 1))
    for name, query in (("shown", {"actual_use": "a"}), ("all", {"columns": "all"})):
        for form in ("xlsx", "ods"):
            with (place / f"{name}-{form}.{form}").open("w+b") as target:
                write([Part(Listing(PROPERTY, clerk, query))], target, form)
            yield place / f"{name}-{form}.{form}"
    with (place / "report.xlsx").open("w+b") as target:
        sheets.write(physical_resources(clerk), target, clerk)
    yield place / "report.xlsx"
    with (place / "person.xlsx").open("w+b") as target:
        person_file.write(person("Ayşe Kurgu", town), target, clerk)
    yield place / "person.xlsx"


@needs_libreoffice
@pytest.mark.django_db
def test_workbooks_are_printed_as_an_office_expects(town, tmp_path):
    found = printed(list(_files(tmp_path, town)), tmp_path)
    for name, pages in found.items():
        assert all(page.is_landscape for page in pages), name
        for number, page in enumerate(pages, 1):
            assert f"Sayfa {number} / {len(pages)}" in page.text, (name, number)
            assert "emlakci · " in page.text, (name, number)
    for form in ("xlsx", "ods"):
        *shown, about = found[f"shown-{form}.{form}"]
        # 91 parcels made 11 pages, of which two in three did not say which parcel they are about.
        assert len(shown) <= 4, form
        assert "Dosya bilgisi" in about.text or "Hazırlandığı an" in about.text
        assert _keys(shown) == 1, form
        for page in shown:
            assert "Taşınmazlar" in page.text and "Fiilî kullanım: a" in page.text, form
        everything = found[f"all-{form}.{form}"][:-1]
        assert _keys(everything) >= 2, form
        assert len(everything) <= 5 * _keys(everything), form
        text = " ".join(" ".join(page.text for page in everything).split())
        assert text.count("itiraz sürüyor") >= 6, form
    assert "Fiziki Kaynaklar" in found["report.xlsx"][0].text
    assert "Ayşe Kurgu" in found["person.xlsx"][0].text


def _keys(pages) -> int:
    """How often each parcel's number is printed, which must be the same for all of them; each page has the heading."""
    numbers = []
    for page in pages:
        assert re.search(r"Envanter\s+no", page.text)
        numbers += re.findall(r"A-\d{6}", page.text)
    times = {numbers.count(number) for number in numbers}
    assert len(set(numbers)) == ROWS and len(times) == 1
    return times.pop()

import re

import pytest

from imports.checking.matching import Reading, UnknownColumn, column_names, known_headings, match
from imports.words.headings import KEY_HEADINGS, Vocabulary, heading_key
from inventory import registers

pytestmark = pytest.mark.django_db
VEHICLES, PROPERTY, EQUIPMENT = (registers.get(slug) for slug in ("vehicles", "property", "equipment"))


def matched(register, *headers: str, **given: str) -> dict[str, str]:
    matching = match(register, headers, 1, given)
    return {heading.text: "+".join(heading.columns) for heading in matching.headings}


@pytest.mark.parametrize("register", [pytest.param(r, id=r.slug) for r in registers.every()])
def test_every_label_name_and_synonym_is_its_own_column(register):
    for column in register.all_columns():
        reading = Reading.READ if column.editable else Reading.COMPUTED
        reading = Reading.KEY if column.name == register.key.name else reading
        for text in (column.name, *column.labels()):
            (heading,) = match(register, [text], 1).headings
            assert (heading.columns, heading.reading) == ((column.name,), reading), text
    for name, texts in register.synonyms.items():
        for text in texts:
            # "Model" is a vehicle's year or its trade name: the cells decide.
            (heading,) = match(register, [text], 1, fits=lambda _place, columns, n=name: columns == (n,)).headings
            assert heading.columns == (name,)
            assert text in known_headings(register)


@pytest.mark.parametrize(
    ("register", "header", "column"),
    [
        (VEHICLES, "PLAKA NO", "plate"),
        (VEHICLES, "  sorumlu   bırım ", "responsible_unit"),
        (VEHICLES, "Motor Hacmi", "engine_cc"),
        (VEHICLES, "Motor hacmi (cc)", "engine_cc"),
        (VEHICLES, "Resmi/Kiralık", "ownership"),
        (PROPERTY, "TAPU ALANI (M2)", "area_m2"),
        (PROPERTY, "Yüzölçümü (m²)", "area_m2"),
        (PROPERTY, "Defter Değeri", "book_value"),
        (PROPERTY, "Ada / Parsel", "block+parcel"),
        (PROPERTY, "Hisse (pay/payda)", "share_numerator+share_denominator"),
        (PROPERTY, "Mahalle", "neighbourhood"),
        (EQUIPMENT, "S/N", "serial_no"),
        (EQUIPMENT, "Serial", "serial_no"),
        (EQUIPMENT, "Bellek", "memory_gb"),
    ],
)
def test_headings_as_offices_write_them(register, header, column):
    assert matched(register, header) == {header: column}


@pytest.mark.parametrize("heading", KEY_HEADINGS)
def test_a_records_id_is_its_key_and_an_assets_is_its_number(heading):
    assert match(registers.get("inspections"), [heading], 1).key.columns == ("id",)
    assert match(VEHICLES, ["Envanter No"], 1).key.columns == ("inventory_no",)


def test_a_slip_of_the_pen_is_read_and_message_and_a_lesser_likeness_only_proposes():
    matching = match(VEHICLES, ["Plaka", "Markaa", "Motorun seri numarası", "xyzq"], 3)
    slip, near, far = matching.headings[1:]
    assert (slip.reading, slip.columns) == (Reading.READ, ("make",))
    assert (near.reading, far.reading) == (Reading.UNKNOWN, Reading.UNKNOWN)
    assert "engine_no" in near.near and far.near == ()
    assert [(w.row, w.column) for w in matching.warnings] == [
        (3, "Markaa"),
        (3, "Motorun seri numarası"),
        (3, "xyzq"),
    ]
    assert "çok benziyor" in matching.warnings[0].message and "“Marka”" in matching.warnings[0].message
    assert "“Motor no”" in matching.warnings[1].message


def test_a_slip_with_a_rival_is_not_taken():
    assert matched(VEHICLES, "Marka", "Markaa") == {"Marka": "make", "Markaa": ""}
    assert matched(VEHICLES, "Markaa", "Marrka") == {"Markaa": "", "Marrka": ""}


@pytest.mark.parametrize("register", [pytest.param(r, id=r.slug) for r in registers.every()])
def test_no_column_is_taken_for_a_slip_of_another(register):
    """A letter left out of a label leads to that column or to none."""
    vocabulary = Vocabulary(register)
    for column in register.all_columns():
        for text in filter(lambda _text: column.editable, column.labels()):
            for place in range(1, len(text)):
                assert vocabulary.slip(text[:place] + text[place + 1 :]) in (column.name, None)


@pytest.mark.parametrize("heading", ["fill", "addr:postcode", "gid", "layer"])
def test_rather_no_proposal_than_a_silly_one(heading):
    for register in registers.every():
        assert match(register, [heading], 1).headings[0].near == (), register.slug


@pytest.mark.parametrize("register", [pytest.param(r, id=r.slug) for r in registers.every()])
def test_endings_do_not_matter_on_either_side(register):
    """With the possessive or without it, a heading is what it is: ours are stripped as the sheet's are."""
    for column in register.all_columns():
        text = heading_key(column.labels()[0])
        for form in (re.sub(r"(?<=[aeiou])s[iu]$|(?<=[^aeious])[iu]$", "", text), f"{text}(si)"):
            (heading,) = match(register, [form], 1).headings
            assert column.name in (heading.columns or heading.near), form


@pytest.mark.parametrize(
    ("register", "header", "column"),
    [
        (EQUIPMENT, "Garanti bitiş", "warranty_until"),
        (EQUIPMENT, "Cins", "kind"),
        (VEHICLES, "CİNSİ", "kind"),
        (VEHICLES, "Plakası", "plate"),
        (VEHICLES, "Şase Numarası", "chassis_no"),
        (VEHICLES, "Rengi", "colour"),
        (PROPERTY, "Mahallesi", "neighbourhood"),
        (PROPERTY, "Ada Numarası", "block"),
        (registers.get("people"), "Sicil Nr.", "staff_no"),
    ],
)
def test_endings_as_offices_write_them(register, header, column):
    assert matched(register, header) == {header: column}
    assert match(register, [header], 1).warnings == []


@pytest.mark.parametrize("heading", ["@id", "ID", "id", "#ID"])
@pytest.mark.parametrize("slug", ["neighbourhoods", "inspections", "units"])
def test_a_foreign_number_is_no_key(slug, heading):
    matching = match(registers.get(slug), [heading], 1)
    assert matching.key is None and matching.headings[0].near == ("id",)
    assert "Başka bir sistemin numarası" in matching.warnings[0].message
    assert match(registers.get(slug), [heading], 1, {heading: "id"}).key


def test_a_computed_column_is_known_but_not_read():
    matching = match(PROPERTY, ["Hissemize düşen alan (m²)"], 1)
    assert matching.headings[0].reading == Reading.COMPUTED
    assert matching.read == [] and matching.warnings == []


def test_a_heading_mapped_to_a_computed_column_is_reported_to_be_unread():
    matching = match(PROPERTY, ["X"], 4, {"X": "our_area_m2"})
    assert matching.headings[0].reading == Reading.COMPUTED
    (warning,) = matching.warnings
    assert (warning.row, warning.column) == (4, "X") and "sistem hesaplar" in warning.message


def test_of_two_meanings_the_one_is_read_that_is_free_or_that_the_cells_fit():
    assert matched(VEHICLES, "Model", "Model Yılı") == {"Model": "trade_name", "Model Yılı": "model_year"}
    for years in (True, False):
        matching = match(VEHICLES, ["Model"], 1, fits=lambda place, columns, y=years: y or columns == ("trade_name",))
        assert matching.headings[0].columns == (("model_year",) if years else ("trade_name",))
    matching = match(VEHICLES, ["Model", "Model Yılı", "Ticari adı"], 1)
    assert [h.columns for h in matching.headings] == [(), ("model_year",), ("trade_name",)]
    assert "“Ticari ad” bilgisi “Ticari adı” başlığından" in matching.warnings[0].message


def test_two_headings_for_one_column_are_asked():
    matching = match(EQUIPMENT, ["Seri No", "S/N", "Serial"], 2)
    assert matching.errors == []  # the label is surer than the synonyms
    assert [h.columns for h in matching.headings] == [("serial_no",), (), ()]
    assert "“Seri No”" in matching.warnings[0].message
    (error,) = match(EQUIPMENT, ["S/N", "Serial"], 2).errors
    assert (error.row, error.column) == (2, "Serial")
    assert "“S/N”" in error.message and "“Serial”" in error.message
    (error,) = match(EQUIPMENT, ["Marka", "Marka (2)"], 2).errors
    assert "“Marka (2)”" in error.message


def test_a_heading_with_the_possessive_is_the_same_but_less_sure():
    assert matched(EQUIPMENT, "Markası", "Modeli", "Durumu", "Seri Numarası") == {
        "Markası": "make",
        "Modeli": "model",
        "Durumu": "status",
        "Seri Numarası": "serial_no",
    }
    matching = match(EQUIPMENT, ["Markası", "Marka"], 1)
    assert matching.errors == [] and [h.columns for h in matching.headings] == [(), ("make",)]


def test_a_composite_does_not_hide_that_its_columns_stand_there_too():
    matching = match(PROPERTY, ["Ada", "Parsel", "Ada/Parsel"], 1)
    assert [h.columns for h in matching.headings] == [("block",), ("parcel",), ()]


def test_what_is_given_wins_over_what_is_found():
    assert matched(VEHICLES, "Plaka", "Not 2", **{"Plaka": "fleet_no", "Not 2": "Açıklama"}) == {
        "Plaka": "fleet_no",
        "Not 2": "notes",
    }
    matching = match(EQUIPMENT, ["S/N", "Serial"], 1, {"serial": ""})
    assert matching.errors == [] and matching.warnings == []
    assert [h.reading for h in matching.headings] == [Reading.READ, Reading.LEFT_OUT]


def test_a_wrong_name_is_reported_with_the_right_ones():
    with pytest.raises(UnknownColumn, match=r"plaet.*plate"):
        column_names(VEHICLES, "plaet")
    with pytest.raises(UnknownColumn, match=r"“Yok”.*“Plaka”"):
        match(VEHICLES, ["Plaka"], 1, {"Yok": "plate"})


def test_what_was_answered_for_another_file_is_taken_and_reported():
    remembered = {heading_key("Tuhaf"): "make", heading_key("Boş"): ""}
    matching = match(VEHICLES, ["Tuhaf", "Boş", "Plaka"], 3, remembered=remembered)
    assert [(h.text, h.columns, h.reading) for h in matching.headings] == [
        ("Tuhaf", ("make",), Reading.READ),
        ("Boş", (), Reading.LEFT_OUT),
        ("Plaka", ("plate",), Reading.READ),
    ]
    warned = {finding.column: (finding.row, finding.message) for finding in matching.warnings}
    assert warned == {
        "Tuhaf": (3, "“Tuhaf” başlığı, daha önce verdiğiniz yanıta göre “Marka” olarak okundu."),
        "Boş": (3, "“Boş” başlığı, daha önce verdiğiniz yanıta göre okunmadı."),
    }


def test_a_coordinate_stands_beside_the_row_and_is_no_column_of_it():
    matching = match(VEHICLES, ["Plaka", "Enlem", "Boylam"], 1)
    assert [h.reading for h in matching.headings] == [Reading.READ, Reading.BESIDE, Reading.BESIDE]
    assert [h.place for h in matching.beside] == [1, 2] and [h.place for h in matching.read] == [0]

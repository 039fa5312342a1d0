import pytest

from imports.matching import KEY_HEADINGS, Reading, UnknownColumn, column_names, known_headings, match
from inventory import registers

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
            assert matched(register, text) == {text: name}
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


def test_likeness_only_proposes():
    matching = match(VEHICLES, ["Plaka", "Markaa", "xyzq"], 3)
    near, far = matching.headings[1:]
    assert (near.reading, far.reading) == (Reading.UNKNOWN, Reading.UNKNOWN)
    assert "make" in near.near and far.near == ()
    assert [(w.row, w.column) for w in matching.warnings] == [(3, "Markaa"), (3, "xyzq")]
    assert "“Marka”" in matching.warnings[0].message


def test_a_computed_column_is_known_but_not_read():
    matching = match(PROPERTY, ["Hissemize düşen alan (m²)"], 1)
    assert matching.headings[0].reading == Reading.COMPUTED
    assert matching.read == [] and matching.warnings == []


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


def test_a_wrong_name_is_told_with_the_right_ones():
    with pytest.raises(UnknownColumn, match=r"plaet.*plate"):
        column_names(VEHICLES, "plaet")
    with pytest.raises(UnknownColumn, match=r"“Yok”.*“Plaka”"):
        match(VEHICLES, ["Plaka"], 1, {"Yok": "plate"})

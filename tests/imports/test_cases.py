"""Files that went wrong once, reduced from real ones; what is right of each."""

import datetime as dt
from pathlib import Path

import pytest

from inventory import registers
from inventory.assets.property.models import Property
from tests.rows import kind, row, unit

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "cases"
DISTRICTS = registers.get("districts")
ESTATE = registers.get("property")
# Without a day, of no calendar, or with words that are no date.
NO_DATES = {
    "Nisan 2013",
    "00.00.0000",
    "31.11.2013",
    "01,04,2013",
    "2013",
    "1.IV.2013",
    "01.04.2013 tarihli",
}


@pytest.fixture
def gebze():
    estates = unit("Emlak ve İstimlak Dairesi Başkanlığı")
    unit("Ulaşım Dairesi Başkanlığı")
    kind(ESTATE, "1.1.1.1", "Hizmet Binaları")
    kind(registers.get("vehicles"), "3", "Kamyon")
    row(DISTRICTS, estates, name="Gebze")
    return estates


def test_every_way_of_writing_a_date_is_read_or_refused_and_none_is_another_day(gebze, tmp_path, import_register):
    path = CASES / "11-dates.csv"
    code, said = import_register("property", path)
    assert code == 1 and {error["value"] for error in said["errors"]} == NO_DATES
    good = [line for line in path.read_text("utf-8").splitlines() if line.split(";")[-1] not in NO_DATES]
    (tmp_path / "iyi.csv").write_text("\n".join(good), "utf-8")
    code, said = import_register("property", tmp_path / "iyi.csv")
    assert (code, said["new"]) == (0, len(good) - 1)
    assert set(Property.objects.values_list("acquired_on", flat=True)) == {dt.date(2013, 4, 1)}


def test_cells_that_can_only_be_grouped_decide_for_their_column(gebze, import_register):
    code, said = import_register("property", CASES / "07-grouping-column.csv", "--map", "GBA=area_m2")
    assert code == 0, said["errors"]
    found = Property.objects.filter(registry_id__startswith="99000").order_by("registry_id")
    assert [int(item.area_m2) for item in found] == [264_949, 170_850, 322_701]
    assert any(w["column"] == "GBA" and "1,234.56" in w["message"] for w in said["warnings"])


def test_rows_that_a_form_numbered_beforehand_are_skipped_and_named(gebze, import_register):
    code, said = import_register("vehicles", CASES / "04-prenumbered-form.csv")
    assert (code, said["errors"]) == (0, [])
    assert (said["rows"], said["new"], said["unchanged"], said["skipped"]) == (3, 1, 0, 2)
    assert any("3–4" in warning["message"] for warning in said["warnings"])


@pytest.mark.parametrize("name", ["03-nothing-read.csv", "03-nothing-read.geojson"])
@pytest.mark.parametrize("register", ["property", "vehicles"])
def test_a_file_of_positions_alone_is_refused_as_such(gebze, register, name, import_register):
    code, said = import_register(register, CASES / name)
    assert (code, said["applied"], said["unchanged"]) == (2, False, 0)
    assert "konumdan başka bir şey anlaşılmadı" in said["errors"][0]["message"]


def test_parcels_that_the_register_does_not_have_are_no_rows_of_it(gebze, import_register):
    row(registers.get("neighbourhoods"), gebze, name="Şirinköy", district=row(DISTRICTS, gebze, name="Gölcük"))
    code, said = import_register("property", CASES / "03c-tkgm-like.geojson")
    assert (code, said["applied"], said["unchanged"], said["skipped"]) == (1, False, 0, 1)
    assert "hiçbir satır" in said["errors"][0]["message"]

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from inventory import registers
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı", short_name="Park ve Bahçeler")


def exported(tmp_path, *args) -> list[tuple]:
    file = tmp_path / "out.xlsx"
    call_command("export_register", "vehicles", file, *args)
    return list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))


def test_filters_are_written_as_people_name_things(here, tmp_path):
    there = unit("Zabıta Dairesi Başkanlığı")
    own = row(VEHICLES, here)
    row(VEHICLES, there)
    for told in ("responsible_unit=park ve bahceler", "responsible_unit=PARK VE BAHÇELER DAİRE BŞK."):
        lines = exported(tmp_path, "--filter", told, "--columns", "plate")
        assert lines[1:] == [(own.inventory_no, own.plate)]
    # The heading, two vehicles, the sum.
    assert len(exported(tmp_path, "--filter", "ownership=Resmî (belediyenin)")) == 4


def test_all_columns_go_out_unless_some_are_named(here, tmp_path):
    row(VEHICLES, here)
    assert exported(tmp_path)[0] == tuple(column.label for column in VEHICLES.all_columns())


def test_only_what_the_user_may_see(here, tmp_path):
    user("bos", here)
    row(VEHICLES, here)
    assert len(exported(tmp_path, "--user", "bos")) == 1


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--filter", "colur=mavi"], "colour"),
        (["--filter", "responsible_unit=Yok"], "tek bir kayda"),
        (["--filter", "ownership=bizim"], "Kiralık"),
        (["--filter", "model_year_from=iki bin"], "model_year_from"),
        (["--filter", "make=a", "--filter", "make=b"], "twice"),
        (["--columns", "plaet"], "plate"),
        (["--as-of", "yarın"], "31.12.2024"),
        (["--user", "kimse"], "kimse"),
    ],
)
def test_what_is_not_understood_is_an_error_and_leaves_no_file(here, tmp_path, args, told):
    file = tmp_path / "out.xlsx"
    with pytest.raises(CommandError, match=told) as refusal:
        call_command("export_register", "vehicles", file, *args)
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"xlsx or \.csv"):
        call_command("export_register", "vehicles", tmp_path / "out.pdf")

from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from tests.inventory.reports.conftest import PROPERTY
from tests.inventory.server.test_unfinished import plain_medium

pytestmark = pytest.mark.django_db


def test_the_terminal_shows_turkish_numbers_and_the_published_ones(mixed):
    out = StringIO()
    call_command("report", "physical-resources", stdout=out)
    lines = out.getvalue().splitlines()
    roads = next(line for line in lines if line.startswith("1.10.1 Yollar"))
    assert roads.split()[-4:] == ["—", "214,87", "—", "—"]
    total = next(line for line in lines if line.startswith("Toplam"))
    assert total.split() == ["Toplam", "4", "3.993", "-3.989", "215,17", "10.554.471,87", "-10.554.256,70"]
    assert "214,87 m²’lik bir satırı dışarıda bırakır" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"as_of": "31.13.2024"}, "31.12.2024"),
        ({"unit": "Olmayan Birim"}, "Olmayan Birim"),
        ({"user": "kimse"}, "kimse"),
        ({"xlsx": Path("fiziki.csv")}, "xlsx"),
        ({"xlsx": Path("/olmayan/klasor/fiziki.xlsx")}, "No such file"),
    ],
)
def test_an_unusable_call_says_what_is_wrong(options, said):
    with pytest.raises(CommandError, match=said) as refusal:
        call_command("report", "physical-resources", **options)
    assert refusal.value.returncode == 2


def test_the_command_writes_a_workbook_with_typed_cells(mixed, tmp_path, monkeypatch):
    plain_medium(monkeypatch)
    file = tmp_path / "fiziki.xlsx"
    call_command("report", "physical-resources", stdout=StringIO(), xlsx=file)
    assert [each.name for each in tmp_path.iterdir()] == ["fiziki.xlsx"]
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[0] == PROPERTY.title and book.sheetnames[-2:] == ["Programlar", "Bilgi"]
    rows = list(book[PROPERTY.title].values)
    assert ("1.2", "Arsalar", 2, 1142, -1140, 0.3, 2435395, -2435394.7) in rows
    assert rows[-1][1:4] == ("Toplam", 4, 3993)
    area = book[PROPERTY.title].cell(row=2, column=6)
    assert area.data_type == "n" and area.number_format == "#,##0.00"
    assert ("Tüm Birimler", "E-posta") in list(book["Programlar"].values)
    assert ("Birim", "Tüm belediye") in list(book["Bilgi"].values)

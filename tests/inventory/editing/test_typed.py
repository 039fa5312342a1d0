"""What is typed into a form means what it means in a sheet, and what is wrong is said in the register's own words."""

import datetime as dt
import gettext
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import django
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from inventory import registers
from inventory.cells import CellError, parse_date, parse_decimal, parse_integer
from inventory.columns import Type
from inventory.editing.fields import DayField, ExactField, WholeField
from inventory.listing.filters import filter_class
from inventory.pages.forms import BulkForm, field, row_form
from tests.pages import EVERY
from tests.rows import unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("meter", "131.950", 131_950),
        ("meter", "131950", 131_950),
        ("meter", " 1.131.950 km", None),
        ("meter", "131,5", None),
        ("cost", "131.950", Decimal("131950.00")),
        ("cost", "1.250,50", Decimal("1250.50")),
        ("cost", "1250.5", Decimal("1250.50")),
        ("cost", "1.250,00 TL", Decimal("1250.00")),
        ("cost", "0.554", None),
        ("cost", "1,255", None),
        ("acquired_on", "05.05.29", dt.date(2029, 5, 5)),
        ("acquired_on", "05.05.30", dt.date(1930, 5, 5)),
        ("acquired_on", "1.2.2024", dt.date(2024, 2, 1)),
        ("acquired_on", "1 Şubat 2024", dt.date(2024, 2, 1)),
        ("acquired_on", "43298", None),
        ("acquired_on", "31.02.2024", None),
        ("acquired_on", "-", None),
    ],
)
def test_a_form_and_a_filter_read_as_a_sheet_does(name, typed, value):
    made = field(VEHICLES, VEHICLES.column(name), None)
    made.required = False
    try:
        assert made.clean(typed) == value
        refused = False
    except ValidationError as error:
        assert value is None and re.search("(yazınız|yuvarlayınız)", str(error)), error
        refused = True
    request = SimpleNamespace(user=None, as_of=None)
    asked = filter_class(VEHICLES)({f"{name}_from": typed}, VEHICLES.model.objects.all(), request=request)
    if value is not None:
        assert asked.form.is_valid() and asked.form.cleaned_data[f"{name}_from"] == value
    else:
        assert refused == (typed != "-")


@pytest.mark.parametrize(
    "typed", ["131.950", "1.250,50", "12,5", "7", "1e5", "0.554", "abc", "12.34.56", "-3", "9" * 17]
)
def test_numbers_never_differ_between_a_form_and_a_sheet(typed):
    for form, parse in (
        (WholeField(), lambda text: parse_integer(text, "tr").value),
        (ExactField(max_digits=18, decimal_places=2), lambda text: parse_decimal(text, "tr", 2).value),
    ):
        try:
            expected = parse(typed)
        except CellError as error:
            expected = str(error)
        try:
            got = form.to_python(typed)
        except ValidationError as error:
            (got,) = error.messages
        assert got == expected


@pytest.mark.parametrize("year", [*range(0, 100, 7), 29, 30, 99])
def test_two_digits_of_a_year_are_one_year_everywhere(year):
    text = f"05.06.{year:02d}"
    expected = (1900 if year >= 30 else 2000) + year
    assert parse_date(text, "tr").value.year == DayField().clean(text).year == expected
    script = (Path(__file__).parents[3] / "static/forms.js").read_text()
    assert re.search(r"Number\(year\) >= 30 \? \"19\" : \"20\"", script)


def _frameworks() -> list[re.Pattern]:
    """Django's own sentences in Turkish, as patterns."""
    file = Path(django.__file__).parent / "conf/locale/tr/LC_MESSAGES/django.mo"
    with file.open("rb") as opened:
        texts = gettext.GNUTranslations(opened)._catalog.values()
    return [
        re.compile(".+".join(re.escape(part) for part in re.split(r"%\(\w+\)[sd]|%[sd]", text)))
        for text in texts
        if len(text) > 15
    ]


WRONG = {
    Type.INTEGER: ["abc", "-5", "9" * 18, "1,5"],
    Type.DECIMAL: ["abc", "1,23456", "9" * 17],
    Type.MONEY: ["abc", "-5", "1,234", "9" * 17],
    Type.AREA: ["abc", "-5", "1,234", "9" * 17],
    Type.DEGREE: ["abc", "500"],
    Type.DATE: ["yarın", "31.02.2024", "43298"],
    Type.MOMENT: ["yarın", "31.02.2024 10:00", "12.02.2024 25:00", "43298"],
    Type.CHOICE: ["yok-boyle"],
    Type.REFERENCE: ["999999999", "abc"],
    Type.TEXT: ["x" * 40_000],
    Type.LONG_TEXT: ["x" * 40_000],
    Type.CODE: ["x" * 4_000, "!!"],
    Type.BOOLEAN: [],
}


# As a sheet hands them to the model's field, once they are read.
READ = {
    Type.INTEGER: [-5, 10**18],
    Type.DECIMAL: [Decimal("9" * 17)],
    Type.MONEY: [Decimal("-5"), Decimal("9" * 17)],
    Type.AREA: [Decimal("-5"), Decimal("9" * 17)],
    Type.DEGREE: [500.0],
    Type.REFERENCE: [999_999_999],
    Type.TEXT: ["x" * 40_000],
    Type.LONG_TEXT: ["x" * 40_000],
    Type.CODE: ["x" * 4_000, "!!"],
}


@pytest.mark.parametrize("register", EVERY)
def test_no_sentence_is_the_frameworks(register):
    here = unit("Deneme Birimi")
    clerk, frameworks = user("ayse", here, (None, "", 3)), _frameworks()
    said: list[str] = []
    for typed in [{}] + [
        {column.name: wrong} for column in register.all_columns() if column.editable for wrong in WRONG[column.type]
    ]:
        form = row_form(register, clerk, typed)
        form.is_valid()
        said += [text for name in typed or form.errors for text in form.errors.get(name, [])]
    for column in register.all_columns():
        for value in READ.get(column.type, []):
            try:
                column.field.clean(value, None)
            except ValidationError as error:
                said += error.messages
    assert len(said) > len(register.columns)
    assert [text for text in said if any(pattern.fullmatch(text) for pattern in frameworks)] == []


def test_bulk_edit_reads_them_too():
    here = unit("Deneme Birimi")
    clerk = user("ayse", here, (here, "", 2))
    form = BulkForm(VEHICLES, clerk, {"change_meter": "on", "meter": "131.950", "reason": "x"})
    assert form.is_valid() and form.values() == {"meter": 131_950}


def test_an_english_reader_types_english_numbers():
    with translation.override("en"):
        assert WholeField().clean("131,950") == 131_950
        assert ExactField(max_digits=9, decimal_places=2).clean("1,250.50") == Decimal("1250.50")
        assert DayField().clean("03/04/2024") == dt.date(2024, 4, 3)

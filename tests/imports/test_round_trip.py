"""What goes out comes back in as it went out: for every register, in every form."""

from __future__ import annotations

import pytest

from imports.exporting import FORMATS, ending, write
from imports.exporting.parts import Part
from imports.models import Batch
from imports.plans.undoing import undo
from inventory import registers
from inventory.columns import Type
from inventory.listing.address import Listing
from inventory.models import Status
from inventory.organization.models import Unit
from inventory.registers import Register
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
EVERY = [pytest.param(r, id=r.slug) for r in registers.every() if not r.stewards_only]
# Texts that spreadsheets and CSV readers like to spoil.
_TRAPS = (
    "=1+1",
    "+90 262",
    "-5",
    "@ad",
    "007",
    "1/2",
    "6,50",
    "Evet",
    "'tek",
    "a;b",
    'iki "tırnak"',
    "İĞÜŞÖÇ ığüşöç",
    "iki\nsatır",
)


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


def filled(register: Register, of: Unit) -> list:
    """Rows of every kind: full ones, ones with only what is required, and texts that are traps."""
    rows = [row(register, of) for _ in range(2)]
    blank = [c for c in register.all_columns() if c.editable and c.field.blank]
    bare = {c.name: None if c.field.null or c.field.is_relation else "" for c in blank}
    keys = {name for names in register.identity for name in names}
    rows.append(row(register, of, **{name: value for name, value in bare.items() if name not in keys}))
    texts = [
        column
        for column in register.all_columns()
        if column.type in (Type.TEXT, Type.LONG_TEXT) and column.editable and column.name not in keys
        and column.name not in ("email", "code", "counted", "base")
    ]  # fmt: skip
    for place, trap in enumerate(_TRAPS if texts else ()):
        one = texts[place % len(texts)]
        rows.append(row(register, of, **{one.name: trap[: one.field.max_length]}))
    return rows


def exported(register: Register, path, user=None, form=None):
    listing = Listing(register, user, {"columns": "all"})
    with path.open("wb") as target:
        write([Part(listing)], target, form or path.suffix[1:])
    return path


# A cell that a form loses is a change only where blanks clear; what else is read is the same where they leave.
WAYS = [("csv", "leave"), *((form, "clear") for form in FORMATS)]


@pytest.mark.parametrize("register", EVERY)
def test_an_export_comes_back_unchanged(register, here, tmp_path, import_register):
    rows = filled(register, here)
    for form, blank in WAYS:
        path = exported(register, tmp_path / f"{form}.{ending(form)}", form=form)
        code, result = import_register(register.slug, path, "--check-only", "--blank", blank)
        assert result["errors"] == [], (form, blank)
        assert (code, result["new"], result["changed"]) == (0, 0, 0), (form, blank)
        assert result["unchanged"] == result["rows"] >= len(rows), (form, blank)
        assert [warning for warning in result["warnings"] if warning["value"]] == [], (form, blank)


@pytest.mark.parametrize("register", [p for p in EVERY if p.values[0].group == "asset"])
def test_retired_rows_closed_units_and_what_the_user_may_not_see_come_back_unchanged(
    register, here, tmp_path, import_register
):
    """An editor's own export is hers to bring back, whatever its rows refer to."""
    there = unit("Zabıta Dairesi Başkanlığı")
    old = row(register, here, status=Status.DISPOSED, status_reason="hurda")
    if register.slug == "network":
        row(register, here, linked_to=row(register, there))
    # Its closing was announced while it held the rows, and the day has come.
    Unit.objects.filter(pk=here.pk).update(valid_until="2020-01-01")
    editor = user("duzenleyen", here, (here, register.slug, 2))
    path = exported(register, tmp_path / "liste.xlsx", editor)
    code, result = import_register(register.slug, path, "--check-only", "--user", editor.username)
    assert result["errors"] == []
    assert (code, result["unchanged"]) == (0, result["rows"])
    assert register.model.objects.get(pk=old.pk).version == 1


def cells_of(lines: list[str], places: list[int]) -> list[list[str]]:
    return [[line.split(";")[place] for place in places] for line in lines]


@pytest.mark.parametrize("register", EVERY)
def test_one_edited_cell_is_exactly_one_change_and_undone_it_is_none(register, here, tmp_path, import_register):
    made, other = row(register, here), row(register, here)
    free = [
        c for c in register.all_columns()
        if c.editable and not c.is_personal
        and c.type in (Type.LONG_TEXT, Type.TEXT, Type.DATE, Type.MONEY, Type.INTEGER)
        and c.name not in {n for names in register.identity for n in names} | {"email", "is_group", "across", "down"}
    ]  # fmt: skip
    # The last day of a grant decides whether it counts.
    column = next((c for c in free if c.name != "valid_until"), free[0])
    first = exported(register, tmp_path / "ilk.csv").read_text("utf-8-sig")
    path = tmp_path / "liste.csv"
    lines = first.splitlines()
    headings = lines[0].split(";")
    edited, key = (
        {"date": "01.02.2029", "money": "77,25", "integer": "97"}.get(column.type, "Düzeltildi"),
        str(register.key.value(made)),
    )
    place = next(i for i, line in enumerate(lines) if line.split(";")[0] == key)
    cells = lines[place].split(";")
    cells[headings.index(column.label)] = edited
    lines[place] = ";".join(cells)
    path.write_text("\r\n".join([*lines, ""]), "utf-8-sig", newline="")
    code, result = import_register(register.slug, path)
    assert result["errors"] == []
    assert (code, result["changed"], result["unchanged"]) == (0, 1, result["rows"] - 1)
    made.refresh_from_db()
    other.refresh_from_db()
    assert column.text(made) in (edited, edited.removesuffix(",25") + ",25")
    assert (made.version, other.version) == (2, 1)

    after = exported(register, tmp_path / "sonra.csv").read_text("utf-8-sig").splitlines()
    # What is worked out may follow the edited cell, by which the list may be sorted, too.
    typed = [headings.index(c.label) for c in register.all_columns() if c.editable and not c.is_personal]
    assert sorted(cells_of(after, typed)) == sorted(cells_of(lines, typed))
    undo(Batch.objects.get(pk=result["batch"]), None)
    assert exported(register, tmp_path / "son.csv").read_text("utf-8-sig") == first

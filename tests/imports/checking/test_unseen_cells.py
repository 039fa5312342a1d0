"""A reference that the user may not see, on its way out in a sheet and back."""

import pytest
from django.utils import timezone

from imports import batches
from imports.exporting.parts import parts_of
from imports.pages.preview import describe
from imports.plans.plan import Verdict
from inventory import registers, writes
from inventory.history import Author
from tests.inventory.editing.test_unseen import HIDDEN, MARK, another, made
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there():
    return unit("Bilgi İşlem Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return user("ayse", here, (here, "", 2))


def exported(register, user, pk: int) -> list[list]:
    (part,) = parts_of(register, user, {"columns": "all"})
    (chunk,) = part.chunks("id")
    (line,) = [cells[:-1] for cells in zip(*chunk, strict=True) if cells[-1] == pk]
    return [[column.label for column in part.columns], list(line)]


@pytest.mark.parametrize("blank", ["leave", "clear"])
@pytest.mark.parametrize(("register", "column"), HIDDEN)
def test_an_exported_row_comes_back_unchanged(register, column, blank, here, there, clerk, checked):
    own, _hidden = made(register, column, here, there)
    sheet = exported(register, clerk, own.pk)
    assert dict(zip(*sheet, strict=True))[column.label] == MARK
    batch = checked(register, sheet, clerk, blank=blank)
    assert (batch.counts["unchanged"], batch.counts["rows"]) == (1, 1)


@pytest.mark.parametrize(("register", "column"), [p for p in HIDDEN if p.values[1].field.null])
def test_an_empty_cell_does_not_empty_it(register, column, here, there, clerk, checked):
    own, _hidden = made(register, column, here, there)
    headings, line = exported(register, clerk, own.pk)
    place = headings.index(column.label)
    batch = checked(register, [headings, [*line[:place], None, *line[place + 1 :]]], clerk, blank="clear")
    assert batch.counts["unchanged"] == 1
    with batch.plan() as plan:
        assert any("boşaltılmadı" in found.message for found in plan.warnings())


def test_what_stands_for_it_names_nothing_in_another_row(here, there, clerk, checked):
    register = registers.get("software")
    free = row(register, here, server=None)
    headings, line = exported(register, clerk, free.pk)
    line[headings.index(register.column("server").label)] = MARK
    batch = checked(register, [headings, line], clerk)
    with batch.plan() as plan:
        (refused,) = plan.lines(Verdict.ERROR)
        assert "bir kaydın adı değil" in refused.errors[0].message


@pytest.mark.parametrize(("register", "column"), HIDDEN)
def test_a_checks_preview_and_a_comparison_do_not_name_it(register, column, here, there, clerk, checked):
    own, hidden = made(register, column, here, there)
    other = another(hidden, here)
    headings, line = exported(register, clerk, own.pk)
    line[headings.index(column.label)] = str(other)
    batch = checked(register, [headings, line], clerk)
    with batch.plan() as plan:
        (changed,) = plan.lines(Verdict.CHANGED)
        texts = {change.column: (change.old, change.new) for change in changed.changes}
        assert texts[column.name] == (MARK, str(other))
        page = [(each.title, each.facts) for each in describe(register, [changed], clerk)]
    assert str(hidden) not in str(page)
    batches.run_apply(batch)
    assert getattr(register.model.objects.get(pk=own.pk), column.field.attname) == other.pk


@pytest.mark.parametrize(("register", "column"), [p for p in HIDDEN if p.values[1].field.null])
def test_a_later_edit_by_somebody_else_does_not_name_it(register, column, here, there, clerk, checked):
    own = row(register, here, **{column.name: None})
    sheet = exported(register, clerk, own.pk)
    exported_at = timezone.now()
    hidden = row(registers.of(column.related_model), there)
    setattr(own, column.name, hidden)
    writes.save(register, own, Author())
    sheet[1][sheet[0].index(column.label)] = str(row(registers.of(column.related_model), here))
    batch = checked(register, sheet, clerk, as_of=exported_at, later="keep")
    with batch.plan() as plan:
        message = " ".join(found.message for found in plan.warnings())
    assert MARK in message and str(hidden) not in message

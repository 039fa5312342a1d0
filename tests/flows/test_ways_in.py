"""No way of writing but a step changes a row's state: each way in, for every register with a flow."""

from __future__ import annotations

import io

import pytest
import tablib
from django.core.files.base import ContentFile
from django.urls import reverse

from imports import batches
from imports.models import Batch
from imports.plans import undoing
from imports.resources import resource_of
from inventory import history, registers, writes
from inventory.history import Author
from inventory.past import opened
from inventory.refusals import Conflict, Refused
from tests.flows.walks import EVERY, begin, in_state, state_of, states, take
from tests.pages import posted, signed_in
from tests.rows import SYSTEM, row

pytestmark = pytest.mark.django_db
LEASES = registers.get("lease-contracts")


def others(register, state: str) -> list[str]:
    return [each for each in states(register) if each != state]


def fresh(register, made):
    return register.model.objects.select_related(*register.joined).get(pk=made.pk)


def sheet(register, rows: list, names: list[str], user=None, **choices) -> Batch:
    """The batch of a CSV with the rows' values in these columns."""
    others = (register.column(name) for name in names if name != register.key.name)
    # What is masked would be no row's that is new.
    columns = [register.key, *(column for column in others if not column.is_personal)]
    lines = [[column.label for column in columns]]
    lines += [
        [column.text(each) if each.pk or column is not register.key else "" for column in columns] for each in rows
    ]
    data = tablib.Dataset(*lines[1:], headers=lines[0]).export("csv", delimiter=";")
    batch = batches.upload(register, user, ContentFile(data.encode("utf-8-sig")), "liste.csv", **choices)
    batches.run_check(batch)
    return batch


def said(batch: Batch) -> str:
    with batch.plan() as plan:
        return " ".join(error.message for line in plan.lines() for error in line.errors)


@pytest.mark.parametrize("register", EVERY)
@pytest.mark.parametrize("way", ["save", "update_many", "two at once", "the system", "with another value"])
def test_a_write_with_another_state_is_refused_and_changes_nothing(register, way, here, admin):
    by = SYSTEM if way == "the system" else Author(user=admin)
    for state in others(register, begin(register)):
        made, second = row(register, here), row(register, here)
        changed = [fresh(register, made), fresh(register, second)]
        for each in changed:
            setattr(each, register.flow.column, state)
        with pytest.raises(Refused, match="yalnızca adımlarla değişir"):
            if way == "update_many":
                writes.update_many(register, changed[:1], [register.flow.column], by)
            elif way == "two at once":
                writes.update_many(register, changed, [register.flow.column], by, checked=True)
            else:
                writes.save(register, changed[0], by)
        for each in (made, second):
            assert (state_of(register, each), fresh(register, each).version) == (begin(register), 1)


@pytest.mark.parametrize("register", EVERY)
def test_an_old_row_in_hand_is_a_conflict_and_not_a_change_of_state(register, here):
    step = next(step for step in register.flow.steps if begin(register) in step.source)
    made = row(register, here)
    old = fresh(register, made)
    take(register, made, step.name)
    with pytest.raises(Conflict):
        writes.save(register, old, SYSTEM)
    with pytest.raises(Conflict):
        writes.update_many(register, [old], [register.flow.column], SYSTEM)
    assert state_of(register, made) == step.target


@pytest.mark.parametrize("register", EVERY)
def test_a_new_row_begins_in_a_first_state_with_what_that_needs(register, here, admin):
    for state in states(register):
        made = row(register, here)
        writes.delete(register, made, SYSTEM)
        made.pk = None
        setattr(made, register.flow.column, state)
        if state in register.flow.first:
            writes.save(register, made, Author(user=admin))
            assert state_of(register, made) == state
            continue
        for write in (
            lambda new: writes.save(register, new, SYSTEM),
            lambda new: writes.create_many(register, [new], SYSTEM),
        ):
            with pytest.raises(Refused, match="durumuyla başlayamaz"):
                write(made)
        assert not register.model.objects.filter(**{register.flow.column: state}).exists()
    for state in register.flow.first:
        for name in register.flow.begun_with(state):
            if register.column(name).field.null:
                with pytest.raises(Refused, match="boş olamaz"):
                    row(register, here, **{register.flow.column: state, name: None})


@pytest.mark.parametrize("register", EVERY)
def test_forms_do_not_offer_the_state_and_do_not_read_it(register, here, admin):
    made, client = row(register, here), signed_in(admin)
    field, other = register.flow.column, others(register, begin(register))[0]
    for url in (reverse("register-edit", args=[register, made.pk]), reverse("register-new", args=[register])):
        form = client.get(url).context["form"]
        assert field not in form.fields
    url = reverse("register-edit", args=[register, made.pk])
    data = posted(client.get(url).context["form"]) | {field: other}
    assert client.post(url, data).status_code == 302
    bulk = reverse("register-bulk", args=[register])
    data = {"selected": [made.pk], f"change_{field}": "on", field: other, "reason": "x", "step": "write", "count": 1}
    answer = client.post(bulk, data)
    assert field not in answer.context["form"].fields and answer.context["form"].errors
    assert (state_of(register, made), fresh(register, made).version) == (begin(register), 1)


@pytest.mark.parametrize("register", EVERY)
def test_going_back_to_an_entry_leaves_the_state(register, here, admin):
    for state in others(register, begin(register)):
        made = in_state(register, here, state)
        first = register.model.history.filter(id=made.pk).earliest("history_id")
        entries = register.model.history.filter(id=made.pk).count()
        writes.restore(register, fresh(register, made), first.history_id, SYSTEM)
        url = reverse("register-restore", args=[register, made.pk, first.history_id])
        assert signed_in(admin).post(url).status_code == 302
        assert state_of(register, made) == state
        assert register.model.history.filter(id=made.pk).count() == entries


@pytest.mark.parametrize("register", EVERY)
def test_a_sheet_begins_rows_in_a_first_state_and_changes_none(register, here, admin):
    names = [column.name for column in register.typed_columns()]
    field = register.flow.column
    for state in states(register):
        new = row(register, here)
        writes.delete(register, new, SYSTEM)
        new.pk = None
        setattr(new, field, state)
        batch = sheet(register, [new], [*names, field], admin)
        if state in register.flow.first:
            assert batch.state == Batch.State.CHECKED, said(batch)
            batches.run_apply(batch)
            assert register.model.objects.latest("pk").history.latest("history_id").batch_id == batch.pk
            assert getattr(register.model.objects.latest("pk"), field) == state
        else:
            assert batch.state == Batch.State.REFUSED and "durumuyla başlayamaz" in said(batch)
    made = row(register, here)
    for state in others(register, begin(register)):
        changed = fresh(register, made)
        setattr(changed, field, state)
        batch = sheet(register, [changed], [field], admin)
        assert batch.state == Batch.State.REFUSED and "yalnızca adımlarla" in said(batch)
        assert state_of(register, made) == begin(register)


@pytest.mark.parametrize("register", EVERY)
def test_a_sheet_that_was_checked_before_a_step_is_not_written_over_it(register, here, admin):
    made = row(register, here)
    step = next(step for step in register.flow.steps if begin(register) in step.source)
    text = next(c for c in register.typed_columns() if c.field.blank and c.type in ("text", "long_text"))
    changed = fresh(register, made)
    setattr(changed, text.name, "Düzeltildi")
    batch = sheet(register, [changed], [text.name, register.flow.column], admin)
    assert batch.state == Batch.State.CHECKED, said(batch)
    take(register, made, step.name)
    batches.run_apply(batch)
    assert batch.state == Batch.State.FAILED or "değişti" in batch.message
    assert state_of(register, made) == step.target


@pytest.mark.parametrize("register", EVERY)
def test_a_script_changes_no_state(register, here, admin):
    made, field = row(register, here), register.flow.column
    for state in others(register, begin(register)):
        data = tablib.Dataset([str(register.key.value(made)), state], headers=[register.key.name, field])
        result = resource_of(register)(user=admin).import_data(data)
        assert result.has_errors() or result.row_errors()
        assert (state_of(register, made), fresh(register, made).version) == (begin(register), 1)


@pytest.mark.parametrize("register", EVERY)
@pytest.mark.parametrize("force", [False, True])
def test_undoing_an_import_leaves_states_and_rows_that_took_a_step(register, force, here, admin):
    names = [column.name for column in register.typed_columns()]
    new = [row(register, here), row(register, here)]
    for each in new:
        writes.delete(register, each, SYSTEM)
        each.pk = None
    batch = sheet(register, new, names, admin)
    batches.run_apply(batch)
    stays, goes = register.model.objects.order_by("-pk")[:2]
    step = next(step for step in register.flow.steps if begin(register) in step.source)
    take(register, stays, step.name)
    with pytest.raises(Refused, match="adım atılmış"):
        writes.take_back(register, [fresh(register, stays)], Author(user=admin), batch.pk)
    done = undoing.undo(batch, admin, force=force)
    assert (done.deleted, [left.id for left in done.left]) == (1, [stays.pk])
    assert "adım atılmış" in done.left[0].why and not done.left[0].edited
    assert state_of(register, stays) == step.target
    assert not register.model.objects.filter(pk=goes.pk).exists()


@pytest.mark.parametrize("register", EVERY)
def test_a_row_from_before_its_register_had_states_has_taken_no_step(register, here, admin):
    new = row(register, here)
    writes.delete(register, new, SYSTEM)
    new.pk = None
    batch = sheet(register, [new], [column.name for column in register.typed_columns()], admin)
    batches.run_apply(batch)
    made = register.model.objects.get()
    with opened():
        register.model.history.filter(id=made.pk).update(**{register.flow.column: ""})
    # As a migration gives it a state.
    history.record(register.model, [made.pk], history.CHANGED, SYSTEM)
    assert undoing.undo(batch, admin).deleted == 1


@pytest.mark.parametrize("register", EVERY)
@pytest.mark.parametrize("force", [False, True])
def test_undoing_a_changed_row_gives_back_its_values_and_not_its_state(register, force, here, admin):
    made = row(register, here)
    text = next(c for c in register.typed_columns() if c.field.blank and c.type in ("text", "long_text"))
    before, changed = getattr(made, text.name), fresh(register, made)
    setattr(changed, text.name, "Düzeltildi")
    batch = sheet(register, [changed], [text.name], admin)
    batches.run_apply(batch)
    step = next(step for step in register.flow.steps if begin(register) in step.source)
    take(register, made, step.name)
    assert undoing.undo(batch, admin, force=force).restored == 1
    assert (getattr(fresh(register, made), text.name), state_of(register, made)) == (before, step.target)


@pytest.mark.parametrize("register", EVERY)
def test_who_manages_the_row_deletes_it_in_any_state(register, here, admin):
    for state in states(register):
        made = in_state(register, here, state)
        writes.delete(register, fresh(register, made), Author(user=admin))
        assert getattr(register.model.history.filter(id=made.pk).latest("history_id"), register.flow.column) == state


@pytest.mark.parametrize("register", EVERY)
def test_an_export_carries_the_state_and_comes_back_unchanged(register, here, admin):
    rows = [in_state(register, here, state) for state in states(register)]
    batch = sheet(register, [fresh(register, each) for each in rows], list(register.columns), admin)
    assert batch.state == Batch.State.CHECKED, said(batch)
    assert not batches.writes_of(batch)
    answer = signed_in(admin).get(reverse("register-export", args=[register]), {"format": "csv"})
    text = (
        io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        .read()
        .decode("utf-8-sig")
    )
    for label in register.column(register.flow.column).choices.values():
        assert str(label) in text

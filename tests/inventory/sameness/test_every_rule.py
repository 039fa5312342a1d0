"""What is there already is refused in every spelling, on every way in, by one sentence that names the other row."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.urls import reverse
from openpyxl import Workbook

from imports import batches
from inventory import registers, writes
from inventory.columns import Type
from inventory.models import Row
from inventory.registers import Register
from inventory.sameness import twins
from inventory.sameness.constraints import SUFFIX, Same, SameField
from inventory.sameness.showing import message_and_link
from inventory.search import fold
from inventory.writes import Refused
from tests.pages import sample, signed_in
from tests.rows import SYSTEM, row, set_values, unit, user
from tests.test_every_register import posted

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)

RULES = [
    pytest.param(register, rule, id=f"{register.slug}-{'-'.join(rule.columns)}")
    for register in registers.every()
    for rule in twins.rules(register.model)
]


def respelt(text: str) -> str:
    """The same to a reader: cases turned as a Turk turns them, accents apart, something unseen in between."""
    turned = text.translate(str.maketrans("iıİI", "İIiı")).swapcase().translate(str.maketrans("iI", "iI"))
    return unicodedata.normalize("NFD", turned[:1] + "\u200b" + turned[1:2] + "\u00ad" + turned[2:])


def same_values(rule: twins.Rule, row: Row) -> dict[str, object]:
    """The columns of the rule as the row has them, texts in another spelling."""
    values = {}
    for field, name in zip(rule.stored, rule.columns, strict=True):
        value = getattr(row, name)
        values[name] = respelt(value) if isinstance(field, SameField) and value else value
    return values


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def admin(here):
    return user("yonetici", here, is_superuser=True)


def another(register: Register, here, first: Row) -> Row:
    """A further row; of a contract's lines one of the same contract, in whose time they must lie."""
    if register.slug == "leased-vehicles":
        return row(register, here, contract=first.contract, starts_on=first.starts_on, ends_on=first.ends_on)
    if register.slug == "units":
        return unit(f"Bambaşka bir birim {next(_numbers)}", here)
    return sample(register, here)


@pytest.fixture
def pair(request, here, admin):
    """(register, rule, a row that the rule concerns, another one)."""
    register, rule = request.param
    first = sample(register, here)
    second = another(register, here, first)
    if register.slug == "fuel-fills" and rule.values(first) is None:
        # What has a receipt is known by that alone.
        for each in (first, second):
            each.receipt_no = ""
            writes.save(register, each, SYSTEM)
    elif rule.values(first) is None:
        # Programs are used by a unit, unless they are used by all.
        for number, each in enumerate((first, second)):
            each.reach, each.unit = ("mobile", "all_units")[number], None
            writes.save(register, each, SYSTEM)
    assert rule.values(first) != rule.values(second)
    return register, rule, first, second


every_rule = pytest.mark.parametrize("pair", [p.values for p in RULES], indirect=True, ids=[p.id for p in RULES])


def expected(register: Register, rule: twins.Rule, row: Row) -> str:
    is_personal = any(column.name in rule.columns for column in register.personal)
    return str(rule.sentence) if is_personal else f"{rule.sentence} Kayıt: {twins.name(row)}."


def sent(values: dict[str, object]) -> dict[str, object]:
    return {name: value.pk if isinstance(value, models.Model) else value for name, value in values.items()}


@every_rule
def test_a_form_refuses_it_under_its_field_and_leads_to_the_other_row(pair, admin):
    register, rule, first, second = pair
    client, url = signed_in(admin), reverse("register-edit", args=[register, second.pk])
    data = posted(client.get(url).context["form"]) | sent(same_values(rule, first))
    answer = client.post(url, {name: value for name, value in data.items() if value is not None})
    assert answer.status_code == 200
    found = [str(each) for errors in answer.context["form"].errors.values() for each in errors]
    assert len(found) == 1 and found[0].startswith(expected(register, rule, first).replace("'", "&#x27;")), found
    if not register.personal or not set(rule.columns) & {column.name for column in register.personal}:
        assert f'href="{reverse("register-detail", args=[register, first.pk])}"' in answer.content.decode()
    assert register.model.objects.get(pk=second.pk).version == second.version


@every_rule
def test_bulk_edit_refuses_it(pair, admin):
    register, rule, first, second = pair
    personal = {column.name for column in register.personal}
    values = {name: value for name, value in sent(same_values(rule, first)).items() if name not in personal}
    data = {"selected": [second.pk], "count": 1, "reason": "deneme", "step": "write"}
    data |= {name: value for name, value in values.items() if value is not None}
    data |= {f"change_{name}": "on" for name in values}
    client, url = signed_in(admin), reverse("register-bulk", args=[register])
    answer = client.post(url, data)
    if values and answer.context["doubts"]:
        answer = client.post(url, data | {"accepted": answer.context["stamp"]})
    assert answer.status_code == 200
    if values:
        assert f"Hiçbir kayıt değişmedi. {expected(register, rule, first)}" in str(
            answer.context["form"].errors.as_data()
        )
    assert register.model.objects.get(pk=second.pk).version == second.version


@every_rule
def test_a_sheet_refuses_it(pair, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    register, rule, first, second = pair
    values = same_values(rule, first)
    book = Workbook()
    book.active.append([register.key.label, *(register.column(name).label for name in values)])
    cells = [value if isinstance(value, str) else register.column(name).text(first) for name, value in values.items()]
    key = getattr(second, register.key.name)
    for place, name in enumerate(values):
        if register.column(name).type == Type.CHOICE:
            cells[place] = register.column(name).text(first)
    book.active.append([key, *cells])
    book.save(tmp_path / "a.xlsx")
    batch = batches.upload(register, None, ContentFile((tmp_path / "a.xlsx").read_bytes()), "a.xlsx", blank="clear")
    batches.run_check(batch)
    with batch.plan() as plan:
        messages = [finding.message for finding in plan.errors()]
    assert expected(register, rule, first) in messages, messages


@every_rule
def test_the_write_itself_refuses_it_and_so_does_the_database(pair):
    register, rule, first, second = pair
    for name, value in same_values(rule, first).items():
        setattr(second, name, value)
    second.derive()
    with pytest.raises((ValidationError, Refused)) as refusal:
        writes.update_many(register, [second], list(rule.columns), SYSTEM, checked=True)
    assert message_and_link(refusal.value)[0] == expected(register, rule, first)


@every_rule
def test_going_back_to_a_version_that_another_row_has_meanwhile_is_refused(pair, here):
    register, rule, first, second = pair
    then, old = first.history.latest("history_id"), same_values(rule, first)
    apart = {name: getattr(first, name) for name in rule.named} | old
    new = {name: getattr(second, name) for name in rule.columns}
    writes.forget(register, register.model.objects.filter(pk=second.pk))
    for name, value in new.items():
        setattr(first, name, value)
    first = writes.save(register, first, SYSTEM)
    heir = another(register, here, first)
    if getattr(first, "reach", "unit") != "unit":
        heir.unit = None
    for name, value in apart.items():
        setattr(heir, name, value)
    writes.save(register, heir, SYSTEM)
    with pytest.raises((ValidationError, Refused)) as refusal:
        writes.restore(register, register.model.objects.get(pk=first.pk), then.history_id, SYSTEM)
    assert message_and_link(refusal.value)[0] == expected(register, rule, heir)


@pytest.mark.parametrize("register", registers.every(), ids=lambda register: register.slug)
def test_every_identity_is_a_rule_or_may_be_shared(register):
    """What a sheet finds a row by is what may come only once; but for these, by which a row is found if it is alone."""
    shared = {
        "units": {("name",)},
        "documents": {("kind", "title", "doc_no")},
        # A unit may ask for two cars at a time.
        "vehicle-requests": {("asking_unit", "from_at", "purpose")},
    }
    rules = [set(rule.columns) for rule in twins.rules(register.model)]
    for names in register.identity:
        assert any(columns <= set(names) for columns in rules) or names in shared.get(register.slug, ()), names


@pytest.mark.parametrize("register", registers.every(), ids=lambda register: register.slug)
def test_all_that_comes_once_is_declared_so(register):
    """A text is compared folded; a plain constraint would take two spellings for two things."""
    for constraint in register.model._meta.constraints:
        assert not isinstance(constraint, models.UniqueConstraint) or isinstance(constraint, Same), constraint.name
        if isinstance(constraint, Same):
            for stored, name in zip(constraint.stored, constraint.columns, strict=True):
                is_text = register.column(name).type in (Type.TEXT, Type.LONG_TEXT)
                assert not is_text or stored == f"{name}{SUFFIX}"
                field = register.model._meta.get_field(name)
                assert not (field.null and field.blank) or name in constraint.blanks or constraint.condition is not None
    for field in register.model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        assert not (field.unique and is_text and field.editable), field.name


def test_the_other_spelling_is_the_same_to_a_reader():
    for text in ("İmar Takip", "DELL", "A/Zemin/3", "Iğdır ışık"):
        assert respelt(text) != text and fold(respelt(text)) == fold(text)


def test_who_may_not_see_the_row_reads_that_it_lies_in_another_unit(here):
    works = unit("Fen İşleri Dairesi Başkanlığı")
    equipment = registers.get("equipment")
    editor = user("duzenleyen", here, (here, "equipment", 2))
    theirs, mine = sample(equipment, works), sample(equipment, here)
    client, url = signed_in(editor), reverse("register-edit", args=[equipment, mine.pk])
    data = posted(client.get(url).context["form"]) | {"make": theirs.make, "serial_no": respelt(theirs.serial_no)}
    shown = client.post(url, data).content.decode()
    assert "Kayıt başka bir birimde." in shown
    assert theirs.inventory_no not in shown and f"/equipment/{theirs.pk}/" not in shown


def test_texts_stay_as_typed(here):
    equipment = registers.get("equipment")
    made = sample(equipment, here)
    made.serial_no = "cnd-8x ı1"
    writes.save(equipment, made, SYSTEM)
    assert equipment.model.objects.get(pk=made.pk).serial_no == "cnd-8x ı1"


def test_the_number_of_one_that_is_gone_is_free(here, admin):
    equipment = registers.get("equipment")
    gone, other = sample(equipment, here), sample(equipment, here)
    gone.status, gone.status_reason = "disposed", "hurda"
    writes.save(equipment, gone, SYSTEM)
    other.make, other.serial_no, other.mac_address = gone.make, gone.serial_no.lower(), gone.mac_address
    writes.save(equipment, other, SYSTEM)
    back = equipment.model.objects.get(pk=gone.pk)
    back.status = "in_use"
    with pytest.raises(Exception, match=other.inventory_no):
        writes.save(equipment, back, SYSTEM)


def test_two_rows_of_one_write_that_would_become_the_same_are_both_named(here):
    equipment = registers.get("equipment")
    rows = [sample(equipment, here) for _ in range(2)]
    with pytest.raises(Refused) as refusal:
        set_values(
            equipment,
            equipment.model.objects.filter(pk__in=[each.pk for each in rows]),
            {"make": "HP", "serial_no": "S1"},
            SYSTEM,
        )
    assert all(each.inventory_no in str(refusal.value) for each in rows)

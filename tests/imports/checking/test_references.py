"""Which row a text names does not depend on what else the file says."""

from __future__ import annotations

import pytest

from imports.checking.meanings import UnknownValue
from imports.checking.references import Lookup
from inventory import registers, writes
from inventory.columns import Type
from inventory.naming import names, text_of
from tests.rows import SYSTEM, person, row, unit

COLUMNS = [
    pytest.param(register, column, id=f"{register.slug}-{column.name}")
    for register in registers.every()
    for column in register.all_columns()
    if column.type == Type.REFERENCE and registers.of(column.related_model)
]


def meant(lookup: Lookup, text: str) -> object:
    try:
        return lookup.choose(text).pk
    except UnknownValue as error:
        return str(error)


@pytest.mark.django_db
@pytest.mark.parametrize(("register", "column"), COLUMNS)
def test_a_text_means_the_same_alone_and_among_others(register, column):
    here, target = unit("Park ve Bahçeler Dairesi Başkanlığı"), registers.of(column.related_model)
    rows = [row(target, here) for _each in range(2)]
    texts = sorted({str(each) for each in rows} | {name for each in rows for name in names(each)})
    together = Lookup(register, column, None)
    together.learn(texts)
    for text in texts:
        alone = Lookup(register, column, None)
        alone.learn([text])
        assert meant(together, text) == meant(alone, text), text


@pytest.mark.django_db
def test_one_of_two_of_a_name_is_not_chosen_because_another_row_has_her_number():
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    first, _second = (person("Ali Kurgu", here) for _each in range(2))
    lookup = Lookup(registers.get("equipment"), registers.get("equipment").column("holder"), None)
    lookup.learn(["Ali Kurgu", str(first)])
    assert meant(lookup, str(first)) == first.pk
    assert "birden çok kayda uyuyor" in meant(lookup, "Ali Kurgu")


@pytest.mark.django_db
def test_people_of_one_name_are_distinguished_by_their_units_and_counted():
    parks, works = unit("Park ve Bahçeler Dairesi Başkanlığı", short_name="Park"), unit("Fen İşleri Dairesi Başkanlığı")
    many = [person("Ali Kurgu", (parks, works)[number % 2]) for number in range(7)]
    # PostgreSQL gives a row that was written anew last.
    many[0].title = "Şef"
    writes.save(registers.get("people"), many[0], SYSTEM)
    lookup = Lookup(registers.get("equipment"), registers.get("equipment").column("holder"), None)
    lookup.learn(["Ali Kurgu"])
    with pytest.raises(UnknownValue) as ambiguous:
        lookup.choose("Ali Kurgu")
    labels = [label for _pk, label in ambiguous.value.near]
    assert labels[:2] == [f"{many[0]} · Park", f"{many[1]} · {works.name}"] and len(labels) == 5
    assert f"“{labels[4]}” ve 2 kayıt daha." in str(ambiguous.value)


@pytest.mark.django_db
def test_a_person_as_she_was_offered_is_meant_after_she_went_to_another_unit():
    parks, works = unit("Park ve Bahçeler Dairesi Başkanlığı"), unit("Fen İşleri Dairesi Başkanlığı")
    one, _other = (person("Ali Kurgu", parks) for _each in range(2))
    offered = text_of(one)
    one.unit = works
    writes.save(registers.get("people"), one, SYSTEM)
    lookup = Lookup(registers.get("equipment"), registers.get("equipment").column("holder"), None)
    lookup.learn([offered, "Ali Kurgu · Park"])
    assert meant(lookup, offered) == one.pk
    assert "bulunamadı" in meant(lookup, "Ali Kurgu · Park")

"""Which row a text names does not depend on what else the file says."""

from __future__ import annotations

import pytest

from geo.models import Neighbourhood
from imports.checking.meanings import Answered, Said, Source, UnknownValue
from imports.checking.references import Lookup
from inventory import registers, writes
from inventory.access import Unseen
from inventory.columns import Type
from inventory.naming import names, text_of
from inventory.organization.models import Grant
from inventory.search import fold
from tests.rows import SYSTEM, kind, person, row, unit, user

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


@pytest.fixture
def same_name(db) -> dict[str, Neighbourhood]:
    """Neighbourhoods of one name, by their districts; a third district has none."""
    made = {}
    for name in ("Gölcük", "İzmit", "Kandıra"):
        district = row(registers.get("districts"), unit(f"{name} Birimi"), name=name)
        same = "Başka" if name == "Kandıra" else "Çarşı"
        made[name] = row(registers.get("neighbourhoods"), unit(f"{name} Yanı"), name=same, district=district)
    return made


def test_a_neighbourhood_of_another_district_is_refused_with_those_that_have_it(same_name):
    places = registers.get("locations")
    lookup = Lookup(places, places.column("neighbourhood"), None)
    lookup.learn(["Çarşı"])
    assert lookup.choose("Çarşı", same_name["İzmit"].district) == same_name["İzmit"]
    with pytest.raises(UnknownValue, match=r"“Çarşı” Kandıra içinde yok; şuralarda var: Gölcük, İzmit\. Birini"):
        lookup.choose("Çarşı", same_name["Kandıra"].district)


def test_what_is_said_of_a_text_holds_in_its_district_alone_and_is_reported_with_who_said_it(same_name):
    places = registers.get("locations")
    said = Said({fold("Merkez"): str(same_name["İzmit"].pk)}, {fold("Öteki"): "Başka"})
    lookup = Lookup(places, places.column("neighbourhood"), None, said)
    lookup.learn(["Merkez", "Öteki"])
    with pytest.raises(UnknownValue):
        lookup.choose("Merkez", same_name["Gölcük"].district)
    assert lookup.answered == {}
    assert lookup.choose("Merkez", same_name["İzmit"].district) == same_name["İzmit"]
    assert lookup.choose("Öteki") == same_name["Kandıra"]
    assert lookup.answered == {
        "Merkez": Answered(str(same_name["İzmit"]), Source.ANSWER),
        "Öteki": Answered(str(same_name["Kandıra"]), Source.TABLE),
    }


@pytest.mark.django_db
def test_a_code_beside_the_name_of_another_row_names_none():
    vehicles = registers.get("vehicles")
    first, second = (kind(vehicles, code, name) for code, name in (("1.2", "Kamyon"), ("1.3", "Otobüs")))
    lookup = Lookup(vehicles, vehicles.column("kind"), None)
    lookup.learn(["1.2. Kamyon", "1.3 - Otobüs", "1.2. Otobüs", "1.2"])
    assert [meant(lookup, text) for text in ("1.2. Kamyon", "1.3 - Otobüs", "1.2")] == [first.pk, second.pk, first.pk]
    assert "“1.2. Otobüs” bulunamadı" in meant(lookup, "1.2. Otobüs")


@pytest.mark.django_db
def test_the_words_for_what_is_not_seen_name_the_current_row_only_where_it_is_not_seen():
    here, there = unit("Park ve Bahçeler Dairesi Başkanlığı"), unit("Fen İşleri Dairesi Başkanlığı")
    seen, unseen = (row(registers.get("vehicles"), of, plate=f"41 ABC {of.pk % 900 + 100}") for of in (here, there))
    reader = user("okur", here, (here, "", Grant.Level.VIEW))
    lookup = Lookup(registers.get("inspections"), registers.get("inspections").column("vehicle"), reader)
    lookup.learn_current([seen.pk, unseen.pk])
    text = min(Unseen.texts())
    assert lookup.is_current(text, unseen.pk) and lookup.is_current(unseen.plate, unseen.pk)
    assert lookup.is_current(seen.plate, seen.pk) and not lookup.is_current(text, seen.pk)

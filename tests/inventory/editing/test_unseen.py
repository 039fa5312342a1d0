"""What an editor may not see, she neither reads nor empties: every reference to a row of another unit, every way out
and in."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from inventory import access, registers, writes
from inventory.columns import Column
from inventory.listing import paging
from inventory.listing.address import Listing
from inventory.naming import names
from inventory.organization.models import Unit, User
from inventory.registers import Register
from inventory.search import fold
from inventory.writes import Author
from tests.pages import posted, signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
MARK = "(size görünmüyor)"


def _may_be_hidden(register: Register, column: Column) -> bool:
    """Whether a row in one's own scope may name a row outside it."""
    target = registers.of(column.related_model) if column.related_model else None
    own_way = (register.scope or "").startswith(f"{column.name}__")
    return target is not None and not target.public and target.scope is not None and not own_way


HIDDEN = [
    pytest.param(register, column, id=f"{register.slug}-{column.name}")
    for register in registers.every()
    for column in register.all_columns()
    if _may_be_hidden(register, column)
]


def test_there_are_such_references():
    assert {p.id for p in HIDDEN} >= {"software-server", "network-linked_to", "leased-vehicles-contract"}


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there() -> Unit:
    return unit("Bilgi İşlem Dairesi Başkanlığı")


@pytest.fixture
def clerk(here) -> User:
    return user("ayse", here, (here, "", 2))


def made(register: Register, column: Column, here: Unit, there: Unit):
    """(a row of here, the row of there that it names)"""
    hidden = row(registers.of(column.related_model), there)
    return row(register, here, **{column.name: hidden}), hidden


def another(hidden, here: Unit):
    """A row of here that may stand in its place: a contract of the same days."""
    days = {name: getattr(hidden, name) for name in ("starts_on", "ends_on") if hasattr(hidden, name)}
    return row(registers.of(type(hidden)), here, **days)


@pytest.mark.parametrize(("register", "column"), HIDDEN)
def test_an_edit_of_something_else_keeps_it(register, column, here, there, clerk):
    own, hidden = made(register, column, here, there)
    client, url = signed_in(clerk), reverse("register-edit", args=[register, own.pk])
    shown = client.get(url)
    assert MARK in shown.content.decode() and str(hidden) not in shown.content.decode()
    data = posted(shown.context["form"])
    assert column.name not in data
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert register.model.objects.get(pk=own.pk).version == own.version  # nothing changed, nothing written
    name, value = next(
        (c.name, "31.12.2029" if c.name == "ends_on" else "Yeni not")
        for c in register.all_columns()
        if c.name in ("notes", "ends_on")
    )
    assert client.post(url, data | {name: value}).status_code == 302
    after = register.model.objects.get(pk=own.pk)
    assert after.version == own.version + 1 and getattr(after, column.field.attname) == hidden.pk
    assert MARK not in after.search_text


@pytest.mark.parametrize(("register", "column"), HIDDEN)
def test_another_one_may_be_chosen(register, column, here, there, clerk):
    own, hidden = made(register, column, here, there)
    other = another(hidden, here)
    client, url = signed_in(clerk), reverse("register-edit", args=[register, own.pk])
    data = posted(client.get(url).context["form"]) | {column.name: other.pk}
    assert client.post(url, data).status_code == 302
    assert getattr(register.model.objects.get(pk=own.pk), column.field.attname) == other.pk


@pytest.mark.parametrize(("register", "column"), HIDDEN)
def test_no_page_names_it_or_links_to_it(register, column, here, there, clerk):
    own, hidden = made(register, column, here, there)
    changed = register.model.objects.get(pk=own.pk)
    setattr(changed, column.name, another(hidden, here))
    writes.save(register, changed, SYSTEM)
    first = register.model.history.filter(id=own.pk).earliest("history_id")
    writes.restore(register, register.model.objects.get(pk=own.pk), first.history_id, SYSTEM)
    assert getattr(register.model.objects.get(pk=own.pk), column.field.attname) == hidden.pk
    client = signed_in(clerk)
    link = reverse("register-detail", args=[registers.of(column.related_model), hidden.pk])
    urls = [
        reverse("register-detail", args=[register, own.pk]),
        reverse("register-list", args=[register]) + "?columns=all",
        reverse("register-history", args=[register, own.pk]),
        reverse("register-edit", args=[register, own.pk]),
        reverse("home"),
    ]
    for url in urls:
        page = client.get(url).content.decode()
        assert str(hidden) not in page and f'"{link}' not in page, url
        assert MARK in page or url == urls[-1], url
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(("register", "column"), [p for p in HIDDEN if p.values[1].field.null])
def test_bulk_edit_and_every_other_write_keep_it(register, column, here, there, clerk):
    own, hidden = made(register, column, here, there)
    free = row(register, here, **{column.name: row(registers.of(column.related_model), here)})
    client = signed_in(clerk)
    data = {"selected": [own.pk, free.pk], f"change_{column.name}": "on", column.name: "", "reason": "boşalt"}
    preview = client.post(reverse("register-bulk", args=[register]), data | {"step": "preview"})
    assert preview.context["kept"] == [(column, 1)] and "boşaltılmaz" in preview.content.decode()
    # What they hold now is counted; it is named where she sees it.
    ((_column, held, _new),) = preview.context["values"]
    assert f"{MARK}: 1" in held and str(getattr(free, column.name)) in held and str(hidden) not in held
    client.post(reverse("register-bulk", args=[register]), data | {"step": "write", "count": 2})
    attribute = column.field.attname
    assert getattr(register.model.objects.get(pk=own.pk), attribute) == hidden.pk
    assert getattr(register.model.objects.get(pk=free.pk), attribute) is None
    emptied = register.model.objects.get(pk=own.pk)
    setattr(emptied, column.name, None)
    with pytest.raises(ValidationError, match="görünmeyen"):
        writes.save(register, emptied, Author(user=clerk))


@pytest.mark.parametrize(("register", "column"), [p for p in HIDDEN if p.values[1].field.null])
def test_going_back_to_a_day_without_it_keeps_it(register, column, here, there, clerk):
    own = row(register, here, **{column.name: None}, notes="Eski")
    first = register.model.history.latest("history_id").history_id
    changed = register.model.objects.get(pk=own.pk)
    changed.notes = "Yeni"
    setattr(changed, column.name, row(registers.of(column.related_model), there))
    writes.save(register, changed, SYSTEM)
    url = reverse("register-restore", args=[register, own.pk, first])
    message = signed_in(clerk).post(url, follow=True).content.decode()
    after = register.model.objects.get(pk=own.pk)
    assert after.notes == "Eski" and getattr(after, column.name) == getattr(changed, column.name)
    assert f"olduğu gibi kaldı: {column.label}" in message


@pytest.mark.parametrize("chunk", [1, 500])
@pytest.mark.parametrize(("register", "column"), [p for p in HIDDEN if p.values[1].field.null])
def test_no_write_of_many_rows_empties_it(register, column, chunk, here, there, clerk, monkeypatch):
    monkeypatch.setattr(access, "_PART", chunk)
    own, hidden = made(register, column, here, there)
    free = row(register, here, **{column.name: row(registers.of(column.related_model), here)})
    for each in (free, own):
        setattr(each, column.name, None)
    with pytest.raises(ValidationError, match="görünmeyen"):
        writes.update_many(register, [free, own], [column.name], Author(user=clerk))
    attribute = column.field.attname
    assert not register.model.objects.filter(pk__in=[free.pk, own.pk], **{f"{attribute}__isnull": True}).exists()
    for each in (free, own):
        each.refresh_from_db()
    free.notes, own.notes = "biri", "öteki"
    setattr(free, column.name, None)
    writes.update_many(register, [free, own], ["notes", column.name], Author(user=clerk))
    own.refresh_from_db()
    assert (own.notes, getattr(own, attribute)) == ("öteki", hidden.pk)


@pytest.mark.parametrize(("register", "column"), [p for p in HIDDEN if p.values[1].name in p.values[0].model.searched])
def test_its_name_is_found_by_no_search(register, column, here, there, clerk):
    target = registers.of(column.related_model)
    own, hidden = made(register, column, here, there)
    name, given = "qgizli7x", next(iter(target.model.numbered or ()), "")
    if target.named_by[-1] == given:
        name = fold(getattr(hidden, given))  # Numbered once and for all.
    else:
        setattr(hidden, target.named_by[-1], name.capitalize())
        writes.save(target, hidden, SYSTEM)
    own.refresh_from_db()
    seen = row(register, here, **{column.name: row(target, here)})
    client = signed_in(clerk)

    def found(query: str, **more) -> set[int]:
        listing = Listing(register, clerk, {"q": query, **more})
        options = [
            client.get(reverse("register-options", args=[other, each.name]), {"q": query}).json()["options"]
            for other in registers.every()
            for each in other.all_columns()
            if each.related_model is register.model and access.may_see(other, clerk)
        ]
        offered = {int(option["value"]) for some in options for option in some}
        page = client.get(reverse("search"), {"q": query}, follow=True).content.decode()
        linked = {each.pk for each in (own, seen) if reverse("register-detail", args=[register, each.pk]) in page}
        return set(listing.matching.values_list("id", flat=True)) | (offered & {own.pk, seen.pk}) | linked

    assert own.pk in set(Listing(register, None, {"q": name}).matching.values_list("id", flat=True))
    for query in (name, name[:-1], f"{own.search_text.split()[-1]} {name}"):
        assert own.pk not in found(query), query
        assert own.pk not in found(query, as_of=f"{timezone.localdate():%d.%m.%Y}"), query
    for word in own.search_text.translate({ord("("): None, ord(")"): None}).split():
        if word not in fold(hidden):
            assert own.pk in found(word), word
    assert seen.pk in found(str(getattr(seen, column.name)))
    # What else is known of a row that she sees stands in her row for nobody.
    for name in set(register.model.searched) & set(register.references) - {column.name}:
        known = f"{own.search_text} {' '.join(names(getattr(own, name)))}"
        for word in (word for word in getattr(own, name).search_text.split() if word not in known):
            assert own.pk not in set(Listing(register, clerk, {"q": word}).matching.values_list("id", flat=True)), word


@pytest.mark.parametrize(("register", "column"), HIDDEN)
@pytest.mark.parametrize("back", ["", "-"])
def test_its_name_decides_no_order(register, column, back, here, there, clerk):
    target = registers.of(column.related_model)
    by = column.related_model.sorted_by
    hidden = [row(target, there, **{by: f"B{n}"} if by != "inventory_no" else {}) for n in (2, 1, 3)]
    shown = [row(target, here, **{by: f"{name}{n}"} if by != "inventory_no" else {}) for n in (1, 2) for name in "CA"]
    rows = [row(register, here, **{column.name: each}) for each in (*hidden, *shown)]
    params = {"sort": f"{back}{column.name}", "size": "25"}
    only = Q(pk__in=[each.pk for each in rows])
    ids = list(Listing(register, clerk, params, only).rows.values_list("id", flat=True))
    # All that she does not see stand last, as blanks, in the order of their numbers.
    assert ids[4:] == [each.pk for each in rows[:3]][:: -1 if back else 1]
    plain = list(Listing(register, None, params, only).rows.values_list("id", flat=True))
    assert ids[:4] == [pk for pk in plain if pk in {each.pk for each in rows[3:]}]
    paged = paging.find(Listing(register, clerk, params, only), paging.Place()).rows
    assert [each.pk for each in paged] == ids
    assert paging.neighbours(Listing(register, clerk, params, only), ids[4]) == (ids[3], ids[5])


def test_who_sees_it_reads_its_name_as_before(here, there, clerk):
    register, column = registers.get("software"), registers.get("software").column("server")
    own, hidden = made(register, column, here, there)
    admin = user("yonetici", here, is_superuser=True)
    for account in (admin, user("denetci", there, (None, "", 1))):
        page = signed_in(account).get(reverse("register-detail", args=[register, own.pk])).content.decode()
        assert str(hidden) in page and MARK not in page
    assert access.unseen(register, None, [own]) == {key: set() for key in register.references}


def test_looking_costs_one_query_however_many_rows(here, there, clerk, django_assert_num_queries):
    register, column = registers.get("software"), registers.get("software").column("server")
    rows = [made(register, column, here, there)[0] for _ in range(3)]
    access.grants_of(clerk)
    for some in (rows[:1], rows):
        with django_assert_num_queries(1):
            assert len(access.unseen(register, clerk, some)["server"]) == len(some)

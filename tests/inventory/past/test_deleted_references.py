"""What a row named yesterday was deleted today: yesterday has its own names, rows and scope."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from geo.cells import tile_of
from geo.features import lies_somewhere
from geo.models import Location
from inventory import access, registers
from inventory.listing.address import Listing
from inventory.organization.models import Unit, User
from tests.geo.test_tiles import read
from tests.inventory.past.yesterday import Gone, backdate, day, gone, references
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
EACH = {register: [c for r, c in references() if r is register] for register, _column in references()}


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı", short_name="Park ve Bahçeler")


@pytest.fixture
def readers(here) -> list[User]:
    """An administrator, and one who sees nothing but her own unit."""
    return [user("yonetici", here, is_superuser=True), user("ayse", here, (here, "", 3))]


def test_there_are_such_references():
    names = {f"{register.slug}-{column.name}" for register, columns in EACH.items() for column in columns}
    assert {"property-neighbourhood", "inspections-vehicle", "software-uses-software", "equipment-kind"} <= names


@pytest.mark.parametrize("register", [pytest.param(register, id=register.slug) for register in EACH])
def test_yesterday_has_its_own_names_rows_and_scope(register, here, readers):
    """One walk for each register, over a row for each of its columns that names another."""
    pasts = gone(register, EACH[register], here)
    for reader in readers:
        visible = set(access.visible_to(register, reader).values_list("pk", flat=True))
        seen = [past for past in pasts if past.made.pk in visible]
        if seen:
            client = signed_in(reader)
            _listed(client, seen)
            _exported(client, seen)
            _counted(client, register)
            _features(client, seen)
            _on_the_map(client, seen)
            for past in seen:
                _pages(client, past)
    for past in pasts:
        _refused(signed_in(readers[0]), past)


def _listed(client, pasts: list[Gone]) -> None:
    register = pasts[0].register
    asked, url = {"as_of": day(), "columns": "all", "size": "250"}, reverse("register-list", args=[register])
    lines = {line.id: line for line in client.get(url, asked).context["page"].lines}
    for past in pasts:
        line = lines[past.made.pk]
        assert line.title == past.title, past.column.name
        assert {cell.column.name: cell.text for cell in line.cells}[past.column.name] == past.named
        # Once beside all columns, once alone.
        for sort, columns in ((past.column.name, "all"), (f"-{past.column.name}", past.column.name)):
            answer = client.get(url, asked | {"sort": sort, "columns": columns})
            assert {each.id for each in answer.context["page"].lines} == set(lines), sort
    totals = client.get(reverse("register-totals", args=[register]), {"as_of": day()})
    assert totals.context["count"] == len(lines)


def _exported(client, pasts: list[Gone]) -> None:
    asked = {"as_of": day(), "columns": "all", "format": "csv"}
    answer = client.get(reverse("register-export", args=[pasts[0].register]), asked)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).replace(b'""', b'"').decode()
    assert {past.column.name: past.named for past in pasts if past.named not in text} == {}


def _counted(client, register) -> None:
    asked = {"as_of": day()}
    for name in ("home", "physical-resources", "equipment-ages"):
        assert client.get(reverse(name), asked).status_code == 200
    book = client.get(reverse("register-export", args=[register]), asked | {"columns": "all", "format": "xlsx"})
    assert book.status_code == 200 and b"".join(book.streaming_content)
    if register.group == "asset":
        assert client.get(reverse("register-map", args=[register]), asked).status_code == 200


def _features(client, pasts: list[Gone]) -> None:
    register, asked = pasts[0].register, {"as_of": day(), "limit": "1000"}
    if lies_somewhere(register):
        for shape in ("", ".points"):
            url = reverse("features-collections") + f"/{register.slug}{shape}/items"
            items = {each["id"]: each["properties"] for each in client.get(url, asked).json()["features"]}
            shown = {past.column.name: items[past.made.pk][past.column.label] for past in pasts}
            assert shown == {past.column.name: past.named for past in pasts}, shape


def _on_the_map(client, pasts: list[Gone]) -> None:
    register = pasts[0].register
    if register.group != "asset":
        return
    result = client.get(reverse("register-map-about", args=[register]), {"as_of": day()}).json()
    assert result["placed"] == result["number"] > 0
    rows = Listing(register, None, {"as_of": day()}).matching
    for past in pasts:
        # A place that is gone is still on yesterday's map.
        there = rows.get(id=past.made.pk).location_id
        place = Location.history.filter(id=there).latest("history_id")
        tile = reverse("register-tile", args=[register, 22, *tile_of(place.cell, 22)])
        (item,) = read(client.get(tile, {"as_of": day()}))[register.slug]
        assert item["number"] == rows.filter(location=there).count(), past.column.name
        assert item.get("label", past.title) == past.title
        card = client.get(reverse("map-place", args=[register, place.id]), {"as_of": day()}).content.decode()
        assert past.title in html.unescape(card), past.column.name


def _pages(client, past: Gone) -> None:
    """Of the row and of the one that it named."""
    text = client.get(reverse("register-history", args=[past.register, past.made.pk])).content.decode()
    assert past.named in html.unescape(text), past.column.name
    assert client.get(reverse("register-detail", args=[past.register, past.made.pk])).status_code == 200
    own = client.get(reverse("register-history", args=[registers.of(past.column.related_model), past.deleted]))
    assert own.status_code == 200 and past.named in html.unescape(own.content.decode()), past.column.name


def _refused(client, past: Gone) -> None:
    """Going back to what names a row that is gone."""
    entries = past.register.model.history.filter(id=past.made.pk, **{f"{past.column.name}_id": past.deleted})
    entry = entries.latest("history_id").history_id
    before = past.register.model.objects.get(pk=past.made.pk).version
    answer = client.post(reverse("register-restore", args=[past.register, past.made.pk, entry]), follow=True)
    message = html.unescape(answer.content.decode())
    assert answer.status_code == 200 and "o kayıt sonradan silindi" in message and past.named in message, (
        past.column.name
    )
    assert past.register.model.objects.get(pk=past.made.pk).version == before


@pytest.mark.parametrize("slug", ["vehicles", "inspections"])
def test_a_closed_units_items_stay_in_the_past_of_those_above_it_and_of_nobody_else(slug, here, readers):
    vehicles, other = registers.get("vehicles"), unit("Zabıta Dairesi Başkanlığı")
    stranger = user("oteki", other, (other, "", 3))
    (past,) = gone(vehicles, [vehicles.column("responsible_unit")], here)
    register, made = vehicles, past.made
    if slug == "inspections":
        register, made = registers.get(slug), row(registers.get(slug), here, vehicle=made)
        backdate()
    asked = {"as_of": day()}
    seen = [Listing(register, who, asked).matching.filter(id=made.pk).exists() for who in (*readers, stranger)]
    assert seen == [True, True, False]
    if slug == "vehicles":
        narrowed = Listing(register, readers[1], asked | {"responsible_unit": str(here.pk)})
        assert narrowed.matching.filter(id=made.pk).exists()

"""The API's writing: whole or not at all, once, by the version that was read, with the rights of the token's owner."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.conf import settings as settings_of
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from imports.models import Batch
from imports.plans import undoing
from inventory import registers
from inventory.api import writing
from inventory.api.models import Answered
from inventory.assets.vehicles.models import Vehicle
from inventory.columns import Type
from inventory.trail.models import Event
from inventory.trail.words import in_words
from tests.inventory.api.test_reading import here, program, there  # noqa: F401 - fixtures
from tests.pages import ASSETS, sample
from tests.rows import kind, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
URL = "/api/v1/vehicles/"


@pytest.fixture
def editor(here):  # noqa: F811
    return user("duzenleyen", here, (here, "", 2))


@pytest.fixture
def client(editor):
    return program(editor, may_write=True)


def send(client: Client, method: str, url: str, data: object, **headers):
    return client.generic(method, url, json.dumps(data), "application/json", headers=headers)


def vehicle(of, plate: str) -> dict:
    return {
        "plate": plate,
        "kind": kind(VEHICLES).pk,
        "responsible_unit": {"id": of.pk, "text": "x"},
        "cost": "1000.50",
    }


@pytest.mark.parametrize("register", ASSETS)
def test_what_is_read_can_be_sent_back_and_changes_nothing(register, here):  # noqa: F811
    row = sample(register, here)
    client = program(user("yonetici", here, is_superuser=True), may_write=True)
    url = f"/api/v1/{register.slug}/{row.pk}/"
    names = {column.name for column in register.typed_columns()}
    read = {name: value for name, value in client.get(url).json().items() if name in names}
    answer = send(client, "PATCH", url, read)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["version"] == row.version


def test_a_row_is_made_changed_and_deleted(client, here):  # noqa: F811
    made = send(client, "POST", URL, vehicle(here, "41 ABC 123"), **{"Change-Reason": "al%C4%B1nd%C4%B1"})
    assert made.status_code == 201, made.json()
    row = made.json()
    assert row["plate"] == "41 ABC 123" and row["cost"] == "1000.50" and row["kind"]["code"] == "1"
    url = made["Location"]
    assert client.get(url).json() == row
    changed = send(client, "PATCH", url, {"make": "Ford", "acquired_on": "2020-05-17"}, **{"If-Match": made["ETag"]})
    assert changed.status_code == 200 and changed.json()["version"] == 2 and changed["ETag"] == '"2"'
    late = send(client, "PATCH", url, {"make": "Fiat"}, **{"If-Match": made["ETag"]})
    assert late.status_code == 412 and client.get(url).json()["make"] == "Ford"
    entries = client.get(f"{url}history/").json()["results"]
    assert [each["kind"] for each in entries] == ["changed", "created"]
    assert entries[1]["reason"] == "alındı · API: deneme" and entries[1]["by"] == "duzenleyen"
    assert client.delete(url).status_code == 409  # not for those who only change
    manager = program(user("yoneten", here, (here, "", 3)), may_write=True)
    assert manager.delete(url).status_code == 204 and manager.get(url).status_code == 404
    assert manager.get(f"{url}history/").json()["results"][0]["kind"] == "deleted"
    said = [each.sentence for each in in_words(Event.objects.filter(kind="change"), user("a", here, is_superuser=True))]
    assert len(said) == 3 and all("API ile" in each and "API anahtarı “deneme”" in each for each in said)


def test_a_token_writes_no_more_than_it_and_its_owner_may(editor, here, there):  # noqa: F811
    own, other = sample(VEHICLES, here), sample(VEHICLES, there)
    viewer = user("goren", there, (here, "", 1))
    for name, client, status in (
        ("read-only", program(editor), 403),
        ("viewer", program(viewer, may_write=True), 403),
        ("other registers", program(editor, may_write=True, registers="network"), 404),
        ("nobody", Client(), 401),
    ):
        for method, url, data in (
            ("POST", URL, vehicle(here, "41 ABC 777")), ("PATCH", f"{URL}{own.pk}/", {"make": "x"}),
            ("PATCH", URL, [{"id": own.pk, "make": "x"}]), ("DELETE", f"{URL}{own.pk}/", {}),
            ("POST", f"{URL}{own.pk}/steps/none/", {}),
        ):  # fmt: skip
            assert send(client, method, url, data).status_code == status, (name, method, url)
    writer = program(editor, may_write=True)
    assert send(writer, "PATCH", f"{URL}{other.pk}/", {"make": "x"}).status_code == 404
    assert send(writer, "PATCH", URL, [{"id": own.pk, "make": "x"}, {"id": other.pk}]).status_code == 404
    assert send(writer, "POST", URL, vehicle(there, "41 ABC 778")).status_code in (400, 409)
    assert set(Vehicle.objects.values_list("make", flat=True)) == {own.make, other.make}


def test_a_session_writes_with_its_csrf_token_alone(editor, here):  # noqa: F811
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.get(URL).status_code == 200
    assert send(client, "POST", URL, vehicle(here, "41 ABC 123")).status_code == 403


def test_a_list_is_written_whole_or_not_and_undone_at_once(client, editor, here):  # noqa: F811
    wrong = [vehicle(here, "41 ABC 101"), vehicle(here, "41 ABC 102") | {"cost": "12,5", "kind": None, "nothing": 1}]
    refused = send(client, "POST", URL, wrong)
    assert refused.status_code == 400 and refused["Content-Type"] == "application/problem+json"
    assert set(refused.json()["errors"]) == {"1.cost", "1.kind", "1.nothing"} and not Vehicle.objects.exists()
    twice = send(client, "POST", URL, [vehicle(here, "41 ABC 101")] * 2)
    assert twice.status_code == 409 and not Vehicle.objects.exists() and not Batch.objects.exists()

    made = send(client, "POST", f"{URL}?reason=muhasebe", [vehicle(here, f"41 ABC 10{n}") for n in range(3)])
    assert made.status_code == 201
    rows = made.json()["results"]
    batch = Batch.objects.get()
    assert batch.counts == {"new": 3} and set(Vehicle.history.values_list("batch_id", flat=True)) == {batch.pk}
    browser = Client()
    browser.force_login(editor)
    assert browser.get(f"/imports/{batch.pk}/").status_code == 200
    stale = [{"id": row["id"], "version": 9, "make": "Ford"} for row in rows]
    assert send(client, "PATCH", URL, stale).status_code == 412
    changed = send(client, "PATCH", URL, [{"id": row["id"], "make": f"M{n}"} for n, row in enumerate(rows)])
    assert [row["make"] for row in changed.json()["results"]] == ["M0", "M1", "M2"]
    undoing.undo(Batch.objects.latest("pk"), editor)
    assert set(Vehicle.objects.values_list("make", flat=True)) == {""}
    undoing.undo(batch, editor)
    assert not Vehicle.objects.exists()


def test_what_is_doubted_is_written_once_it_is_confirmed(client, here):  # noqa: F811
    odd = vehicle(here, "41 ABC 123") | {"acquired_on": "2030-01-01"}
    refused = send(client, "POST", URL, odd)
    assert refused.status_code == 409 and refused.json()["doubts"][0]["column"] == "acquired_on"
    assert send(client, "POST", f"{URL}?confirm=yes", odd).status_code == 201


def test_a_request_that_is_sent_twice_counts_once(client, here):  # noqa: F811
    first, second = (
        send(client, "POST", URL, vehicle(here, "41 ABC 123"), **{"Idempotency-Key": "k1"}) for _round in range(2)
    )
    assert first.status_code == second.status_code == 201 and first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true" and second["Location"] == first["Location"]
    assert Vehicle.objects.count() == 1
    assert send(client, "POST", URL, vehicle(here, "41 ABC 124"), **{"Idempotency-Key": "k1"}).status_code == 422
    failed = send(client, "POST", URL, {"plate": "?"}, **{"Idempotency-Key": "k2"})
    assert failed.status_code == 400
    assert send(client, "POST", URL, vehicle(here, "41 ABC 125"), **{"Idempotency-Key": "k2"}).status_code == 201


def test_what_is_kept_for_a_day_is_cleared_without_another_write(client, here):  # noqa: F811
    for key, plate in (("old", "41 ABC 123"), ("new", "41 ABC 124")):
        send(client, "POST", URL, vehicle(here, plate), **{"Idempotency-Key": key})
    for key, minutes in (("old", 1), ("new", -1)):
        Answered.objects.filter(key=key).update(at=timezone.now() - writing.KEPT - dt.timedelta(minutes=minutes))
    call_command("clear_answers")
    assert Answered.objects.get().key == "new"
    assert "clear_answers" in (settings_of.BASE_DIR / "docs/deploy/register-daily.service").read_text()


def test_steps_are_taken_with_what_they_need(here):  # noqa: F811
    manager = program(user("yoneten", here, (here, "", 3)), may_write=True)
    taken = 0
    for register in (each for each in registers.every() if each.flow):
        row = sample(register, here)
        base = f"/api/v1/{register.slug}/{row.pk}/"
        state = register.flow.column
        assert send(manager, "PATCH", base, {state: "x"}).json()["errors"] == {state: ["Bu sütun yazılamaz."]}
        step = next(each for each in register.flow.steps if getattr(row, state) in each.source)
        needed = {name: manager.get(base).json()[name] for name in step.needs}
        answer = send(manager, "POST", f"{base}steps/{step.name}/?reason=oldu&confirm=yes", needed)
        assert answer.status_code == 200, answer.json()
        assert answer.json()[state] == step.target
        again = send(manager, "POST", f"{base}steps/{step.name}/?reason=oldu", needed)
        assert again.status_code == 409
        taken += 1
    assert taken


def test_what_no_column_can_hold_is_refused_by_name(client, here):  # noqa: F811
    row = sample(VEHICLES, here)
    hostile = [
        None,
        True,
        [],
        {},
        "x" * 40_000,
        "\x00",
        "\ud800",
        -1,
        10**30,
        1.5,
        "1e400",
        "NaN",
        "9999-99-99",
        {"id": "x"},
    ]
    for column in VEHICLES.typed_columns():
        for value in hostile:
            answer = send(client, "PATCH", f"{URL}{row.pk}/?confirm=yes", {column.name: value})
            assert answer.status_code < 500, (column.name, value)
            if column.type in (Type.DATE, Type.MONEY) and value not in (None, "", -1, 1.5):
                assert column.name in answer.json().get("errors", column.name), (column.name, value)
    for body in (b"", b"{", b"[]", b"[1]", b"1", b"null", b'{"a":' * 5_000, b"\xff"):
        answer = client.generic("POST", URL, body, "application/json")
        assert answer.status_code == 400, body


def test_a_kept_answer_is_for_who_may_still_see_the_row(client, editor, here, there):  # noqa: F811
    manager = program(user("yoneten", here, (None, "", 3)), may_write=True)
    one, many = vehicle(here, "41 ABC 123"), [vehicle(here, "41 ABC 124"), vehicle(here, "41 ABC 125")]
    for key, data in (("one", one), ("many", many)):
        sent = [send(client, "POST", URL, data, **{"Idempotency-Key": key}).status_code for _round in range(2)]
        assert sent == [201, 201], key
    for row in Vehicle.objects.exclude(plate="41 ABC 124"):
        moved = send(manager, "PATCH", f"{URL}{row.pk}/", {"responsible_unit": there.pk})
        assert moved.status_code == 200, moved.json()
    for key, data in (("one", one), ("many", many)):
        assert send(client, "POST", URL, data, **{"Idempotency-Key": key}).status_code == 404, key
    url = f"{URL}{Vehicle.objects.get(plate='41 ABC 124').pk}/"
    for _round in range(2):
        assert send(manager, "DELETE", url, {}, **{"Idempotency-Key": "gone"}).status_code == 204


def test_the_version_in_an_object_counts_as_if_match_does(client, here):  # noqa: F811
    row = sample(VEHICLES, here)
    url = f"{URL}{row.pk}/"
    read = client.get(url).json()
    assert send(client, "PATCH", url, {"version": read["version"], "make": "Ford"}).status_code == 200
    late = send(client, "PATCH", url, {"version": read["version"], "make": "Fiat"})
    assert late.status_code == 412 and late.json()["ids"] == [row.pk] and client.get(url).json()["make"] == "Ford"
    manager = program(user("yoneten", here, (here, "", 3)), may_write=True)
    flow = next(each for each in registers.every() if each.flow)
    base = f"/api/v1/{flow.slug}/{sample(flow, here).pk}/steps/{flow.flow.steps[0].name}/"
    assert send(manager, "POST", base, {"version": 99}).status_code == 412


# What no kind of column expects, beside whatever hypothesis thinks of.
_HOSTILE = [
    {"text": ["x"]}, {"text": {"a": 1}}, {"code": ["x"]}, {"id": [1]}, {"id": {"a": 1}}, {"id": 1.5}, {"id": 2**63},
    ["x"], [{"text": []}], {}, True, 2**63, -1, 1e308, "9999-12-31", "1E+999999", "9" * 400, "x" * 5_000, "a\x0cb",
]  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "text", "code"]), inner),
    max_leaves=4,
)


def test_no_json_in_any_column_is_a_fault(here):  # noqa: F811
    manager = program(user("yonetici", here, is_superuser=True), may_write=True)
    for register in registers.every():
        url = f"/api/v1/{register.slug}/{sample(register, here).pk}/?confirm=yes"
        columns = [column.name for column in register.typed_columns()]
        if not columns:
            continue
        ids = {c.name for c in register.typed_columns() if c.type == Type.REFERENCE}
        answer = send(manager, "PATCH", url, {name: {"text": ["x"]} for name in columns})
        assert answer.status_code == 400 and set(answer.json()["errors"]) >= ids, register
        answer = send(manager, "PATCH", url, dict.fromkeys(ids, "9999-12-31"))
        assert answer.status_code == (400 if ids else 200) and set(answer.json().get("errors", ())) >= ids, register
        _ask(manager, url, columns)


def _ask(client: Client, url: str, columns: list[str]) -> None:
    @settings(max_examples=3, database=None, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(st.fixed_dictionaries({name: st.sampled_from(_HOSTILE) | _JSON for name in columns}))
    def ask(values):
        wrong = set(send(client, "PATCH", url, values).json().get("errors", ()))
        assert wrong <= {*columns, ""}, (url, values)
        # What can be read goes as far as the database.
        rest = {name: value for name, value in values.items() if name not in wrong}
        assert send(client, "PATCH", url, rest).status_code < 500, (url, rest)

    ask()

"""The API's reading: every route of every register, for every kind of token."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import access, registers, writes
from inventory.api import tokens
from inventory.api.models import Token
from inventory.documents import files, keeping, links
from inventory.documents.models import Document, DocumentKind
from inventory.organization.models import Person, Unit
from inventory.registers import Register
from tests.inventory.documents.files import PDF
from tests.pages import EVERY, SCOPED, sample
from tests.rows import SYSTEM, person, row, unit, user

pytestmark = pytest.mark.django_db
DOCUMENTS = registers.get("documents")


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there() -> Unit:
    return unit("Zabıta Dairesi Başkanlığı")


def program(owner, **values) -> Client:
    """A client that sends a token of the account's."""
    values = {"name": "deneme", "expires_on": timezone.localdate() + dt.timedelta(days=1)} | values
    token = Token(owner=owner, **values)
    made = Client(headers={"Authorization": f"Bearer {tokens.give(token)}"})
    made.token = token
    return made


def routes(register: Register, pk: int) -> list[str]:
    base = f"/api/v1/{register.slug}/"
    own = []
    if register is DOCUMENTS:
        Document.objects.filter(pk=pk).update(stored=files.store(ContentFile(PDF), "x.pdf"))
        own = [f"{base}{pk}/file/"]
    elif register in access.followed(DOCUMENTS):
        document = links.of_rows(register, [pk], None).first() or _document(register, pk)
        own = [f"{base}{pk}/documents/", f"{base}{pk}/documents/{document.pk}/file/"]
    return [
        base,
        f"{base}?format=csv",
        f"{base}?format=ndjson",
        f"{base}totals/",
        f"{base}{pk}/",
        f"{base}{pk}/history/",
        *own,
    ]


def _document(register: Register, pk: int) -> Document:
    kinds = DocumentKind.objects.filter(code="X")
    of = kinds.first() or row(registers.get("document-kinds"), None, code="X", name="x", register="")
    held = register.model._default_manager.get(pk=pk)
    return keeping.keep(PDF, "x.pdf", of.code, [(register, held)], SYSTEM)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("register", SCOPED)
def test_who_reads_a_row_through_any_route(register, here, there):
    made = sample(register, here)
    people = {
        "no grant": (program(user("yetkisiz", here)), 404, 404),
        "stranger": (program(user("yabanci", there, (there, "", 3))), 200, 404),
        "viewer": (program(user("goren", here, (here, register.granted_as, 1))), 200, 200),
        "other registers": (program(user("secili", here, (here, "", 1)), registers="none"), 404, 404),
        "auditor": (program(user("denetci", there, (None, "", 1))), 200, 200),
    }
    for who, (client, of_list, of_row) in people.items():
        for url in routes(register, made.pk):
            answer = client.get(url)
            body(answer)
            assert answer.status_code == (of_row if f"/{made.pk}/" in url else of_list), (who, url)
        if of_list == 200:
            ids = [row["id"] for row in client.get(f"/api/v1/{register.slug}/").json()["results"]]
            assert (made.pk in ids) == (of_row == 200), who
            assert client.get(f"/api/v1/{register.slug}/totals/").json()["count"] == len(ids)
            assert len(body(client.get(routes(register, made.pk)[2])).splitlines()) == len(ids)


def test_a_token_that_does_not_count_opens_nothing(here):
    owner = user("goren", here, (here, "", 1))
    register = registers.get("vehicles")
    row = sample(register, here)
    closed = user("kapali", here, (here, "", 1))
    dead = {
        "revoked": program(owner, revoked_at=timezone.now()),
        "expired": program(owner, expires_on=timezone.localdate() - dt.timedelta(days=1)),
        "elsewhere": program(owner, networks="10.1.2.0/24\n2001:db8::/32"),
        "closed account": program(closed),
        "none": Client(headers={"Authorization": "Bearer vk_yanlis"}),
        "nobody": Client(),
    }
    Person.objects.filter(pk=closed.person_id).update(active=False)
    for why, client in dead.items():
        for url in [*routes(register, row.pk), "/api/v1/", "/api/schema/", "/api/none/"]:
            answer = client.get(url)
            assert answer.status_code == 401, (why, url)
            assert answer["WWW-Authenticate"].startswith("Bearer") and answer["Content-Type"].endswith("problem+json")
    alive = program(owner, networks="127.0.0.0/8")
    assert alive.get("/api/v1/vehicles/").status_code == 200
    alive.token.refresh_from_db()
    used = alive.token.used_at
    alive.get("/api/v1/vehicles/")
    alive.token.refresh_from_db()
    assert used and alive.token.used_at == used


def test_a_grant_that_wants_a_second_factor_sleeps_for_the_token_too(here):
    owner = user("uyuyan", here, (here, "", 3))
    owner.person.grants.update(needs_second_factor=True)
    client = program(owner)
    assert client.get("/api/v1/vehicles/").status_code == 404
    type(owner).objects.filter(pk=owner.pk).update(second_factor_since=timezone.now())
    assert client.get("/api/v1/vehicles/").status_code == 200


@pytest.mark.parametrize("register", EVERY)
def test_an_object_says_what_the_page_shows(register, here):
    made = sample(register, here)
    client = program(user("yonetici", here, is_superuser=True))
    answer = client.get(f"/api/v1/{register.slug}/{made.pk}/")
    found = answer.json()
    assert answer["ETag"] == f'"{made.version}"' and found["version"] == made.version
    for column in register.all_columns():
        value, shown = getattr(made, column.name), found[column.name]
        if column.is_personal:
            assert shown == column.value(made) and (not value or shown != value)
        elif column.type == "reference":
            assert (shown or {}).get("text") == (str(value) if value else None)
            assert (shown or {}).get("id") == (value.pk if value else None)
        elif column.type in ("money", "area", "decimal"):
            assert shown == (
                None if value is None else format(type(made).objects.get(pk=made.pk).__dict__[column.name], "f")
            )
        elif column.type == "date":
            assert shown == (value and value.isoformat())
        elif column.type == "moment":
            assert shown == (value and timezone.make_aware(value).isoformat())
        else:
            assert shown == (None if value == "" else value)


def test_the_same_queries_for_any_number_of_rows(here):
    register, client = registers.get("equipment"), program(user("goren", here, (here, "", 1)))
    for _number in range(2):
        sample(register, here)
    counts = []
    for _round in range(2):
        client.get("/api/v1/equipment/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/equipment/").status_code == 200
        counts.append(len(captured))
        for _number in range(5):
            sample(register, here)
    assert counts[0] == counts[1]


def test_pages_follow_each_other_and_lose_nothing(here):
    register, client = registers.get("vehicles"), program(user("goren", here, (here, "", 1)))
    ids = {sample(register, here).pk for _number in range(7)}
    for first in ("?limit=3", "?limit=3&cursor=", "?limit=3&order=-plate"):
        url, seen = f"/api/v1/vehicles/{first}", []
        while url:
            answer = client.get(url)
            seen += [row["id"] for row in answer.json()["results"]]
            url = answer.json()["next"]
            assert (f'<{url}>; rel="next"' == answer.get("Link")) if url else "Link" not in answer
        assert len(seen) == 7 and set(seen) == ids


def test_what_is_misspelt_is_said_and_nothing_is_shown(here):
    client = program(user("goren", here, (here, "", 1)))
    wrong = ("plat=41", "order=nothing", "columns=plate,nothing", "limit=0", "limit=5001", "offset=-1", "cursor=x",
             "as_of=31.13.2020", "as_of=2999-01-01", "cost_from=1.000", "cost_from=x", "format=xml",
             "cursor=&order=plate",
             "format=csv&limit=1", "format=csv&offset=5", "format=ndjson&cursor=",
             "kind=999999999999999999999", "status=none")  # fmt: skip
    for query in wrong:
        answer = client.get(f"/api/v1/vehicles/?{query}")
        assert answer.status_code == 400 and answer.json()["errors"], query
    people = program(user("yonetici", here, is_superuser=True))
    assert people.get("/api/v1/people/?order=identity_no").status_code == 400


def test_filters_order_and_day_are_the_lists(here):
    register = registers.get("vehicles")
    client = program(user("goren", here, (here, "", 1)))
    dear, cheap = (sample(register, here) for _number in range(2))
    for each, cost in ((dear, "10000.50"), (cheap, "5.25")):
        each.cost = Decimal(cost)
        writes.save(register, each, SYSTEM)

    def found(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"/api/v1/vehicles/?{query}").json()["results"]]

    assert found("cost_from=10000.49") == [dear.pk]
    assert found("cost_to=5.25") == [cheap.pk]
    assert found("order=-cost&columns=plate") == [dear.pk, cheap.pk]
    assert found(f"q={cheap.plate}") == [cheap.pk]
    assert found(f"responsible_unit={here.pk}&acquired_on_from=2030-01-01") == []
    early = client.get("/api/v1/vehicles/?as_of=2001-01-01").json()
    assert early["results"] == [] and early["not_kept_before"] == timezone.localdate().isoformat()
    assert client.get("/api/v1/vehicles/totals/?as_of=2001-01-01").json()["count"] is None
    assert client.get("/api/v1/vehicles/totals/").json()["sums"]["cost"] == "10005.75"


def test_what_is_beyond_reach_is_veiled(here, there):
    register = registers.get("network")
    hidden = sample(register, there)
    row = sample(register, here)
    row.linked_to = hidden
    writes.save(register, row, SYSTEM)
    client = program(user("goren", here, (here, "network", 1)))
    veiled = {"id": None, "text": "(size görünmüyor)", "code": None}
    assert client.get(f"/api/v1/network/{hidden.pk}/").status_code == 404
    assert client.get(f"/api/v1/network/{row.pk}/").json()["linked_to"] == veiled
    (listed,) = client.get("/api/v1/network/").json()["results"]
    assert listed["linked_to"] == veiled
    text = body(client.get("/api/v1/network/?format=csv")).decode()
    assert "(size görünmüyor)" in text and hidden.inventory_no not in text


def test_excel_reads_a_list_from_the_web(here):
    """As Power Query does: a plain request with one header; CSV in UTF-8 with its mark."""
    row = sample(registers.get("vehicles"), here)
    client = program(user("goren", here, (here, "", 1)))
    answer = client.get("/api/v1/vehicles/?format=csv&columns=plate,status,responsible_unit,cost,acquired_on")
    text = body(answer)
    assert text.startswith("\ufeff".encode()) and answer["Content-Type"] == "text/csv; charset=utf-8"
    (line,) = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
    assert line["plate"] == row.plate and line["status"] == "Kullanımda" and line["responsible_unit"] == here.name
    assert line["acquired_on"] == row.acquired_on.isoformat() and float(line["cost"]) == float(row.cost)


def test_no_cell_of_a_csv_is_a_formula(here):
    names = ["=1+1", "＝1+1", "\r=1", "-x"]
    for name in names:
        person(name, here)
    client = program(user("goren", here, (here, "", 1)))
    text = body(client.get("/api/v1/people/?format=csv&columns=name,unit")).decode("utf-8-sig")
    found = [line["name"] for line in csv.DictReader(io.StringIO(text, newline=""))]
    assert {f"'{name}" for name in names} <= set(found)


def test_reading_leaves_an_entry_with_its_token(here):
    from inventory.trail.models import Event
    from inventory.trail.words import in_words

    sample(registers.get("vehicles"), here)
    client = program(user("goren", here, (here, "", 1)))
    client.get("/api/v1/vehicles/?status=in_use")
    entry = Event.objects.latest("id")
    assert entry.kind == Event.Kind.WENT_OUT and entry.details["token"] == client.token.pk
    assert entry.username == "goren"
    (said,) = in_words([entry], user("yonetici", here, is_superuser=True))
    assert "API ile okundu" in said.sentence


def test_the_schema_names_what_may_be_seen(here):
    client = program(user("goren", here, (here, "vehicles", 1)))
    schema = client.get("/api/schema/").json()
    assert "/api/v1/vehicles/" in schema["paths"] and "/api/v1/grants/" not in schema["paths"]
    columns = schema["components"]["schemas"]["vehicles"]["properties"]
    assert set(registers.get("vehicles").columns) <= set(columns)
    assert {"q", "limit", "plate"} <= {one["name"] for one in schema["paths"]["/api/v1/vehicles/"]["get"]["parameters"]}


def test_a_token_has_a_limit_of_its_own_and_hears_of_it(here, settings, tmp_path):
    settings.VAR_DIR, settings.RATE_LIMITS = tmp_path, {"api": (2, 60), "login": (1, 60)}
    owner = user("goren", here, (here, "", 1))
    client, other = program(owner), program(owner)
    answers = [client.get("/api/v1/vehicles/") for _round in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [each["X-RateLimit-Remaining"] for each in answers] == ["1", "0", "0"]
    assert int(answers[2]["Retry-After"]) <= 61 and answers[2]["Content-Type"] == "application/problem+json"
    assert other.get("/api/v1/vehicles/").status_code == 200
    # Who guesses at tokens is stopped; a program that has come in from the same address is not.
    guesses = [Client(headers={"Authorization": f"Bearer vk_{n}"}).get("/api/v1/vehicles/") for n in range(3)]
    assert [each.status_code for each in guesses] == [401, 429, 429]
    assert guesses[1]["Content-Type"] == "application/problem+json"
    assert other.get("/api/v1/vehicles/").status_code == 200

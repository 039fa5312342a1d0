"""What the schema says is what the API does: schemathesis asks every operation of some registers, and gets no 5xx."""

from __future__ import annotations

import datetime as dt
import logging

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from inventory import registers
from inventory.organization.models import Unit
from tests.inventory.api.test_reading import body, here, program  # noqa: F401 - fixtures
from tests.pages import sample
from tests.rows import user

pytestmark = pytest.mark.django_db
# One of each kind; all others have the same routes.
ASKED = ("people", "lease-contracts")
DOCUMENTS = "/api/v1/lease-contracts/{id}/documents/"
BOUNDED = settings(
    max_examples=3, database=None, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_every_operation_answers_as_it_says(here, monkeypatch):  # noqa: F811
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    for slug in ASKED:
        sample(registers.get(slug), here)
    client = program(user("yonetici", here, is_superuser=True), may_write=True)
    document = client.get("/api/schema/").json()
    document["paths"] = {path: each for path, each in document["paths"].items() if path.split("/")[3] in (*ASKED, "")}
    schema, asked = schemathesis.openapi.from_dict(document), set()
    for result in schema.get_all_operations():
        _ask(client, result.ok(), asked, here)
    assert len({(method, path) for method, path, _status in asked}) >= 7 * len(ASKED)
    assert {("post", DOCUMENTS, 400), ("get", DOCUMENTS, 200)} <= asked
    assert {status for _method, _path, status in asked} >= {200, 400}


def _ask(client, operation, asked: set, of: Unit) -> None:
    @BOUNDED
    @given(operation.as_strategy())
    def ask(case):
        if "/documents/" in operation.path:
            # Of a row that is there, else no body is read.
            case.path_parameters["id"] = sample(registers.get(operation.path.split("/")[3]), of).pk
        kwargs = case.as_transport_kwargs(base_url="http://testserver")
        names = ("method", "url", "params", "headers", "json", "data", "files")
        request = httpx.Request(**{name: kwargs[name] for name in names if kwargs.get(name)})
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-type")}
        path = request.url.raw_path.decode()
        sent, kind = request.read(), request.headers.get("content-type", "application/json")
        answer = client.generic(request.method, path, sent, kind, headers=headers)
        asked.add((operation.method, operation.path, answer.status_code))
        assert answer.status_code < 500, (request.method, path, sent)
        content = body(answer)
        if answer.status_code < 400 and answer.get("Content-Type", "").startswith("application/json"):
            found = httpx.Response(answer.status_code, headers=dict(answer.headers), content=content, request=request)
            found.elapsed = dt.timedelta()
            operation.validate_response(found)

    ask()

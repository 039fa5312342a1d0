"""What the API can do, as OpenAPI describes it: every register's routes, from its declaration.

drf-spectacular finds the routes and frames the document; what a column or a filter is, the register says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import django_filters as df
from django.utils.translation import gettext as _
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from inventory import registers
from inventory.api import asked
from inventory.api.document_views import FILE, Documents, columns
from inventory.api.problems import PROBLEM
from inventory.api.views import may_open
from inventory.api.writing import MOST
from inventory.columns import Column, Type
from inventory.computed.columns import shown
from inventory.documents.links import documents
from inventory.listing.filters import BlankFilter, YesNoFilter, end_of, filter_class
from inventory.registers import Register
from inventory.search import capital

Spec = dict[str, Any]
_TEXT: Spec = {"type": "string"}
_DECIMAL = r"^-?\d+(\.\d+)?$"


# Columns --------------------------------------------------------------------------------------------------


def of_column(column: Column) -> Spec:
    """What a row's object says of the column."""
    if column.type == Type.REFERENCE:
        return {"title": column.label, "oneOf": [{"$ref": "#/components/schemas/Reference"}, {"type": "null"}]}
    return {"title": column.label, **_value(column)}


def _value(column: Column) -> Spec:
    match column.type:
        case _ if column.is_personal:
            return {"type": ["string", "null"], "description": _("Maskeli.")}
        case Type.CHOICE:
            values = list(column.choices)
            kind = "integer" if all(isinstance(value, int) for value in values) else "string"
            said = "; ".join(f"{value}: {text}" for value, text in column.choices.items())
            return {"type": [kind, "null"], "enum": [*(v for v in values if v != ""), None], "description": said}
        case Type.INTEGER:
            return {"type": ["integer", "null"]}
        case Type.DEGREE:
            return {"type": ["number", "null"]}
        case Type.DECIMAL | Type.MONEY | Type.AREA:
            return {"type": ["string", "null"], "pattern": _DECIMAL}
        case Type.DATE:
            return {"type": ["string", "null"], "format": "date"}
        case Type.MOMENT:
            return {"type": ["string", "null"], "format": "date-time"}
        case Type.BOOLEAN:
            return {"type": ["boolean", "null"]}
    return {"type": ["string", "null"]}


def _row(register: Register) -> Spec:
    columns = {column.name: of_column(column) for column in shown(register)}
    always = {"id": {"type": "integer"}, "version": {"type": "integer"}}
    return {"type": "object", "title": register.one, "properties": always | columns, "required": list(always)}


REFERENCE: Spec = {
    "type": "object",
    "properties": {
        "id": {"type": ["integer", "null"]},
        "text": _TEXT,
        "code": {"type": ["string", "null"]},
    },
    "required": ["id", "text", "code"],
}
PROBLEM_SCHEMA: Spec = {
    "type": "object",
    "properties": {
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}},
    },
    "required": ["title", "status", "detail"],
}


# Parameters -----------------------------------------------------------------------------------------------


def _parameter(name: str, description: object, schema: Spec, place: str = "query") -> Spec:
    made = {"name": name, "in": place, "schema": schema, "description": str(description)}
    return made | {"required": True} if place == "path" else made


def _filters(register: Register) -> Iterator[Spec]:
    for name, one in filter_class(register).base_filters.items():
        label = capital(str(one.label or name))
        end = end_of(name, one.field_name)
        yield _parameter(name, f"{label} ({end})" if end else label, _of_filter(one))


def _of_filter(one: df.Filter) -> Spec:
    match one:
        case BlankFilter():
            return {"type": "string", "enum": ["yes", "no"]}
        case YesNoFilter():
            return {"type": "string", "enum": ["true", "false"]}
        case df.ModelMultipleChoiceFilter():
            return {"type": "array", "items": {"type": "integer"}}
        case df.MultipleChoiceFilter():
            return {"type": "array", "items": _TEXT}
        case df.DateFilter():
            return {"type": "string", "format": "date"}
        case df.NumberFilter():
            return {"type": "number"}
    return _TEXT


_KINDS: dict[str, Spec] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": asked.MOST},
    "offset": {"type": "integer", "minimum": 0, "maximum": asked.FARTHEST},
    "as_of": {"type": "string", "format": "date"},
    "format": {"type": "string", "enum": list(asked.FORMATS)},
}


def own_parameters(*names: str) -> list[Spec]:
    return [_parameter(name, asked.PARAMETERS[name], _KINDS.get(name, _TEXT)) for name in names]


_ID = _parameter("id", "", {"type": "integer"}, "path")
_DAY: Spec = {"not_kept_before": {"type": ["string", "null"], "format": "date"}}


# Operations -----------------------------------------------------------------------------------------------


def answers(schema: Spec, status: int = 200, kind: str = "application/json") -> Spec:
    wrong = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": "", "content": {kind: {"schema": schema}}},
        "default": {"description": _("Yapılamadı."), "content": wrong},
    }


def row_of(register: Register) -> Spec:
    return {"$ref": f"#/components/schemas/{register.slug}"}


def _list(register: Register) -> Spec:
    found = {"next": {"type": ["string", "null"]}, "results": {"type": "array", "items": row_of(register)}}
    made = answers({"type": "object", "properties": found | _DAY, "required": ["next", "results"]})
    made["200"]["content"] |= {"text/csv": {"schema": _TEXT}, "application/x-ndjson": {"schema": _TEXT}}
    return {"parameters": [*own_parameters(*asked.PARAMETERS), *_filters(register)], "responses": made}


def _totals(register: Register) -> Spec:
    sums = {"type": "object", "additionalProperties": {"type": ["string", "integer", "null"]}}
    found = {"count": {"type": ["integer", "null"]}, "sums": sums} | _DAY
    return {
        "parameters": [*own_parameters("columns", "as_of"), *_filters(register)],
        "responses": answers({"type": "object", "properties": found, "required": ["count", "sums"]}),
    }


def _one(register: Register) -> Spec:
    return {"parameters": [_ID, *own_parameters("columns", "as_of")], "responses": answers(row_of(register))}


def _history(register: Register) -> Spec:
    entries = {"type": "array", "items": {"type": "object"}}
    found = {"type": "object", "properties": {"results": entries}, "required": ["results"]}
    return {"parameters": [_ID], "responses": answers(found)}


def _written(register: Register, *parameters: Spec, body: Spec | None = None, status: int = 200) -> Spec:
    said = [
        _parameter("reason", _("Tarihçeye yazılan gerekçe."), _TEXT),
        _parameter("confirm", _("yes: olağan dışı değerlerle de yaz."), {"type": "string", "enum": ["yes", "no"]}),
        _parameter("Idempotency-Key", _("Aynı istek yinelenirse bir kez yazılır; bir gün saklanır."), _TEXT, "header"),
    ]
    many = {"type": "object", "properties": {"results": {"type": "array", "items": {"type": "object"}}}}
    is_list = body is not None and "oneOf" in body
    made = {
        "parameters": [*parameters, *said],
        "responses": answers({"oneOf": [row_of(register), many]} if is_list else row_of(register), status),
    }
    return made if body is None else made | {"requestBody": {"content": {"application/json": {"schema": body}}}}


def _writable(register: Register) -> Spec:
    """A reference is given by its id, its code or its name."""
    named = {"oneOf": [{"type": "integer"}, _TEXT, {"type": "object"}, {"type": "null"}]}
    columns = {c.name: named if c.type == Type.REFERENCE else of_column(c) for c in register.typed_columns()}
    return {"type": "object", "properties": {"id": {"type": "integer"}, "version": {"type": "integer"}} | columns}


def _many(register: Register) -> Spec:
    return {"type": "array", "items": _writable(register), "minItems": 1, "maxItems": MOST}


_MATCH = _parameter("If-Match", _("Okunan kaydın ETag’i: arada değiştiyse 412."), _TEXT, "header")


def _create(register: Register) -> Spec:
    return _written(register, body={"oneOf": [_writable(register), _many(register)]}, status=201)


def _change_many(register: Register) -> Spec:
    made = _written(register, body=_many(register))
    results = {"type": "array", "items": {"type": "object"}}
    return made | {"responses": answers({"type": "object", "properties": {"results": results}})}


def _change(register: Register) -> Spec:
    return _written(register, _ID, _MATCH, body=_writable(register))


def _delete(register: Register) -> Spec:
    gone = {"204": {"description": ""}, "default": answers({})["default"]}
    return _written(register, _ID, _MATCH) | {"responses": gone}


def _step(register: Register) -> Spec:
    steps = [step.name for step in register.flow.steps] if register.flow else []
    step = _parameter("step", "", {"type": "string", "enum": steps}, "path")
    return _written(register, _ID, _MATCH, step, body={"type": "object"})


def _document() -> Spec:
    """A document's object beside its columns."""
    more = {"media_type": {"type": ["string", "null"]}, FILE: {"type": ["string", "null"], "format": "uri"}}
    return {"allOf": [row_of(documents()), {"type": "object", "properties": more, "required": list(more)}]}


def _documents(register: Register) -> Spec:
    found = {"next": {"type": ["string", "null"]}, "results": {"type": "array", "items": _document()}}
    made = answers({"type": "object", "properties": found | _DAY, "required": ["next", "results"]})
    own = own_parameters(*(name for name in asked.PARAMETERS if name != "format"))
    filters = [each for each in _filters(documents()) if each["name"] != "of"]
    return {"parameters": [_ID, *own, *filters], "responses": made}


def _add_document(register: Register) -> Spec:
    said = {c.name: _TEXT | {"title": c.label} for c in columns()}
    said |= {c.name: {"type": "string", "enum": ["true", "false"]} for c in columns() if c.type == Type.BOOLEAN}
    body = {"type": "object", "properties": {FILE: {"type": "string", "format": "binary"}} | said}
    made = _written(register, _ID)
    responses = answers(_document(), 201) | {"200": answers(_document())["200"]}
    content = {"multipart/form-data": {"schema": body | {"required": [FILE, "kind"]}}}
    return made | {"responses": responses, "requestBody": {"required": True, "content": content}}


def _file(register: Register) -> Spec:
    return {"parameters": [_ID], "responses": answers({"type": "string", "format": "binary"}, kind="*/*")}


def _rows_file(register: Register) -> Spec:
    made = _file(register)
    return made | {"parameters": [_ID, _parameter("document", "", {"type": "integer"}, "path")]}


#: By the name of the view and the method.
OPERATIONS: dict[tuple[str, str], Callable[[Register], Spec]] = {
    ("Rows", "GET"): _list,
    ("Rows", "POST"): _create,
    ("Rows", "PATCH"): _change_many,
    ("One", "PATCH"): _change,
    ("One", "DELETE"): _delete,
    ("Step", "POST"): _step,
    ("Totals", "GET"): _totals,
    ("One", "GET"): _one,
    ("History", "GET"): _history,
    ("Documents", "GET"): _documents,
    ("Documents", "POST"): _add_document,
    ("File", "GET"): _file,
    ("RowsFile", "GET"): _rows_file,
}


class Operation(AutoSchema):
    def get_operation(self, path, path_regex, path_prefix, method, registry):
        register = self.view.register
        for name, schema in {"Reference": REFERENCE, "Problem": PROBLEM_SCHEMA}.items():
            _keep(registry, name, schema)
        if register is None:
            return {"operationId": "registers", "tags": [_("Kütükler")], "responses": answers({"type": "object"})}
        for each in {register, documents()} if Documents.serves(register) else {register}:
            _keep(registry, each.slug, _row(each))
        view = type(self.view).__name__
        made = OPERATIONS[view, method](register)
        return {"operationId": f"{register.slug}_{view}_{method}".lower(), "tags": [register.title]} | made


def _keep(registry, name: str, schema: Spec) -> None:
    registry.register_on_missing(ResolvedComponent(name, ResolvedComponent.SCHEMA, schema=schema, object=name))


class _Endpoints(EndpointEnumerator):
    """Each route of any register as one of each."""

    def get_api_endpoints(self, patterns=None, prefix=""):
        return [
            (path.replace("{register}", register.slug), regex, method, callback.cls.as_view(register=register))
            if register
            else (path, regex, method, callback)
            for path, regex, method, callback in super().get_api_endpoints(patterns, prefix)
            for register in (registers.every() if "{register}" in path else [None])
            if register is None or callback.cls.serves(register)
        ]


class Generator(SchemaGenerator):
    endpoint_inspector_cls = _Endpoints

    def has_view_permissions(self, path, method, view) -> bool:
        return view.register is None or may_open(view.request, view.register)

"""The registers as programs read them. Every register's routes are the same, made from its declaration.

Read through `Listing`, as the pages are: the same filters, scope, masks and veils.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, QueryDict, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from inventory import access, history, registers
from inventory.api import asked, throttle, writing
from inventory.api.asked import Asked
from inventory.api.authentication import BySession, TokenAuthentication
from inventory.api.models import Token
from inventory.api.problems import Problem
from inventory.api.reading import Objects, columns_of, decimal
from inventory.cells.quoting import safe_text
from inventory.history import CHANGED, CREATED, DELETED
from inventory.listing.address import Listing
from inventory.refusals import refusing
from inventory.registers import Register
from inventory.server.moment import one_moment

_KINDS = {CREATED: "created", CHANGED: "changed", DELETED: "deleted"}
# Below this size what is streamed waits in memory; it is sent in pieces of so many bytes.
_IN_MEMORY, _PIECE = 5_000_000, 65_536
# Of a row's history.
_ENTRIES = 1_000
_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


class Json(BaseRenderer):
    media_type, format = "application/json", "json"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class OneAnswer(BaseContentNegotiation):
    """JSON, whatever a program or a browser would rather have; a list's `format` is a parameter."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


@method_decorator(login_not_required, name="dispatch")
class Api(APIView):
    authentication_classes = (TokenAuthentication, BySession)
    permission_classes = (IsAuthenticated,)
    renderer_classes = (Json,)
    parser_classes = (writing.JsonBody,)
    content_negotiation_class = OneAnswer
    metadata_class = None
    #: Of one register, where the schema describes its routes.
    register: Register | None = None
    limit: dict[str, str] = {}

    @classmethod
    def serves(cls, register: Register) -> bool:
        """Whether the register has this route."""
        return True

    def dispatch(self, request, *args, **kwargs):
        answer = super().dispatch(request, *args, **kwargs)
        # DRF's view would hold its answer, which holds the view: a page of rows would stay until garbage is collected.
        self.response = None
        return answer

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        self.limit, wait = throttle.counted(request)
        if wait:
            raise Throttled(wait)
        register = kwargs.get("register")
        if register is not None and not may_open(request, register):
            raise Http404

    def finalize_response(self, request, response, *args, **kwargs):
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.limit.items():
            answer.headers[name] = value
        return answer


def token_of(request) -> Token | None:
    return request.auth if isinstance(request.auth, Token) else None


def may_open(request, register: Register) -> bool:
    """Whether there is anything of the register for who asks, by this token."""
    token = token_of(request)
    return (token is None or token.opens(register)) and access.may_see(register, request.user)


class Root(Api):
    """The registers that may be read."""

    def get(self, request) -> Response:
        base = request.build_absolute_uri(request.path)
        seen = [each for each in registers.every() if may_open(request, each)]
        return Response({"registers": [{"slug": r.slug, "title": r.title, "url": f"{base}{r.slug}/"} for r in seen]})


class Rows(Api):
    """A register's list."""

    def get(self, request, register: Register):
        wanted = asked.read(register, request.user, request.GET)
        if wanted.form != "json":
            return _streamed(wanted)
        return page_answer(request, wanted)

    def post(self, request, register: Register) -> Response:
        return _written(request, register, lambda: writing.create(request, register))

    def patch(self, request, register: Register) -> Response:
        return _written(request, register, lambda: writing.change(request, register))


def page_answer(request, wanted: Asked) -> Response:
    """The rows asked for, and the address of those that follow."""
    most = wanted.limit + 1
    rows = Objects(wanted.listing).of(_ordered(wanted)[wanted.offset : wanted.offset + most])
    more, rows = len(rows) == most, rows[: wanted.limit]
    answer: dict[str, object] = {"next": _next(request, wanted, rows) if more else None, "results": rows}
    if first := wanted.listing.not_kept_before:
        answer["not_kept_before"] = first
    response = Response(answer)
    if answer["next"]:
        response.headers["Link"] = f'<{answer["next"]}>; rel="next"'
    return response


def _next(request: HttpRequest, wanted: Asked, rows: list[dict[str, Any]]) -> str:
    query = request.GET.copy()
    query["limit"] = str(wanted.limit)
    if wanted.cursor is None:
        query["offset"] = str(wanted.offset + wanted.limit)
    else:
        query["cursor"] = str(rows[-1]["id"])
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _ordered(wanted: Asked) -> QuerySet[Any]:
    """By id behind the cursor: rows that come and go meanwhile shift no page."""
    listing = wanted.listing
    if wanted.cursor is None:
        return listing.rows
    return listing.with_references(listing.matching.filter(id__gt=wanted.cursor)).order_by("id")


def _streamed(wanted: Asked) -> StreamingHttpResponse:
    """The whole list while it is being read."""
    answer = StreamingHttpResponse(_pieces(wanted, translation.get_language()), content_type=_TYPES[wanted.form])
    name = f"{wanted.listing.register.slug}-{timezone.localdate():%Y%m%d}.{wanted.form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(wanted: Asked, language: str | None) -> Iterator[bytes]:
    """Whoever takes it slowly keeps no transaction open: it is read as fast as the database gives it, into a file."""
    with translation.override(language), tempfile.SpooledTemporaryFile(_IN_MEMORY) as whole:
        with one_moment():
            # Anew, so that what was asked of it before the stream began is of the same moment.
            listing = Listing(wanted.listing.register, wanted.listing.user, wanted.listing.params)
            for text in _lines(listing, wanted.form, listing.rows):
                whole.write(text)
        whole.seek(0)
        while text := whole.read(_PIECE):
            yield text


def _lines(listing: Listing, form: str, rows: QuerySet[Any]) -> Iterator[bytes]:
    objects = Objects(listing, is_plain=form == "csv")
    if form == "ndjson":
        for chunk in objects.chunks(rows):
            yield b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in chunk)
        return
    numbers = {column.name for column in columns_of(listing) if column.type.is_number}
    # The mark by which Excel knows the letters.
    yield "\ufeff".encode() + _csv([objects.names])
    for chunk in objects.chunks(rows):
        yield _csv([value if name in numbers else _cell(value) for name, value in each.items()] for each in chunk)


def _csv(lines: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe_text(value) if isinstance(value, str) else value


class Step(Api):
    """A step of a register's flow."""

    @classmethod
    def serves(cls, register: Register) -> bool:
        return register.flow is not None

    def post(self, request, register: Register, pk: int, step: str) -> Response:
        return _written(request, register, lambda: writing.take_step(request, register, pk, step))


def _written(request, register: Register, work: Callable[[], Response]) -> Response:
    writing.refuse_unwritable(request, register)
    with refusing(register):
        return writing.once(request, register, work)


class Totals(Api):
    """How many rows a list has, and its sums."""

    def get(self, request, register: Register) -> Response:
        listing = asked.read(register, request.user, request.GET).listing
        count, sums = listing.totals()
        if first := listing.not_kept_before:
            return Response({"count": None, "sums": {c.name: None for c, _sum in sums}, "not_kept_before": first})
        return Response({"count": count, "sums": {c.name: _sum(total) for c, total in sums}})


def _sum(total: Any) -> object:
    return total if isinstance(total, int) else decimal(total)


class One(Api):
    """A row."""

    def get(self, request, register: Register, pk: int) -> Response:
        return row_answer(request, register, pk, request.GET)

    def patch(self, request, register: Register, pk: int) -> Response:
        return _written(request, register, lambda: writing.change(request, register, pk))

    def delete(self, request, register: Register, pk: int) -> Response:
        return _written(request, register, lambda: writing.delete(request, register, pk))


def row_answer(request, register: Register, pk: int, params: QueryDict) -> Response:
    """A row as it stands now, or on the day of `as_of`, with its version as ETag."""
    if wrong := set(params) - {"columns", "as_of"}:
        errors = {name: [_("Böyle bir parametre yok.")] for name in wrong}
        raise Problem(400, _("Adresteki bazı parametreler anlaşılmadı."), errors)
    listing = asked.read(register, request.user, params, Q(id=pk)).listing
    found = Objects(listing).of(listing.with_references(listing.matching)[:1])
    if not found:
        raise Http404
    return Response(found[0], headers={"ETag": f'"{found[0]["version"]}"'})


def refuse_unseen(request, register: Register, pk: int) -> None:
    """Unless who asks sees the row, or saw it before it was deleted."""
    there = access.visible_to(register, request.user).filter(pk=pk).exists()
    if not there and not access.visible_to(register, request.user, history.deleted(register, pk)).exists():
        raise Http404


class History(Api):
    """What happened to a row, newest first; also when it has been deleted since."""

    def get(self, request, register: Register, pk: int) -> Response:
        refuse_unseen(request, register, pk)
        entries = history.entries(register, pk, request.user, most=_ENTRIES)
        return Response({"results": [_entry(each) for each in entries]})


def _entry(entry: history.Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "at": entry.at,
        "kind": _KINDS[entry.kind],
        "by": str(entry.user) if entry.user else None,
        "reason": entry.reason or None,
        "batch": entry.batch_id,
        "changes": [{"column": c.column.name, "old": c.old or None, "new": c.new or None} for c in entry.changes],
    }


class Unknown(Api):
    """Whatever else is asked for below this address."""

    schema = None

    def _none(self, request, _rest: str = "") -> Response:
        raise Http404

    get = post = put = patch = delete = _none

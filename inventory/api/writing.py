"""Writing by programs: through `inventory.writes` alone, with the checks and doubts of a form.

A list is written whole or not at all, as one batch that its user can undo. A doubt refuses (409) until the request says
`confirm=yes`. `If-Match` holds the version that the program read (412); `Idempotency-Key` makes a request that is sent
twice count once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any
from urllib.parse import unquote

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from inventory import access, hooks, writes
from inventory.api import asked
from inventory.api.cells import Reader
from inventory.api.models import Answered, Token
from inventory.api.problems import Problem
from inventory.api.reading import Objects
from inventory.api.throttle import who
from inventory.columns import Column, Type
from inventory.editing.doubts import case_of, doubts, stored
from inventory.history import Author, dated
from inventory.models import Row
from inventory.organization.models import User
from inventory.registers import Register
from inventory.trail.keeping import detail

MOST, MOST_BYTES = 1_000, 5_000_000
KEPT = dt.timedelta(days=1)
#: What a write's address may say.
PARAMETERS = ("reason", "confirm")
_LONGEST_REASON = 250


class JsonBody(BaseParser):
    """A JSON body of bounded size, without what no database keeps."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        text = stream.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise Problem(413, _("İstek çok büyük; en çok %(most)d kayıtlık parçalarla gönderiniz.") % {"most": MOST})
        try:
            if b"\\u0000" in text:
                raise ValueError
            return orjson.loads(text)
        except ValueError as error:
            raise Problem(400, _("Gövde okunur bir JSON değil.")) from error


# What a request says beside its objects ---------------------------------------------------------------------


def reason_of(request) -> str:
    """Why: by the header `Change-Reason` (UTF-8, percent-encoded) or the parameter `reason`."""
    reason: str = unquote(request.headers.get("Change-Reason", "")) or request.GET.get("reason", "")
    if len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise Problem(400, _("Gerekçe en çok %(most)d harf olabilir.") % {"most": _LONGEST_REASON})
    return reason.strip()


def author(request, reason: str) -> Author:
    by = _("API: %(name)s") % {"name": request.auth.name} if isinstance(request.auth, Token) else ""
    return dated(Author(user=request.user, reason=" · ".join(filter(None, (reason, by)))))


def expected_version(request) -> int | None:
    """The version that `If-Match` wants; None where it wants none."""
    text = request.headers.get("If-Match", "").strip()
    if text in ("", "*"):
        return None
    number = asked.whole(text.removeprefix("W/").strip('"'))
    if number is None:
        raise Problem(412, _("If-Match, okunan kaydın ETag başlığı olmalı."))
    return number


def refuse_unwritable(request, register: Register) -> None:
    """Before anything is written: the token may, the owner may, and the address says nothing unknown."""
    if isinstance(request.auth, Token) and not request.auth.may_write:
        raise Problem(403, _("Bu anahtar yalnızca okur; yazmak için “yazabilir” bir anahtar alınız."))
    if not access.may_change(register, request.user):
        pk = request.resolver_match.kwargs.get("pk")
        if pk is not None and not access.visible_to(register, request.user).filter(pk=pk).exists():
            raise Http404
        raise Problem(403, _("%(register)s kütüğünde değiştirme yetkiniz yok.") % {"register": register.title})
    if wrong := set(request.GET) - set(PARAMETERS):
        errors = {name: [_("Böyle bir parametre yok.")] for name in wrong}
        raise Problem(400, _("Adresteki bazı parametreler anlaşılmadı."), errors)


def once(request, register: Register, work: Callable[[], Response], said: bytes | None = None) -> Response:
    """Do it in one transaction; a request with a key that has been answered gets that answer again, for a day.

    `register` is that of the rows in the answer; `said` keeps two requests apart whose bodies are no JSON.
    """
    if not (key := request.headers.get("Idempotency-Key", "")):
        with transaction.atomic():
            return work()
    if len(key) > 200 or not key.isprintable():
        raise Problem(400, _("Idempotency-Key en çok 200 harf olabilir."))
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS) if said is None else said
    asked_for = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()
    with transaction.atomic():
        forget_answers()
        try:
            with transaction.atomic():
                kept = Answered.objects.create(who=who(request), key=key, request=asked_for)
        except IntegrityError:
            return _again(request, register, Answered.objects.get(who=who(request), key=key), asked_for)
        answer = work()
        kept.status, kept.headers = answer.status_code, dict(answer.headers)
        kept.body = orjson.dumps(answer.data).decode()
        kept.save()
    return answer


def forget_answers() -> int:
    """Those kept for longer than they are given again; returns how many."""
    return Answered.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _again(request, register: Register, kept: Answered, asked_for: str) -> Response:
    """Only while who asks may still see the rows that the answer shows; one that had left her reach it only numbers."""
    if kept.request != asked_for:
        raise Problem(422, _("Bu Idempotency-Key başka bir istekle kullanıldı; her istek için yenisini üretiniz."))
    body = orjson.loads(kept.body)
    objects = body["results"] if isinstance(request.data, list) else [body] if body else []
    ids = {each["id"] for each in objects if each.keys() != {"id"}}
    if access.visible_to(register, request.user).filter(pk__in=ids).count() < len(ids):
        raise Http404
    return Response(body, status=kept.status, headers=kept.headers | {"Idempotent-Replayed": "true"})


# Rows -------------------------------------------------------------------------------------------------------


def create(request, register: Register) -> Response:
    objects, is_list = _objects(request.data)
    refused: dict[str, list[object]] = {}
    rows = [register.model() for _each in objects]
    columns = register.typed_columns()
    _fill(register, request.user, rows, objects, columns, is_list, refused)
    refuse(refused)
    refuse_doubted(request, register, rows, [{} for _row in rows], is_list)
    by = author(request, reason_of(request))
    if not is_list:
        row = writes.save(register, rows[0], by)
        detail(row=row.pk)
        answer = answer_of(request, register, [row.pk], is_list=False, status=201)
        answer.headers["Location"] = f"{request.path}{row.pk}/"
        return answer
    by = _grouped(register, by, new=len(rows))
    made = writes.create_many(register, rows, by)
    return answer_of(request, register, [row.pk for row in made], is_list=True, status=201)


def change(request, register: Register, pk: int | None = None) -> Response:
    """One row, or each row of a list by its `id`; what an object does not name stays."""
    objects, is_list = _objects(request.data)
    if is_list != (pk is None):
        raise Problem(400, _("Tek kayıt kendi adresine, birden çok kayıt liste olarak kütüğün adresine gönderilir."))
    ids = [each.get("id") for each in objects] if pk is None else [pk]
    rows = editable(request, register, ids)
    befores = [copy(row) for row in rows]
    refused: dict[str, list[object]] = {}
    _fill(register, request.user, rows, objects, register.typed_columns(), is_list, refused)
    refuse(refused)
    _refuse_stale(rows, objects, None if is_list else expected_version(request))
    refuse_doubted(request, register, rows, [stored(before) for before in befores], is_list)
    by = author(request, reason_of(request))
    if not is_list:
        writes.save(register, rows[0], by)
        return answer_of(request, register, [rows[0].pk], is_list=False)
    names = {c.name for c in register.typed_columns()}
    pairs = [(row, _different(register, before, row) & names) for before, row in zip(befores, rows, strict=True)]
    changed = [row for row, different in pairs if different]
    if changed:
        by = _grouped(register, by, changed=len(changed))
        writes.update_many(register, changed, sorted(set().union(*(different for _row, different in pairs))), by)
    return answer_of(request, register, [row.pk for row in rows], is_list=True)


def delete(request, register: Register, pk: int) -> Response:
    row = access.visible_to(register, request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    if (version := expected_version(request)) is not None:
        row.version = version
    writes.delete(register, row, author(request, reason_of(request)))
    return Response(status=204)


def take_step(request, register: Register, pk: int, name: str) -> Response:
    """The columns that the step needs, as an object; those that the row has already may stay out."""
    if register.flow is None or name not in {step.name for step in register.flow.steps}:
        raise Http404
    step = register.flow.step(name)
    (row,) = editable(request, register, [pk])
    given = _object(request.data or {})
    _refuse_stale([row], [given], expected_version(request))
    before, columns = stored(row), [register.column(each) for each in step.needs]
    reader = Reader(register, request.user, columns)
    (values,) = reader.read([given], [row], [""])
    refuse(reader.errors)
    future = copy(row)
    for column, value in (values | {register.flow.column: step.target}).items():
        setattr(future, column, value)
    refuse_doubted(request, register, [future], [before], is_list=False)
    writes.step(register, row, name, values, author(request, ""), reason_of(request))
    return answer_of(request, register, [pk], is_list=False)


def answer_of(request, register: Register, ids: Sequence[int], *, is_list: bool, status: int = 200) -> Response:
    """The rows as they are now; of one that has left the writer's reach, that it was written."""
    listing = asked.read(register, request.user, QueryDict("columns=all"), Q(id__in=ids)).listing
    found = {each["id"]: each for each in Objects(listing).of(listing.with_references(listing.matching))}
    objects = [found.get(pk, {"id": pk}) for pk in ids]
    if is_list:
        detail(rows=len(ids))
        return Response({"results": objects}, status=status)
    version = objects[0].get("version")
    return Response(objects[0], status=status, headers={"ETag": f'"{version}"'} if version else {})


def _objects(data: Any) -> tuple[list[Mapping[str, Any]], bool]:
    if isinstance(data, list):
        if not 1 <= len(data) <= MOST:
            raise Problem(400, _("Bir istekte 1–%(most)d kayıt gönderiniz.") % {"most": MOST})
        return [_object(each) for each in data], True
    return [_object(data)], False


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Problem(400, _("Bir kayıt, sütun adlarından değerlere bir JSON nesnesidir."))
    return data


def _refuse_stale(rows: Sequence[Row], objects: Sequence[Mapping[str, Any]], expected: int | None) -> None:
    """Where a row is no more the one that was read, by its object's `version` or by `If-Match`."""
    for row, each in zip(rows, objects, strict=True):
        if any(version is not None and version != row.version for version in (each.get("version"), expected)):
            raise writes.Conflict([row.pk])


def _places(rows: Sequence[Row], is_list: bool) -> list[str]:
    """What stands before a column's name in `errors`: its place in a list."""
    return [f"{number}." if is_list else "" for number in range(len(rows))]


def editable(request, register: Register, ids: Sequence[Any]) -> list[Row]:
    numbers = [pk for pk in ids if isinstance(pk, int) and asked.whole(pk) is not None]
    if len(set(numbers)) != len(ids):
        raise Problem(400, _("Her kaydın id’si bir kez yazılır."))
    rows = access.editable_by(register, request.user).select_related(*register.joined).in_bulk(numbers)
    if missing := set(numbers) - rows.keys():
        if access.visible_to(register, request.user).filter(pk__in=missing).count() == len(missing):
            raise Problem(403, _("Bu kayıtların bir kısmını değiştirme yetkiniz yok."), ids=sorted(missing))
        raise Http404
    return [rows[pk] for pk in numbers]


def _fill(
    register: Register,
    user: User,
    rows: Sequence[Row],
    objects: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    is_list: bool,
    refused: dict[str, list[object]],
) -> None:
    """Put the values into the rows, and say what is wrong in them; what must be unique is asked when it is written."""
    places = _places(rows, is_list)
    reader = Reader(register, user, columns, refused)
    fields = {f.name for f in register.model._meta.concrete_fields}
    typed = {column.name for column in columns if column.type != Type.REFERENCE}
    for row, values, place in zip(rows, reader.read(objects, rows, places), places, strict=True):
        for name, value in values.items():
            setattr(row, name, value)
        row.fill()
        for column in columns:
            if column.type == Type.REFERENCE and not column.field.blank and getattr(row, column.field.attname) is None:
                refused.setdefault(f"{place}{column.name}", [_("Bu alan boş bırakılamaz.")])
        failed = {name.removeprefix(place) for name in refused if name.startswith(place)}
        try:
            row.clean_fields(exclude=(fields - typed) | failed)
            if not failed:
                row.clean()
        except ValidationError as error:
            for name, errors in error.update_error_dict({}).items():
                said = ValidationError(errors).messages
                refused.setdefault(place + ("" if name == "__all__" else name), []).extend(said)


def refuse(errors: Mapping[str, list[object]]) -> None:
    if errors:
        raise Problem(400, _("Kayıt yazılmadı; alanlardaki hataları gideriniz."), errors)


def refuse_doubted(
    request, register: Register, rows: Sequence[Row], befores: Sequence[Mapping[str, object]], is_list: bool
) -> None:
    if request.GET.get("confirm") == "yes":
        return
    cases = [case_of(row, before, request.user) for row, before in zip(rows, befores, strict=True)]
    if doubted := doubts(register, cases):
        places = _places(rows, is_list)
        found = [{"column": f"{places[each.place]}{each.column}", "detail": each.sentence} for each in doubted]
        message = _("Olağan dışı değerler var; doğruysa confirm=yes ile yeniden gönderiniz.")
        raise Problem(409, message, doubts=found)


def _different(register: Register, before: Row, row: Row) -> set[str]:
    return {
        column.name
        for column in register.all_columns()
        if getattr(before, column.field.attname) != getattr(row, column.field.attname)
    }


def _grouped(register: Register, by: Author, **counts: int) -> Author:
    """The author of many rows that are to be undone together."""
    name = by.reason or _("API ile değişiklik")
    for gather in hooks.gathering:
        by = gather(register, name, by, counts)
    if by.batch_id:
        detail(batch=by.batch_id)
    return by

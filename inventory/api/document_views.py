"""The documents of a row as programs read and add them: seen, judged and kept as on its page."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from inventory import access
from inventory.api import asked, writing
from inventory.api.cells import Reader
from inventory.api.problems import Problem
from inventory.api.views import Api, page_answer, refuse_unseen
from inventory.columns import Column, Type
from inventory.documents import keeping, links, sending
from inventory.documents.models import Document, Stored
from inventory.documents.types import MEDIA
from inventory.history import Author
from inventory.refusals import refusing
from inventory.registers import Register
from inventory.server import limits

FILE = "file"
_BOOLEANS = {"true": True, "false": False}


def columns() -> list[Column]:
    """What may be said of a new document; which one comes after it is not known yet."""
    return [column for column in links.documents().typed_columns() if column.name != "replaced_by"]


class Documents(Api):
    """A row's documents."""

    parser_classes = (MultiPartParser,)

    @classmethod
    def serves(cls, register: Register) -> bool:
        return register in access.followed(links.documents())

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if not self.serves(kwargs["register"]):
            raise Http404

    def get(self, request, register: Register, pk: int) -> Response:
        refuse_unseen(request, register, pk)
        params = request.GET.copy()
        params["of"] = f"{register.slug}-{pk}"
        wanted = asked.read(links.documents(), request.user, params)
        if wanted.form != "json":
            errors = {"format": [_("Bir kaydın belgeleri yalnızca json olarak verilir.")]}
            raise Problem(400, _("Adresteki bazı parametreler anlaşılmadı."), errors)
        answer = page_answer(request, wanted)
        _name_files(request, register, pk, answer.data["results"])
        return answer

    def post(self, request, register: Register, pk: int) -> Response:
        if wait := limits.count("upload", str(request.user.pk)):
            raise Throttled(wait)
        writing.refuse_unwritable(request, register)
        rows = [(register, row) for row in writing.editable(request, register, [pk])]
        file, values = _read(request)
        by = writing.author(request, writing.reason_of(request))
        # Its bytes before the transaction, as everywhere.
        stored = keeping.bring(file, file.name or "", rows, by)
        said = orjson.dumps([stored.sha256, file.name, sorted(request.POST.lists())])
        with refusing(links.documents()):
            return writing.once(
                request, links.documents(), lambda: _kept(request, rows, stored, file.name or "", values, by), said
            )


def _kept(request, rows: links.Rows, stored: Stored, name: str, values: dict[str, Any], by: Author) -> Response:
    """The document, new (201) or there already (200)."""
    kind = values.pop("kind")
    document = keeping.keep(stored, name, kind.code, rows, by, **values)
    status = 201 if document.is_new else 200
    answer = writing.answer_of(request, links.documents(), [document.pk], is_list=False, status=status)
    register, row = rows[0]
    _name_files(request, register, row.pk, [answer.data])
    return answer


def _read(request) -> tuple[UploadedFile, dict[str, Any]]:
    """The file and the values of a multipart body: texts as an object's, true and false in letters."""
    files, register = request.FILES.getlist(FILE), links.documents()
    refused: dict[str, list[object]] = {}
    if len(files) != 1:
        refused[FILE] = [_("Tek dosya gönderiniz; her belge için ayrı istek yapınız.")]
    given: dict[str, Any] = {name: request.data[name] for name in request.data if name != FILE}
    if FILE in request.POST:
        raise Problem(400, _("“file” bir metin değil, dosya olarak gönderilir."))
    for column in columns():
        if column.type == Type.BOOLEAN and column.name in given:
            given[column.name] = _BOOLEANS.get(given[column.name], given[column.name])
    (values,) = Reader(register, request.user, columns(), refused).read([given], [Document()], [""])
    if values.get("kind") is None:
        refused.setdefault("kind", [_("Bu alan boş bırakılamaz.")])
    writing.refuse(refused)
    writing.refuse_doubted(request, register, [Document(**values)], [{}], is_list=False)
    return files[0], values


def _name_files(request, register: Register, pk: int, objects: list[dict[str, Any]]) -> None:
    """Beside each document its kind of file and the address of its bytes; of one that is no longer the row's, none."""
    ids = {each["id"] for each in objects}
    found = links.of_rows(register, [pk], request.user).filter(pk__in=ids).exclude(stored=None)
    extensions = dict(found.values_list("pk", "stored__extension"))
    for each in objects:
        extension = extensions.get(each["id"])
        named = {"register": register, "pk": pk, "document": each["id"]}
        each["media_type"] = MEDIA[extension] if extension else None
        each[FILE] = reverse("api-file", kwargs=named, request=request) if extension else None


class File(Api):
    """The bytes of a document."""

    @classmethod
    def serves(cls, register: Register) -> bool:
        return register is links.documents()

    def get(self, request, register: Register, pk: int):
        if not self.serves(register):
            raise Http404
        rows = access.visible_to(register, request.user).select_related("stored")
        return sending.whole(get_object_or_404(rows, pk=pk))


class RowsFile(Api):
    """The bytes of a row's document."""

    serves = Documents.serves

    def get(self, request, register: Register, pk: int, document: int):
        if not self.serves(register) or not access.visible_to(register, request.user).filter(pk=pk).exists():
            raise Http404
        return sending.whole(get_object_or_404(links.of_rows(register, [pk], request.user), pk=document))

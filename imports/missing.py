"""The register's rows that a sheet does not have, among those that it was said to hold."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import islice

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.plan import Change, Finding, Line, Verdict, pack
from inventory import access
from inventory.listing import Listing
from inventory.models import GONE, Asset, Status
from inventory.registers import Register

_CHUNK = 1_000


class UnknownScope(ValueError):
    """The query that says where to look cannot be understood; the message says what to do."""


class Missing:
    """Rows of the register within the list's `query`, as far as the user sees them, that a sheet lacks.

    With a `reason` they are to be retired, otherwise only listed. Items out of service are not expected in a
    sheet unless the query asks for them. Raises UnknownScope.
    """

    def __init__(self, register: Register, user, query: str, reason: str = ""):
        self._register, self._user, self._reason = register, user, reason
        params = QueryDict(query, mutable=True)
        params.pop("as_of", None)
        listing = Listing(register, user, params)
        if listing.errors:
            told = "; ".join(f"{what}: {' '.join(errors)}" for what, errors in listing.faults())
            raise UnknownScope(
                _("Dosyada olmayanlar aranamadı, çünkü süzgeç anlaşılmadı (%(why)s). Başka bir kapsam seçiniz.")
                % {"why": told}
            )
        self._rows = listing.matching
        if issubclass(register.model, Asset) and "status" not in params:
            self._rows = self._rows.exclude(status__in=GONE)

    def lines(self, found: Set[int]) -> Iterator[tuple[Line, Finding | None]]:
        """A line for each row that is not among the found ids; a finding where the user may not retire it."""
        for rows in self._chunks(found):
            ids = [row.pk for row in rows]
            editable = access.editable_by(self._register, self._user).filter(pk__in=ids) if self._reason else None
            hers = set(editable.values_list("pk", flat=True)) if self._reason else set()
            for row in rows:
                yield self._line(row), self._objection(row) if self._reason and row.pk not in hers else None

    def _chunks(self, found: Set[int]) -> Iterator[list[Model]]:
        rows = (row for row in _slim(self._register, self._rows).iterator(_CHUNK) if row.pk not in found)
        while chunk := list(islice(rows, _CHUNK)):
            yield chunk

    def _line(self, row: Model) -> Line:
        if not self._reason:
            return Line(0, Verdict.MISSING, row.pk, row.version)
        values = {"status": Status.RETIRED, "status_on": timezone.localdate(), "status_reason": self._reason}
        columns = [self._register.column(name) for name in values]
        before = [column.text(row) for column in columns]
        for name, value in values.items():
            setattr(row, name, value)
        changes = [Change(c.name, old, c.text(row)) for c, old in zip(columns, before, strict=True)]
        return Line(0, Verdict.MISSING, row.pk, row.version, pack(values, changes))

    def _objection(self, row: Model) -> Finding:
        message = _("Dosyada olmayan bu kaydı hizmet dışı bırakma yetkiniz yok; kapsamı kendi biriminize daraltınız.")
        return Finding(0, "", str(getattr(row, self._register.key.name)), message)


def _slim(register: Register, rows: QuerySet) -> QuerySet:
    """Only what a line needs, in the order of the ids."""
    names = ["version", register.key.name]
    if issubclass(register.model, Asset):
        names += ["status", "status_on", "status_reason"]
    return rows.only("pk", *names).order_by("pk")

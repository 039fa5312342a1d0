"""The register's rows that a sheet does not have, among those that it was said to hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Set
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.plans.plan import ColumnChange, Finding, PlanLine, Verdict, pack
from inventory import access
from inventory.history import CREATED
from inventory.listing.address import Listing
from inventory.many import chunked
from inventory.models import GONE, Asset, Row, Status
from inventory.organization.models import Asker
from inventory.registers import Register

_CHUNK = 1_000


class UnknownScope(ValueError):
    """The query that says where to look cannot be understood; the message says what to do."""


class Missing:
    """Rows of the register within the list's `query`, as far as the user sees them, that a sheet lacks.

    With a `reason` they are to be retired, otherwise only listed. Items out of service are not expected in a
    sheet unless the query asks for them, nor is what was added after `as_of`, when the sheet was made. Raises
    UnknownScope.
    """

    def __init__(self, register: Register, user: Asker, query: str, reason: str = "", as_of: dt.datetime | None = None):
        self._register, self._user, self._reason = register, user, reason
        params = QueryDict(query, mutable=True)
        params.pop("as_of", None)
        listing = Listing(register, user, params)
        if listing.errors:
            message = "; ".join(f"{what}: {' '.join(errors)}" for what, errors in listing.faults())
            raise UnknownScope(
                _("Dosyada olmayanlar aranamadı, çünkü süzgeç anlaşılmadı (%(why)s). Başka bir kapsam seçiniz.")
                % {"why": message}
            )
        self._rows = listing.matching
        if issubclass(register.model, Asset) and "status" not in params:
            self._rows = self._rows.exclude(status__in=GONE)

        if as_of is not None:
            past = register.model.history.model.objects
            newer = past.filter(history_type=CREATED, history_date__gt=as_of).values("id")
            self._rows = self._rows.exclude(pk__in=newer)

    def lines(self, claimed: Set[int]) -> Iterator[tuple[PlanLine, Finding | None]]:
        """A line for each row that is not among the claimed ids; a finding where the user may not retire it."""
        lacking = (row for row in _slim(self._register, self._rows).iterator(_CHUNK) if row.pk not in claimed)
        for rows in chunked(lacking, _CHUNK):
            ids = [row.pk for row in rows]
            hers: set[int] = set()
            if self._reason:
                editable = access.editable_by(self._register, self._user).filter(pk__in=ids)
                hers = set(editable.values_list("pk", flat=True))
            for row in rows:
                yield self._line(row), self._objection(row) if self._reason and row.pk not in hers else None

    def _line(self, row: Row) -> PlanLine:
        if not self._reason:
            return PlanLine(0, Verdict.MISSING, row.pk, row.version)
        values = {"status": Status.RETIRED, "status_on": timezone.localdate(), "status_reason": self._reason}
        columns = [self._register.column(name) for name in values]
        before = [column.text(row) for column in columns]
        for name, value in values.items():
            setattr(row, name, value)
        changes = [ColumnChange(c.name, old, c.text(row)) for c, old in zip(columns, before, strict=True)]
        return PlanLine(0, Verdict.MISSING, row.pk, row.version, pack(values, changes))

    def _objection(self, row: Row) -> Finding:
        message = _("Dosyada olmayan bu kaydı hizmet dışı bırakma yetkiniz yok; kapsamı kendi biriminize daraltınız.")
        return Finding(0, "", str(getattr(row, self._register.key.name)), message)


def _slim(register: Register, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Only what a line needs, in the order of the ids."""
    names = ["version", register.key.name]
    if issubclass(register.model, Asset):
        names += ["status", "status_on", "status_reason"]
    return rows.only("pk", *names).order_by("pk")

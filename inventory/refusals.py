"""Why a write is not done, in sentences for its user; also when it is the database that refuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, OperationalError, models
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from inventory.registers import Register


class Refused(Exception):
    """The write may not be done; the message says why and what to do."""


class Conflict(Refused):
    """Rows were saved by somebody else since they were read; `ids` names them."""

    def __init__(self, ids: Sequence[int]):
        self.ids = list(ids)
        super().__init__(
            _("Siz bakarken %(count)d kayıt başkası tarafından değiştirildi; güncel hâline bakıp yeniden deneyiniz.")
            % {"count": len(self.ids)}
        )


@contextmanager
def telling(register: Register) -> Iterator[None]:
    """Turn what the database refuses into a sentence; stands around the transaction, whose end checks what rows name.

    A broken constraint has the sentence that the model has for it. Where two write at the same time, a row that this
    one names may be gone, one that it deletes may be named, or the other may hold the rows for too long.
    """
    try:
        yield
    except IntegrityError as error:
        raise Refused(_broken(register.model, error)) from error
    except OperationalError as error:
        if not _is_held(error):
            raise
        raise Refused(
            _("Kayıtlar şu anda başka bir işlem tarafından yazılıyor; birkaç dakika sonra yeniden deneyiniz.")
        ) from error


def _sqlstate(error: Exception) -> str:
    """PostgreSQL's code of what went wrong; SQLite has none."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def _is_held(error: OperationalError) -> bool:
    # A deadlock, a lock that is not given in time; SQLite's one writer that is busy for longer than the timeout.
    return _sqlstate(error) in ("40P01", "55P03") or "database is locked" in str(error)


def _names_what_is_gone(error: IntegrityError) -> bool:
    return _sqlstate(error) == "23503" or "FOREIGN KEY" in str(error)


def _broken(model: type[models.Model], error: IntegrityError) -> str:
    text = str(error)
    if _names_what_is_gone(error):
        return _(
            "Bu arada başkası buna bağlı bir kaydı değiştirdi: andığı kayıt silindi veya silinecek kayda yeni bir "
            "kayıt bağlandı. Sayfayı yenileyip yeniden deneyiniz."
        )
    table = model._meta.db_table
    for constraint in model._meta.constraints:
        # SQLite names the columns, not the constraint, when a plain unique index is broken.
        columns = [model._meta.get_field(name).column for name in getattr(constraint, "fields", ())]
        if constraint.name in text or (columns and ", ".join(f"{table}.{c}" for c in columns) in text):
            return str(constraint.get_violation_error_message())
    for field in model._meta.concrete_fields:
        if field.unique and (f"{table}.{field.column}" in text or f"({field.column})=" in text):
            return _("Bu %(column)s zaten kayıtlı.") % {"column": field.verbose_name}
    return _("Kayıt veritabanının bir kuralına aykırı: %(rule)s") % {"rule": text.partition("\n")[0]}


def hanging_on(error: ProtectedError) -> str:
    found: dict[str, int] = defaultdict(int)
    for row in error.protected_objects:
        found[str(row._meta.verbose_name_plural)] += 1
    return held_by(found)


def held_by(counts: Mapping[str, int]) -> str:
    names = ", ".join(f"{count} {name}" for name, count in counts.items())
    return _("Silinemez, çünkü buna bağlı kayıtlar var: %(names)s. Önce onları taşıyınız veya siliniz.") % {
        "names": names
    }

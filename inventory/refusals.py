"""Why a write is not done, in sentences for its user; also when it is the database that refuses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, models
from django.db.models import Count, ProtectedError
from django.utils.translation import gettext as _

from inventory import access, former, hooks, registers
from inventory.columns import field_of, target_of
from inventory.many import chunked
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.sameness import twins
from inventory.server.faults import is_database_busy

# Rows asked about in one statement; SQLite allows 32,766 values in it.
_ROWS = 500


class Refused(Exception):
    """The write may not be done; the message says why and what to do. `url` is the page of a row that it names."""

    url = ""

    def as_error(self) -> ValidationError:
        """For a form, whose errors lead to the row (`sameness.showing`)."""
        return ValidationError("%(message)s", params={"message": str(self), "url": self.url})


class Conflict(Refused):
    """Rows were saved by somebody else since they were read; `ids` names them."""

    def __init__(self, ids: Sequence[int]):
        self.ids = list(ids)
        super().__init__(
            _("Siz bakarken %(count)d kayıt başkası tarafından değiştirildi; güncel hâline bakıp yeniden deneyiniz.")
            % {"count": len(self.ids)}
        )


@contextmanager
def refusing(register: Register, rows: Sequence[models.Model] = (), user: Asker = None) -> Iterator[None]:
    """Turn what the database refuses into a sentence; stands around the transaction, whose end checks what rows name.

    A broken constraint has the sentence that the model has for it, and names the row that is there already for the
    user who would write `rows`. Where two write at the same time, a row that this
    one names may be gone, one that it deletes may be named, or the other may hold the rows for too long.
    """
    try:
        yield
    except IntegrityError as error:
        raise _refusal(register, rows, user, error) from error
    except OperationalError as error:
        if not is_database_busy(error):
            raise
        raise Refused(
            _("Kayıtlar şu anda başka bir işlem tarafından yazılıyor; birkaç dakika sonra yeniden deneyiniz.")
        ) from error


def _refusal(register: Register, rows: Sequence[models.Model], user: Asker, error: IntegrityError) -> Refused:
    twin = twins.first(register, rows, user) if _is_twice(error) else None
    if twin is None:
        return Refused(_broken(register.model, error))
    refusal = Refused(twin.sentence)
    refusal.url = twin.url
    return refusal


def _sqlstate(error: Exception) -> str:
    """PostgreSQL's code of what went wrong; SQLite has none."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def _is_twice(error: IntegrityError) -> bool:
    return _sqlstate(error) == "23505" or "UNIQUE constraint" in str(error)


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
        # SQLite names the columns, not the constraint, when an index of plain columns is broken.
        columns = [field_of(model, name).column for name in getattr(constraint, "stored", ())]
        if constraint.name in text or (columns and ", ".join(f"{table}.{c}" for c in (*columns, "doubled")) in text):
            return str(constraint.get_violation_error_message())
    for field in model._meta.concrete_fields:
        if field.unique and (f"{table}.{field.column}" in text or f"({field.column})=" in text):
            return _("Bu %(column)s zaten kayıtlı.") % {"column": field.verbose_name}
    return _("Kayıt veritabanının bir kuralına aykırı: %(rule)s") % {"rule": text.partition("\n")[0]}


def hanging_on(error: ProtectedError) -> str:
    counts: dict[str, int] = defaultdict(int)
    for row in error.protected_objects:
        counts[str(row._meta.verbose_name_plural)] += 1
    return held_by(counts)


def held_by(counts: Mapping[str, int]) -> str:
    names = ", ".join(f"{count} {name}" for name, count in counts.items())
    return _("Silinemez, çünkü buna bağlı kayıtlar var: %(names)s. Önce onları taşıyınız veya siliniz.") % {
        "names": names
    }


def hanging(register: Register, ids: Sequence[int], going: Set[int] = frozenset()) -> dict[int, str]:
    """The rows that cannot be deleted because others name them, each with a sentence that says which.

    `going` are rows of the register that are deleted as well, one by one, the newest first.
    """
    by_row: dict[int, dict[str, int]] = defaultdict(dict)
    for relation in register.model._meta.get_fields(include_hidden=True):
        if not (isinstance(relation, models.ForeignObjectRel) and relation.on_delete is models.PROTECT):
            continue
        name, model = relation.field.name, relation.related_model
        for part in chunked(ids, _ROWS):
            naming = model._default_manager.filter(**{f"{name}__in": part})
            kind = str(model._meta.verbose_name_plural)
            if model is register.model and going:
                pairs = naming.values_list(name, "pk")
                counts = Counter(named for named, pk in pairs if pk not in going or pk < named).items()
            else:
                counts = naming.order_by().values_list(name).annotate(count=Count("pk"))
            for pk, count in counts:
                by_row[pk][kind] = by_row[pk].get(kind, 0) + count
    for ask in hooks.hanging:
        for part in chunked(ids, _ROWS):
            for pk, (kind, count) in ask(register, part).items():
                by_row[pk][kind] = count
    return {pk: held_by(counts) for pk, counts in by_row.items()}


def refuse_gone(register: Register, then: models.Model, fields: Sequence[models.Field[Any, Any]], user: Asker) -> None:
    """Refuses values that name a row which has been deleted since."""
    for field in (each for each in fields if each.is_relation):
        pk, model = getattr(then, field.attname), target_of(field)
        if pk is None or model._default_manager.filter(pk=pk).exists():
            continue
        is_hidden = pk in access.hidden(registers.of(model), user, [pk], former.EVER)
        name = access.Unseen(pk) if is_hidden else former.rows_before(model, [pk], former.EVER).at(pk, former.EVER)
        message = _("“%(column)s” o gün “%(row)s” idi; o kayıt sonradan silindi. Değerleri elle düzeltiniz.")
        raise Refused(message % {"column": register.column(field.name).label, "row": name})


def refuse_emptied(register: Register, rows: Sequence[models.Model], fields: Sequence[str], user: Asker) -> None:
    """Nobody empties a reference to a row that she may not see: what she was not offered, she did not choose."""
    if user is not None and (kept := access.emptied(register, user, rows, fields)):
        message = _("“%(column)s” alanında size görünmeyen bir kayıt var; alanı olduğu gibi bırakınız.")
        raise ValidationError({column.name: message % {"column": column.label} for column in kept})

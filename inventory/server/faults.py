"""When it is the machine that fails: a full disk, a database that is away or busy for long."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_LET = (
    errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EIO,
)  # fmt: skip
_NO_FILE = ("unable to open database file", "attempt to write a readonly database")
# lock_not_available, deadlock_detected
_LOCKED = ("55P03", "40P01")


def is_full_disk(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is a disk (or a quota) without space; here or under the database."""
    return any(
        (isinstance(each, OSError) and each.errno in _NO_SPACE)
        or getattr(each, "sqlstate", "") == "53100"
        or "database or disk is full" in str(each)
        for each in _chain(error)
    )


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database's server did not answer, or left in the middle."""
    # PostgreSQL's classes 08 (connection) and 57P (shut down, starting); None where it was not even reached. SQLite's
    # errors say nothing of the kind.
    return any(
        isinstance(each, OperationalError | InterfaceError)
        and (getattr(each.__cause__, "sqlstate", "-") or "08").startswith(("08", "57P"))
        for each in _chain(error)
    )


def is_database_busy(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is a lock that was waited for in vain."""
    return any(is_lock(each) for each in _chain(error))


def is_lock(error: BaseException) -> bool:
    """Whether SQLite's one writer was another for longer than a writer waits, or PostgreSQL ended a wait for a lock."""
    return isinstance(error, OperationalError) and (
        "database is locked" in str(error) or getattr(error.__cause__, "sqlstate", "") in _LOCKED
    )


def unusable_place(error: BaseException | None) -> str | None:
    """The database's file, or what below VAR_DIR could not be read or written; None where it is another fault."""
    for each in _chain(error):
        if isinstance(each, OperationalError) and any(text in str(each) for text in _NO_FILE):
            return str(settings.DATABASES["default"]["NAME"])
        if isinstance(each, OSError) and each.errno in _NOT_LET and isinstance(each.filename, str | Path):
            place = Path(each.filename)
            if place.is_absolute() and place.is_relative_to(settings.VAR_DIR.absolute()):
                return str(place)
    return None


def of_the_machine(error: BaseException | None) -> str | None:
    """The sentence for whoever waits for a step that the error has ended; None for an error of ours."""
    if is_full_disk(error):
        return _(
            "Sunucunun diskinde yer kalmadığı için tamamlanamadı, hiçbir şey yazılmadı. Sistem yöneticisine "
            "bildiriniz; yer açılınca yeniden deneyiniz."
        )
    if any("disk I/O error" in str(each) for each in _chain(error)):
        return _(
            "Sunucunun diskine yazılamadığı ya da diskten okunamadığı için tamamlanamadı. Sistem yöneticisine "
            "bildiriniz; diskte yer olduğunu ve diskin sağlam olduğunu denetlesin."
        )
    if place := unusable_place(error):
        return _(
            "Sunucuda %(place)s okunamadığı ya da yazılamadığı için tamamlanamadı. Sistem yöneticisine bildiriniz; "
            "VAR_DIR ve DATABASE_URL ayarlarını, o yerin iznini ve salt okunur olup olmadığını denetlesin."
        ) % {"place": place}
    if is_database_busy(error):
        return _(
            "Veritabanına o sırada uzun süren başka bir işlem yazıyordu; tamamlanamadı, hiçbir şey yazılmadı. Biraz "
            "sonra yeniden deneyiniz."
        )
    if is_database_away(error):
        return _(
            "Veritabanına ulaşılamadığı için tamamlanamadı, hiçbir şey yazılmadı. Veritabanı sunucusunu ve "
            "DATABASE_URL ayarını denetleyip yeniden deneyiniz."
        )
    return None


def sentence(otherwise: str) -> str:
    """The sentence for the error under way; `otherwise` where it is none of the machine's."""
    return of_the_machine(sys.exc_info()[1]) or otherwise


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a fault (`handler500`). It asks the database for nothing, since that may be what is away."""
    error = sys.exc_info()[1]
    name, status = "500.html", 500
    if is_full_disk(error):
        name, status = "507.html", 507
    elif is_database_busy(error):
        name, status = "database_busy.html", 503
    elif is_database_away(error):
        name, status = "database_away.html", 503
    answer = HttpResponse(get_template(name).render({"number": getattr(request, "number", "")}), status=status)
    if status == 503:
        answer.headers["Retry-After"] = "60"
    return answer


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

"""What is told when it is the machine that fails: a full disk, a database that is away."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    # PostgreSQL's classes 08 (connection) and 57P (shut down, starting); no code where it was not even reached.
    return any(
        isinstance(each, OperationalError | InterfaceError)
        and hasattr(each.__cause__, "sqlstate")
        and (each.__cause__.sqlstate or "08").startswith(("08", "57P"))
        for each in _chain(error)
    )


def told(otherwise: str) -> str:
    """The sentence for whoever waits for a step that the error under way has ended; `otherwise` for any other error."""
    if is_full_disk(sys.exc_info()[1]):
        return _(
            "Sunucunun diskinde yer kalmadığı için tamamlanamadı, hiçbir şey yazılmadı. Sistem yöneticisine "
            "bildiriniz; yer açılınca yeniden deneyiniz."
        )
    return otherwise


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a fault (`handler500`). It asks the database for nothing, since that may be what is away."""
    error = sys.exc_info()[1]
    name, status = "500.html", 500
    if is_full_disk(error):
        name, status = "507.html", 507
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

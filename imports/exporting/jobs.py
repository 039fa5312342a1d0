"""Exports in the background: asked for, made by a worker with the user's rights, fetched, cleared away."""

from __future__ import annotations

import datetime as dt
import logging
import re
import tempfile

from django.conf import settings
from django.core.files import File
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from imports import steps
from imports.exporting import personal
from imports.exporting.models import Export
from imports.exporting.parts import Part, parts_of
from imports.exporting.writing import CannotExport, ending, write
from inventory import access, registers
from inventory.listing.address import Listing
from inventory.normal import is_identity_number
from inventory.registers import Register
from inventory.search import fold
from inventory.server import faults

log = logging.getLogger(__name__)
State = Export.State
# So many letters of a file's name tell what it was narrowed by.
_LONGEST = 60


def file_of_day(register: Register, form: str) -> str:
    """`araclar-2026-11-23.xlsx`, for what a timer makes each day."""
    return f"{_plain(register.title)}-{timezone.localdate():%Y-%m-%d}.{ending(form)}"


def file_name(listing: Listing, form: str) -> str:
    """`araclar-kamyonet-gebze-2026-11-23-0912.xlsx`: what the list was narrowed by, and when the file was made."""
    values = [_plain(value) for _what, value in listing.described() if not is_identity_number(value)]
    narrowed = "-".join(filter(None, values))[:_LONGEST].rstrip("-")
    title = "-".join(filter(None, (_plain(listing.register.title), narrowed)))
    return f"{title}-{timezone.localtime():%Y-%m-%d-%H%M}.{ending(form)}"


def _plain(text: str) -> str:
    """Letters and digits that every system takes in a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def ask(register: Register, user, query: str, form: str) -> Export:
    """Keep what is wanted; a task is the caller's to start. The same one, still on its way, is not begun twice."""
    wanted = {"user": user, "register": register.slug, "query": query, "form": form}
    under_way = Export.objects.filter(**wanted, state__in=(State.WAITING, State.RUNNING)).first()
    filters = "; ".join(f"{what}: {value}" for what, value in Listing(register, user, QueryDict(query)).described())
    language = get_language() or settings.SITE_LANGUAGE
    return under_way or Export.objects.create(**wanted, filters=filters, language=language)


def run(export: Export) -> None:
    """Make the file. What goes wrong is kept with the export; may run twice without harm."""
    if not steps.claim(export, State.RUNNING, (State.WAITING,)):
        return
    storage, beat = export.file.storage, steps.beating(export)
    try:
        parts = _parts(export)
        rows = sum(part.totals[0] for part in parts)
        with tempfile.TemporaryFile() as target:
            beat(0, rows)
            export.rows = write(parts, target, export.form, lambda done: beat(done, rows))
            target.seek(0)
            name = storage.save(export.file.field.generate_filename(export, "export"), File(target))
    except CannotExport as refusal:
        export.message = str(refusal)
        steps.leave(export, State.FAILED)
        return
    except steps.Stopped:
        steps.leave(export, State.CANCELLED)
        steps.forget(export)
        return
    export.file = name
    export.name, export.size = file_name(parts[0].listing, export.form), storage.size(name)
    export.reach, export.message = reach(parts), ""
    export.expires_at = timezone.now() + dt.timedelta(days=settings.EXPORT_KEEP_DAYS)
    if not steps.leave(export, State.DONE):
        # Cancelled or taken over in the last moment.
        storage.delete(name)
        return
    log.info("export %d register=%s rows=%d user=%s", export.pk, export.register, export.rows, export.user_id)


def _parts(export: Export) -> list[Part]:
    """What was asked for, as far as the user may see it now. Raises CannotExport with what to say instead."""
    if export.register not in {r.slug for r in registers.every()} or not access.may_see(export.of, export.user):
        raise CannotExport(_("Bu kütüğü görme yetkiniz artık yok."))
    parts = parts_of(export.of, export.user, export.params, personal=_is_personal(export))
    if any(part.listing.errors for part in parts):
        raise CannotExport(_("Süzgeçlerden biri artık anlaşılamıyor; listeyi yeniden süzüp bir daha isteyiniz."))
    if refused := personal.refusal(parts):
        raise CannotExport(refused)
    return parts


def _is_personal(export: Export) -> bool:
    return personal.ASKED in export.params


def give_up(export: Export, why: str = "") -> None:
    """After a fault of ours: say so, instead of looking busy for ever; `why` is the message, where it is known."""
    message = _("Beklenmeyen bir hata oldu, dosya hazırlanmadı. Yeniden deneyiniz; sürerse sistem yöneticisine bu "
             "dosyanın numarasını (%(number)d) bildiriniz.")  # fmt: skip
    export.message = why or faults.sentence(message % {"number": export.pk})
    steps.leave(export, State.FAILED)


def cancel(export: Export, who: str) -> None:
    """Stop it before or while it is made, or throw a finished one away with its file."""
    busy = Export.objects.filter(pk=export.pk, state__in=(State.WAITING, State.RUNNING))
    if busy.update(state=State.CANCELLED, heartbeat=None):
        steps.ask_to_stop(export, who)
    else:
        _remove(Export.objects.filter(pk=export.pk))


# Whose it is and how long -------------------------------------------------------------------------------------


def own(user) -> QuerySet[Export]:
    return Export.objects.filter(user=user)


def reach(parts: list[Part]) -> dict[str, list[int] | None]:
    """On which units it rests what the user sees of each part: [] is everywhere, None nowhere."""
    return {name: units for part in parts for name, units in _units(part.register, part.listing.user).items()}


def _units(register: Register, user) -> dict[str, list[int] | None]:
    sight = access.sight(register, user)
    return {name: None if units is None else sorted({unit.pk for unit in units}) for name, units in sight.items()}


def may_fetch(export: Export, user) -> bool:
    """Whether the user's sight of every register in the file is still what it was when the file was made; of a file
    with identity numbers, whether she may still change the rows."""
    slugs = {name.partition("/")[0] for name in export.reach}
    now = {
        name: units for each in registers.every() if each.slug in slugs for name, units in _units(each, user).items()
    }
    if any(name not in now or now[name] != units for name, units in export.reach.items()):
        return False
    return not (_is_personal(export) and personal.refusal(parts_of(export.of, user, export.params, personal=True)))


def expired(now: dt.datetime) -> QuerySet[Export]:
    """Files past their time, and what failed, was cancelled or was left lying as long ago."""
    old = now - dt.timedelta(days=settings.EXPORT_KEEP_DAYS)
    return Export.objects.filter(Q(expires_at__lt=now) | Q(expires_at__isnull=True, made_at__lt=old))


def clear(now: dt.datetime) -> int:
    """Remove what is expired, with its files; returns how many."""
    return _remove(expired(now))


def _remove(exports: QuerySet[Export]) -> int:
    removed = 0
    for export in exports:
        steps.forget(export)
        export.delete()
        if export.file:
            export.file.delete(save=False)
        removed += 1
    return removed

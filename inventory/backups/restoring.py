"""A backup put into an empty installation, and everything in it proven afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, Damaged, databases, tables, uploads
from inventory.backups.archive import Manifest, Reader, key_mark


@dataclass
class Restored:
    """What the backup holds, and what is left to do by hand."""

    manifest: Manifest
    advice: list[str] = field(default_factory=list)


def check(file: Path) -> Restored:
    """Read the whole archive against its manifest. Raises CannotKeep for no file, Damaged for a broken one."""
    archive = _opened(file)
    archive.check()
    return Restored(archive.manifest, _advice(archive.manifest))


def restore(file: Path) -> Restored:
    """Put the backup into this installation, which must be empty, and compare every table and file.

    Raises CannotKeep before anything is written, Damaged for a broken archive (nothing is written either) or for rows
    that came out otherwise than they went in.
    """
    archive = _opened(file)
    with databases.none_left(), uploads.none_left(list(archive.manifest.files)):
        _refuse_what_does_not_fit(archive.manifest)
        _refuse_to_overwrite()
        archive.check()
        for name in archive.manifest.files:
            with uploads.new(name) as target:
                archive.take_file(name, target)
        archive.take_database(databases.fill)
    restored = tables.tally("default", tables.models_of(tables.as_migrated("default")))
    if odd := tables.differing(archive.manifest.tables, restored):
        raise Damaged(_("Geri yüklenen veritabanı yedeklenen değil; kullanmayınız:") + "\n  " + "\n  ".join(odd))
    return Restored(archive.manifest, _advice(archive.manifest))


def _opened(file: Path) -> Reader:
    if file.exists() and not file.is_dir() and not file.is_file():
        raise CannotKeep(_("%(file)s bir yedek dosyası değil.") % {"file": file})
    try:
        return Reader(file)
    except OSError as error:
        raise CannotKeep(_("%(file)s açılamadı: %(why)s") % {"file": file, "why": error.strerror}) from error


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise CannotKeep(
            _(
                "Yedek %(theirs)s içindir, DATABASE_URL %(ours)s gösteriyor; önce %(theirs)s üzerine geri yükleyip "
                "sonra sqlite_to_postgres ile taşıyınız."
            )
            % {"theirs": manifest.engine, "ours": connection.vendor}
        )
    if newer := _newer(manifest):
        raise CannotKeep(
            _("Yedek daha yeni bir sürümün (%(migration)s); önce o sürümü kurunuz.") % {"migration": ".".join(newer[0])}
        )


def _refuse_to_overwrite() -> None:
    if there := databases.tables():
        name = connection.settings_dict["NAME"]
        way = (
            _("boş bir veritabanı yapıp (createdb) DATABASE_URL ile gösteriniz")
            if connection.vendor == "postgresql"
            else _("hizmeti durdurup o dosyayı kaldırınız ya da DATABASE_URL ile başka bir dosya gösteriniz")
        )
        raise CannotKeep(
            _("%(name)s içinde zaten %(count)d tablo var; geri yükleme hiçbir şeyin üzerine yazmaz: %(way)s.")
            % {"name": name, "count": len(there), "way": way}
        )
    if uploads.any_there():
        raise CannotKeep(
            _(
                "%(folder)s içinde zaten dosya var; geri yükleme hiçbir şeyin üzerine yazmaz: o klasörü kaldırınız "
                "ya da VAR_DIR ile başka bir yer gösteriniz."
            )
            % {"folder": uploads.folder()}
        )


def _newer(manifest: Manifest) -> list[tables.Migration]:
    return sorted(set(manifest.migrations) - tables.known())


def _advice(manifest: Manifest) -> list[str]:
    notes = []
    if newer := _newer(manifest):
        notes.append(_("Daha yeni bir sürümün yedeği (%(count)d geçişi bu sürüm bilmiyor).") % {"count": len(newer)})
    if older := tables.known() - set(manifest.migrations):
        notes.append(
            _("Daha eski bir sürümün yedeği: geri yükleyince `manage.py migrate` çalıştırınız (%(count)d geçiş).")
            % {"count": len(older)}
        )
    if manifest.engine != connection.vendor:
        notes.append(
            _("%(theirs)s yedeği; DATABASE_URL %(ours)s gösteriyor.")
            % {"theirs": manifest.engine, "ours": connection.vendor}
        )
    if manifest.secret_key != key_mark():
        notes.append(
            _(
                "Yedeğin kurulumunun gizli anahtarı başkaydı: herkes yeniden girecek; SECRET_KEY_FALLBACKS o anahtarı "
                "içermiyor, SEAL_KEY de aynı değilse ikinci adım kodları kabul edilmez (kurtarma kodları edilir)."
            )
        )
    if manifest.missing:
        message = _("Yedek alınırken kayıtlarda adı geçen %(count)d dosya diskte yoktu.")
        notes.append(message % {"count": len(manifest.missing)})
    return notes

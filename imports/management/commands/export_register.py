"""Write a register's rows to a file, into a folder under a dated name, or to a mailbox; for a person or a timer.

Exit 0 when the file is where it should be, 2 when the call was unusable or the file could not be made or sent.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.exporting import CannotExport, ending, forms_of, jobs, write
from imports.exporting.parts import Part, parts_of, records_of
from inventory import access, naming, registers
from inventory.computed.columns import find, shown
from inventory.listing.address import Listing
from inventory.listing.filters import filter_class
from inventory.management.command import RegisterCommand, Unusable
from inventory.models import SavedView
from inventory.organization.models import User
from inventory.pages.saved import columns_of
from inventory.registers import Register
from inventory.server import unfinished
from inventory.trail.keeping import record
from inventory.trail.models import Event

_MOST_NAMES = 1_000


class Command(RegisterCommand):
    help = _("Bir kütüğün satırlarını dosyaya (biçimi adının sonundan anlaşılır), klasöre ya da e-postaya verir.")

    def add_arguments(self, parser):
        parser.add_argument(
            "slug",
            choices=[register.slug for register in registers.every()],
            metavar="SLUG",
            help=_("kütüğün adı; `registers` hepsini listeler"),
        )
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help=_("yazılacak dosya"))
        parser.add_argument("--to", type=Path, metavar="FOLDER", help=_("klasöre, adında gün olan yeni bir dosya"))
        parser.add_argument(
            "--mail",
            action="append",
            default=[],
            metavar="ADDRESS",
            help=_("bu adrese gönderir; birden çok verilebilir"),
        )
        parser.add_argument("--format", help=_("verilmezse xlsx; plain başka programlar için CSV; gpkg-5254 …"))
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="key=value",
            dest="filters",
            help=_("listenin süzgeci, insanların yazdığı gibi; birden çok verilebilir"),
        )
        parser.add_argument("--columns", metavar="a,b,c", help=_("sütunlar, adlarıyla; verilmezse hepsi"))
        parser.add_argument("--column-set", metavar="NAME", help=_("onun yerine, saklanan bir sütun takımı"))
        parser.add_argument(
            "--with", action="append", default=[], metavar="SLUG", dest="records", help=_("satırların kayıtları da")
        )
        parser.add_argument("--as-of", metavar="DATE", help=_("satırların o günün sonundaki hâli"))
        parser.add_argument("--user", metavar="NAME", help=_("yalnızca bu kullanıcının görebildiği; verilmezse hepsi"))

    def handle(self, *, slug, file, to, mail, user, as_of, filters, **options):
        if sum(map(bool, (file, to, mail))) != 1:
            raise Unusable(_("FILE, --to FOLDER ve --mail ADDRESS’ten yalnızca birini veriniz."))
        register, person = registers.get(slug), self.account(user)
        if not access.may_see(register, person):
            raise Unusable(_("“%(user)s” hesabı bu kütüğü göremez.") % {"user": user})
        form = self._form(register, file, options["format"])
        query = self._query(register, filters, person)
        query["columns"] = self._columns(register, options["columns"], options["column_set"], person)
        if as_of:
            query["as_of"] = as_of
        parts = self._parts(register, person, query, options["records"])
        where: str | Path
        if mail:
            rows, where = self._send(parts, form, mail), ", ".join(mail)
        elif to:
            rows, where = self._into(parts, form, to)
        else:
            rows, where = self._replace(parts, form, file), file
        record(Event.Kind.WENT_OUT, user=person, register=register.slug, text=str(where), rows=rows)
        self.stdout.write(_("%(rows)d satır: %(where)s") % {"rows": rows, "where": where})
        if parts[0].listing.not_kept_before:
            self.stdout.write(parts[0].listing.not_kept)

    # What is asked for ----------------------------------------------------------------------------------------

    def _form(self, register: Register, file: Path | None, form: str | None) -> str:
        known = list(forms_of(register))
        if form is not None and form not in known:
            raise Unusable(_("--format %(form)s: biçimler %(known)s.") % {"form": form, "known": ", ".join(known)})
        if file is None:
            return form or "xlsx"
        # Of the forms that share an ending the first, which is the plainest.
        by_ending = {f".{ending(each)}": each for each in reversed(known)}
        suffix = file.suffix.lower()
        if suffix not in by_ending or (form and f".{ending(form)}" != suffix):
            endings = ", ".join(reversed(by_ending))
            raise Unusable(
                _("%(file)s: dosyanın adı şunlardan biriyle, --format ile uyumlu bitmeli: %(endings)s.")
                % {"file": file, "endings": endings}
            )
        return form or by_ending[suffix]

    def _query(self, register: Register, filters: list[str], user: User | None) -> dict[str, str]:
        texts = {}
        known = sorted(filter_class(register).base_filters)
        for each in filters:
            name, equals, value = each.partition("=")
            if not equals or name not in known:
                raise Unusable(
                    _("--filter %(text)s: ad=değer yazınız; adlar: %(known)s.")
                    % {"text": each, "known": ", ".join(known)}
                )
            if name in texts:
                raise Unusable(
                    _("--filter %(text)s: %(name)s iki kez verildi; ayrı ayrı dışa aktarınız.")
                    % {"text": each, "name": name}
                )
            texts[name] = value
        try:
            return naming.query_from_texts(register, texts, user)
        except ValueError as error:
            raise Unusable(error) from error

    def _columns(self, register: Register, columns: str | None, name: str | None, user: User | None) -> str:
        if name:
            named = SavedView.objects.filter(register=register.slug, kind=SavedView.Kind.COLUMNS, name=name)
            sets = list(named.filter(owner=user) if user else named.filter(shared=True))
            if columns or len(sets) != 1:
                whose = _("bu kullanıcının") if user else _("herkesle paylaşılan")
                raise Unusable(
                    _("--column-set %(name)s: %(whose)s böyle tek bir takım yok; yanında --columns verilmez.")
                    % {"name": name, "whose": whose}
                )
            return columns_of(sets[0])
        for each in columns.split(",") if columns else ():
            if find(register, each) is None:
                known = ", ".join(column.name for column in shown(register))
                raise Unusable(_("--columns %(name)s: sütunlar %(known)s.") % {"name": each, "known": known})
        return columns or "all"

    def _parts(self, register: Register, user: User | None, query: dict, records: list[str]) -> list[Part]:
        listing = Listing(register, user, query)
        if listing.errors:
            raise Unusable("; ".join(f"{name}: {' '.join(errors)}" for name, errors in listing.errors.items()))
        known = [child.slug for child, _name in records_of(listing)]
        if unknown := set(records) - set(known):
            raise Unusable(
                _("--with %(names)s: bu kütüğün kayıtları %(known)s.")
                % {"names": ", ".join(sorted(unknown)), "known": ", ".join(known) or "—"}
            )
        params = QueryDict(listing.query(parts=",".join([register.slug, *records])))
        return parts_of(register, user, params)

    # Where it goes ----------------------------------------------------------------------------------------------

    def _write(self, parts: list[Part], target: IO[bytes], form: str) -> int:
        try:
            return write(parts, target, form)
        except CannotExport as refusal:
            raise Unusable(refusal) from refusal

    def _replace(self, parts: list[Part], form: str, file: Path) -> int:
        """Written beside the target and renamed, so that a broken run leaves no half file."""
        return self._place(parts, form, file.parent, file, lambda made: os.replace(made, file))

    def _into(self, parts: list[Part], form: str, folder: Path) -> tuple[int, Path]:
        """A new file in the folder; one of the same day stays, and ours gets a number."""
        name = Path(jobs.file_of_day(parts[0].register, form))
        placed = []

        def place(made: str) -> None:
            for number in range(1, _MOST_NAMES):
                file = folder / (name if number == 1 else f"{name.stem}-{number}{name.suffix}")
                try:
                    unfinished.place_new(made, file)
                except FileExistsError:
                    continue
                placed.append(file)
                break

        rows = self._place(parts, form, folder, folder, place)
        if not placed:
            raise Unusable(_("%(file)s: bu güne ait çok fazla dosya var.") % {"file": folder / name})
        return rows, placed[0]

    def _place(self, parts: list[Part], form: str, folder: Path, typed: Path, into: Callable[[str], None]) -> int:
        try:
            with unfinished.file(folder, "export") as target:
                rows = self._write(parts, target, form)
                target.flush()
                unfinished.let_others_read(target.name)
                into(target.name)
        except OSError as error:
            raise Unusable(_("%(file)s yazılamadı: %(why)s") % {"file": typed, "why": error.strerror}) from error
        return rows

    def _send(self, parts: list[Part], form: str, addresses: list[str]) -> int:
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                raise Unusable(_("--mail %(text)s: bu bir e-posta adresi değil.") % {"text": address}) from error
        with tempfile.TemporaryFile() as target:
            rows = self._write(parts, target, form)
            size = target.tell()
            if size > settings.EXPORT_MAIL_MAX_BYTES:
                most = settings.EXPORT_MAIL_MAX_BYTES
                raise Unusable(
                    _("Dosya %(size)d bayt, EXPORT_MAIL_MAX_BYTES %(most)d; --to kullanınız.")
                    % {"size": size, "most": most}
                )
            target.seek(0)
            name = jobs.file_of_day(parts[0].register, form)
            title, day = parts[0].register.title, f"{timezone.localdate():%d.%m.%Y}"
            body = [
                _("%(title)s, %(day)s: %(rows)d kayıt. Dosya ektedir.") % {"title": title, "day": day, "rows": rows}
            ]
            body += [f"{what}: {value}" for what, value in parts[0].listing.described()]
            message = EmailMessage(f"{title} · {day}", "\n".join(body), to=addresses)
            message.attach(name, target.read())
        try:
            message.send()
        except OSError as error:
            raise Unusable(_("E-posta gönderilemedi: %(why)s") % {"why": error}) from error
        return rows

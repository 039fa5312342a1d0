"""Write a register's rows to a file, into a folder under a dated name, or to a mailbox; for a person or a timer.

Exit 0 when the file is where it should be, 2 when the call was unusable or the file could not be made or sent.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import ValidationError, validate_email
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from imports.exporting import CannotExport, ending, forms_of, jobs, write
from imports.exporting.parts import Part, parts_of, records_of
from inventory import naming, registers
from inventory.filters import filter_class
from inventory.listing import Listing
from inventory.models import SavedView
from inventory.organization.models import User
from inventory.registers import Register
from inventory.saved import columns_of
from inventory.trail.keeping import record
from inventory.trail.models import Event

_MOST_NAMES = 1_000


class Command(BaseCommand):
    help = "Writes a register's rows to FILE (its ending chooses the form), into a folder or to a mailbox."

    def add_arguments(self, parser):
        parser.add_argument("slug", choices=[register.slug for register in registers.every()], metavar="SLUG")
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?")
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="a new file with the day in its name")
        parser.add_argument("--mail", action="append", default=[], metavar="ADDRESS", help="may be given several times")
        parser.add_argument("--format", help="xlsx when not given; plain is a CSV for other programs; gpkg-5254 …")
        parser.add_argument("--filter", action="append", default=[], metavar="key=value", dest="filters")
        parser.add_argument("--columns", metavar="a,b,c", help="columns by name; all of them when not given")
        parser.add_argument("--column-set", metavar="NAME", help="a saved column set instead")
        parser.add_argument("--with", action="append", default=[], metavar="SLUG", dest="records", help="records, too")
        parser.add_argument("--as-of", metavar="DATE", help="the rows as they stood at the end of that day")
        parser.add_argument("--user", metavar="NAME", help="only what this user may see; everything when not given")

    def handle(self, *, slug, file, to, mail, user, as_of, filters, **options):
        if sum(map(bool, (file, to, mail))) != 1:
            raise CommandError("give one of FILE, --to FOLDER and --mail ADDRESS", returncode=2)
        register, person = registers.get(slug), self._user(user)
        form = self._form(register, file, options["format"])
        query = self._query(register, filters, person)
        query["columns"] = self._columns(register, options["columns"], options["column_set"], person)
        if as_of:
            query["as_of"] = as_of
        with translation.override("tr"):
            parts = self._parts(register, person, query, options["records"])
            if mail:
                rows, where = self._send(parts, form, mail), ", ".join(mail)
            elif to:
                rows, where = self._into(parts, form, to)
            else:
                rows, where = self._replace(parts, form, file), file
        record(Event.Kind.WENT_OUT, user=person, register=register.slug, text=str(where), rows=rows)
        self.stdout.write(f"{rows} rows: {where}")

    # What is asked for ----------------------------------------------------------------------------------------

    def _form(self, register: Register, file: Path | None, form: str | None) -> str:
        known = list(forms_of(register))
        if form is not None and form not in known:
            raise CommandError(f"--format {form}: the forms are {', '.join(known)}", returncode=2)
        if file is None:
            return form or "xlsx"
        # Of the forms that share an ending the first, which is the plainest.
        by_ending = {f".{ending(each)}": each for each in reversed(known)}
        told = file.suffix.lower()
        if told not in by_ending or (form and f".{ending(form)}" != told):
            endings = ", ".join(reversed(by_ending))
            raise CommandError(f"{file}: a file ends in {endings}, as its --format says", returncode=2)
        return form or by_ending[told]

    def _user(self, name: str | None) -> User | None:
        if name is None:
            return None
        try:
            return User.objects.get(username=name, is_active=True)
        except User.DoesNotExist as error:
            raise CommandError(f"there is no active user {name!r}", returncode=2) from error

    def _query(self, register: Register, filters: list[str], user: User | None) -> dict[str, str]:
        texts = {}
        known = sorted(filter_class(register).base_filters)
        for each in filters:
            name, equals, value = each.partition("=")
            if not equals or name not in known:
                raise CommandError(f"--filter {each}: write key=value; the keys are {', '.join(known)}", returncode=2)
            if name in texts:
                raise CommandError(f"--filter {each}: {name} is given twice; export one after the other", returncode=2)
            texts[name] = value
        try:
            return naming.query_from_texts(register, texts, user)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error

    def _columns(self, register: Register, columns: str | None, name: str | None, user: User | None) -> str:
        if name:
            sets = SavedView.objects.filter(register=register.slug, kind=SavedView.Kind.COLUMNS, name=name)
            sets = list(sets.filter(owner=user) if user else sets.filter(shared=True))
            if columns or len(sets) != 1:
                whose = "that user's" if user else "shared with everybody"
                told = (
                    f"--column-set {name}: there is no one set of this name, {whose}; --columns is not given beside it"
                )
                raise CommandError(told, returncode=2)
            return columns_of(sets[0])
        for each in columns.split(",") if columns else ():
            if each not in register.columns:
                raise CommandError(f"--columns {each}: the columns are {', '.join(register.columns)}", returncode=2)
        return columns or "all"

    def _parts(self, register: Register, user: User | None, query: dict, records: list[str]) -> list[Part]:
        listing = Listing(register, user, query)
        if listing.errors:
            told = "; ".join(f"{name}: {' '.join(errors)}" for name, errors in listing.errors.items())
            raise CommandError(told, returncode=2)
        known = [child.slug for child, _name in records_of(listing)]
        if unknown := set(records) - set(known):
            told = f"--with {', '.join(sorted(unknown))}: the records are {', '.join(known) or 'none'}"
            raise CommandError(told, returncode=2)
        params = QueryDict(listing.query(parts=",".join([register.slug, *records])))
        return parts_of(register, user, params)

    # Where it goes ----------------------------------------------------------------------------------------------

    def _write(self, parts: list[Part], target: BinaryIO, form: str) -> int:
        try:
            return write(parts, target, form)
        except CannotExport as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal

    def _replace(self, parts: list[Part], form: str, file: Path) -> int:
        """Written beside the target and renamed, so that a broken run leaves no half file."""
        return self._place(parts, form, file.resolve().parent, lambda made: os.replace(made, file))

    def _into(self, parts: list[Part], form: str, folder: Path) -> tuple[int, Path]:
        """A new file in the folder; one of the same day stays, and ours gets a number."""
        name = Path(jobs.file_name(parts[0].register, form))
        placed = []

        def link(made: str) -> None:
            for number in range(1, _MOST_NAMES):
                file = folder / (name if number == 1 else f"{name.stem}-{number}{name.suffix}")
                try:
                    # Unlike a renaming, a link never takes another file's place.
                    os.link(made, file)
                except FileExistsError:
                    continue
                placed.append(file)
                break
            os.unlink(made)

        rows = self._place(parts, form, folder, link)
        if not placed:
            raise CommandError(f"{folder / name}: too many files of this day", returncode=2)
        return rows, placed[0]

    def _place(self, parts: list[Part], form: str, folder: Path, into) -> int:
        try:
            with tempfile.NamedTemporaryFile(dir=folder, suffix=f".{ending(form)}", delete=False) as target:
                try:
                    rows = self._write(parts, target, form)
                except BaseException:
                    os.unlink(target.name)
                    raise
            os.chmod(target.name, 0o644)
            into(target.name)
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: {error.strerror}", returncode=2) from error
        return rows

    def _send(self, parts: list[Part], form: str, addresses: list[str]) -> int:
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                raise CommandError(f"--mail {address}: not an address", returncode=2) from error
        with tempfile.TemporaryFile() as target:
            rows = self._write(parts, target, form)
            size = target.tell()
            if size > settings.EXPORT_MAIL_MAX_BYTES:
                most = settings.EXPORT_MAIL_MAX_BYTES
                told = f"the file has {size} bytes, EXPORT_MAIL_MAX_BYTES allows {most}; use --to"
                raise CommandError(told, returncode=2)
            target.seek(0)
            name = jobs.file_name(parts[0].register, form)
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
            raise CommandError(f"the mail could not be sent: {error}", returncode=2) from error
        return rows

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from imports.exporting import FORMATS, CannotExport, write
from imports.exporting.parts import Part
from inventory import naming, registers
from inventory.filters import filter_class
from inventory.listing import Listing
from inventory.organization.models import User


class Command(BaseCommand):
    help = "Writes a register's rows to a file; its ending chooses the form (xlsx or csv)."

    def add_arguments(self, parser):
        parser.add_argument("slug", choices=[register.slug for register in registers.every()], metavar="SLUG")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--filter", action="append", default=[], metavar="key=value", dest="filters")
        parser.add_argument("--columns", metavar="a,b,c", help="columns by name; all of them when not given")
        parser.add_argument("--as-of", metavar="DATE", help="the rows as they stood at the end of that day")
        parser.add_argument("--user", metavar="NAME", help="only what this user may see; everything when not given")

    def handle(self, *, slug, file, filters, columns, as_of, user, **options):
        form = file.suffix.removeprefix(".").lower()
        if form not in FORMATS:
            raise CommandError(f"{file}: a file ends in .xlsx or .csv", returncode=2)
        register = registers.get(slug)
        person = self._user(user)
        query = self._query(register, filters, person)
        query["columns"] = self._columns(register, columns)
        if as_of:
            query["as_of"] = as_of
        with translation.override("tr"):
            listing = Listing(register, person, query)
            if listing.errors:
                told = "; ".join(f"{name}: {' '.join(errors)}" for name, errors in listing.errors.items())
                raise CommandError(told, returncode=2)
            rows = self._write(listing, file, form)
        self.stdout.write(f"{rows} rows: {file}")

    def _user(self, name: str | None) -> User | None:
        if name is None:
            return None
        try:
            return User.objects.get(username=name, is_active=True)
        except User.DoesNotExist as error:
            raise CommandError(f"there is no active user {name!r}", returncode=2) from error

    def _query(self, register, filters: list[str], user) -> dict[str, str]:
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

    def _columns(self, register, columns: str | None) -> str:
        for name in columns.split(",") if columns else ():
            if name not in register.columns:
                raise CommandError(f"--columns {name}: the columns are {', '.join(register.columns)}", returncode=2)
        return columns or "all"

    def _write(self, listing: Listing, file: Path, form: str) -> int:
        """Written beside the target and renamed, so that a broken run leaves no half file."""
        try:
            with tempfile.NamedTemporaryFile(dir=file.resolve().parent, suffix=f".{form}", delete=False) as target:
                try:
                    rows = write([Part(listing)], target, form)
                except BaseException:
                    os.unlink(target.name)
                    raise
            os.chmod(target.name, 0o644)
            os.replace(target.name, file)
        except CannotExport as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        return rows

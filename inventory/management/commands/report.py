import os
import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.forms import DateField
from django.utils import translation

from inventory import naming, registers
from inventory.organization.models import Unit, User
from inventory.reports import sheets
from inventory.reports.exact_json import exact_json
from inventory.reports.layout import Section, sections
from inventory.reports.physical_resources import Report, physical_resources


class Command(BaseCommand):
    help = "Prints a report: a readable table, or one JSON object with --json; --xlsx writes a workbook."

    def add_arguments(self, parser):
        parser.add_argument("report", choices=["physical-resources"])
        parser.add_argument("--as-of", metavar="DATE", help="the state at the end of that day, as 31.12.2024")
        parser.add_argument("--unit", metavar="NAME", help="only this unit and all below it")
        parser.add_argument("--user", metavar="NAME", help="only what this user may see; everything when not given")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--xlsx", type=Path, metavar="FILE")

    def handle(self, *, as_of, unit, user, xlsx, **options):
        # Names and numbers stay the same whatever language the machine speaks.
        with translation.override("tr"):
            person = self._user(user)
            report = physical_resources(person, self._day(as_of), self._unit(unit, person))
            if xlsx:
                self._write(report, xlsx, person)
            if options["json"]:
                self.stdout.write(exact_json(report.as_data()))
                return
            told = [f"{what}: {value}" for what, value in sheets.described(report, person)]
            self.stdout.write("\n".join([*told, *(_text(section) for section in sections(report))]))

    def _day(self, text: str | None):
        try:
            return DateField(required=False).clean(text)
        except ValidationError as error:
            raise CommandError(f"--as-of {text}: write a day as 31.12.2024 or 2024-12-31", returncode=2) from error

    def _user(self, name: str | None) -> User | None:
        if name is None:
            return None
        try:
            return User.objects.get(username=name, is_active=True)
        except User.DoesNotExist as error:
            raise CommandError(f"there is no active user {name!r}", returncode=2) from error

    def _unit(self, name: str | None, user: User | None) -> Unit | None:
        if name is None:
            return None
        try:
            query = naming.query_from_texts(registers.get("property"), {"responsible_unit": name}, user)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        return Unit.objects.get(pk=query["responsible_unit"])

    def _write(self, report: Report, file: Path, user: User | None) -> None:
        """Written beside the target and renamed, so that a broken run leaves no half file."""
        if file.suffix.lower() != ".xlsx":
            raise CommandError(f"{file}: the file ends in .xlsx", returncode=2)
        try:
            with tempfile.TemporaryDirectory(dir=file.resolve().parent) as folder:
                made = Path(folder) / file.name
                with made.open("wb") as target:
                    sheets.write(report, target, user)
                os.replace(made, file)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error


def _text(section: Section) -> str:
    """A table for the terminal: names to the left, numbers to the right."""
    lines = [[_label(section, row.code, row.name), *(cell.text for cell in row.cells)] for row in section.rows]
    if section.has_total:
        lines.append(["Toplam", *(cell.text for cell in section.totals)])
    lines.insert(0, [section.name_heading, *section.headings])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    told = ["", section.title, "-" * (sum(widths) + 2 * len(widths) - 2)]
    for name, *numbers in lines:
        right = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
        told.append("  ".join([name.ljust(widths[0]), *right]))
    return "\n".join(told)


def _label(section: Section, code: str, name: str) -> str:
    return f"{code} {name}" if section.table.has_codes else name

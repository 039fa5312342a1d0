import os
from pathlib import Path

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.utils.translation import gettext as _

from inventory import naming, registers
from inventory.management.command import RegisterCommand, Unusable
from inventory.organization.models import Unit, User
from inventory.reports import sheets
from inventory.reports.exact_json import exact_json
from inventory.reports.layout import Section, sections
from inventory.reports.physical_resources import Report, physical_resources
from inventory.server import unfinished


class Command(RegisterCommand):
    help = _("Bir raporu tablo olarak yazar; --json ile tek bir JSON nesnesi, --xlsx ile bir çalışma kitabı olarak.")

    def add_arguments(self, parser):
        parser.add_argument("report", choices=["physical-resources"], help=_("raporun adı"))
        parser.add_argument("--as-of", metavar="DATE", help=_("o günün sonundaki durum, 31.12.2024 gibi"))
        parser.add_argument("--unit", metavar="NAME", help=_("yalnızca bu birim ve altındakiler"))
        parser.add_argument("--user", metavar="NAME", help=_("yalnızca bu kullanıcının görebildiği; verilmezse hepsi"))
        parser.add_argument("--json", action="store_true", help=_("tek bir JSON nesnesi"))
        parser.add_argument("--xlsx", type=Path, metavar="FILE", help=_("yazılacak .xlsx dosyası"))

    def handle(self, *, as_of, unit, user, xlsx, **options):
        person = self.account(user)
        report = physical_resources(person, self._day(as_of), self._unit(unit, person))
        if xlsx:
            self._write(report, xlsx, person)
        if options["json"]:
            self.stdout.write(exact_json(report.as_data()))
            return
        head = [f"{what}: {value}" for what, value in sheets.described(report, person)]
        self.stdout.write("\n".join([*head, *(_text(section) for section in sections(report))]))

    def _day(self, text: str | None):
        try:
            return DateField(required=False).clean(text)
        except ValidationError as error:
            raise Unusable(
                _("--as-of %(text)s: günü 31.12.2024 ya da 2024-12-31 gibi yazınız.") % {"text": text}
            ) from error

    def _unit(self, name: str | None, user: User | None) -> Unit | None:
        if name is None:
            return None
        try:
            query = naming.query_from_texts(registers.get("property"), {"responsible_unit": name}, user)
        except ValueError as error:
            raise Unusable(error) from error
        return Unit.objects.get(pk=query["responsible_unit"])

    def _write(self, report: Report, file: Path, user: User | None) -> None:
        """Written beside the target and renamed, so that a broken run leaves no half file."""
        if file.suffix.lower() != ".xlsx":
            raise Unusable(_("%(file)s: dosyanın adı .xlsx ile bitmeli.") % {"file": file})
        try:
            with unfinished.file(file.resolve().parent, "report") as target:
                sheets.write(report, target, user)
                target.flush()
                unfinished.let_others_read(target.name)
                os.replace(target.name, file)
        except OSError as error:
            raise Unusable(_("%(file)s yazılamadı: %(why)s") % {"file": file, "why": error.strerror}) from error


def _text(section: Section) -> str:
    """A table for the terminal: names to the left, numbers to the right."""
    lines = [[_label(section, row.code, row.name), *(cell.text for cell in row.cells)] for row in section.rows]
    if section.has_total:
        lines.append([_("Toplam"), *(cell.text for cell in section.totals)])
    lines.insert(0, [section.name_heading, *section.headings])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["", section.title, "-" * (sum(widths) + 2 * len(widths) - 2)]
    for name, *numbers in lines:
        right = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
        text.append("  ".join([name.ljust(widths[0]), *right]))
    return "\n".join(text)


def _label(section: Section, code: str, name: str) -> str:
    return f"{code} {name}" if section.table.has_codes else name

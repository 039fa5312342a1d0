"""All that is kept of a person, for her request under article 11 of the KVKK."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from inventory.organization.models import Person
from inventory.personal import person_file


class Command(BaseCommand):
    help = "Writes a workbook with all that is kept of a person: row, history, rows that name her, account, trail."

    def add_arguments(self, parser):
        parser.add_argument("staff_no")
        parser.add_argument("file", type=Path, help="a new .xlsx file, which only its owner may read")

    def handle(self, *args, staff_no: str, file: Path, **options):
        person = Person.objects.select_related("unit").filter(staff_no=staff_no).first()
        if person is None:
            raise CommandError(f"There is no person with the staff number {staff_no!r}.")
        try:
            file.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise CommandError(f"{file} cannot be made: {error.strerror}") from error
        person_file.keep_trail(person)
        with file.open("wb") as target:
            counts = person_file.write(person, target)
        for name, rows in counts.items():
            self.stdout.write(f"{rows:8} {name}")

"""All that is kept of a person, for her request under article 11 of the KVKK."""

import errno
import os
from pathlib import Path

from django.utils.translation import gettext as _

from inventory.accounts.personal import person_file
from inventory.management.command import RegisterCommand, Unusable
from inventory.organization.models import Person
from inventory.search import fold
from inventory.server import unfinished


class Command(RegisterCommand):
    help = _(
        "Bir kişi hakkında tutulan her şeyi bir çalışma kitabına yazar: kaydı, geçmişi, onu anan kayıtlar, hesabı, izi."
    )

    def add_arguments(self, parser):
        parser.add_argument("staff_no", metavar="STAFF_NO", help=_("kişinin sicil numarası"))
        parser.add_argument(
            "file", type=Path, metavar="FILE", help=_("yeni bir .xlsx dosyası; yalnızca sahibi okuyabilir")
        )

    def handle(self, *args, staff_no: str, file: Path, **options):
        person = Person.objects.select_related("unit").filter(staff_no_same=fold(staff_no)).first()
        if person is None:
            raise Unusable(_("“%(no)s” sicil numaralı bir kişi yok.") % {"no": staff_no})
        try:
            if file.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            with unfinished.file(file.parent, "export") as target:
                person_file.keep_trail(person)
                counts = person_file.write(person, target)
                target.flush()
                unfinished.place_new(target.name, file)
        except OSError as error:
            raise Unusable(_("%(file)s yazılamıyor: %(why)s") % {"file": file, "why": error.strerror}) from error
        for name, rows in counts.items():
            self.stdout.write(f"{rows:8} {name}")

"""Documents as one zip: their files in folders by kind, and a list of them that Excel opens."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from typing import IO

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from inventory import access
from inventory.cells.quoting import safe_text
from inventory.documents.links import documents
from inventory.documents.models import Document
from inventory.organization.models import Asker
from inventory.refusals import Refused


def archive(rows: QuerySet[Document], user: Asker) -> IO[bytes]:
    """The zip, whole. Raises Refused for more than is packed while somebody waits."""
    limit = settings.DOCUMENT_ZIP_MAX_BYTES
    if (rows.aggregate(sum=Sum("size"))["sum"] or 0) > limit:
        message = _("Bu listenin dosyaları %(size)s sınırını aşıyor; listeyi süzüp parça parça indiriniz.")
        raise Refused(message % {"size": filesizeformat(limit)})
    made = tempfile.TemporaryFile()  # noqa: SIM115 - its reader closes it
    register, listed = documents(), io.StringIO()
    table = csv.writer(listed, delimiter=";")
    columns = register.all_columns()
    table.writerow([_("Zipteki ad"), *(column.label for column in columns)])
    # Pictures and PDF are packed already.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:
        for document in access.veil(register, user, rows):
            name = _packed(packed, document) if document.stored else ""
            table.writerow([safe_text(each) for each in (name, *(column.text(document) for column in columns))])
        packed.writestr("liste.csv", "\ufeff" + listed.getvalue())
    made.seek(0)
    return made


def _packed(packed: zipfile.ZipFile, document: Document) -> str:
    assert document.stored
    folder = "".join(c if c.isalnum() else "_" for c in str(document.kind))
    name = f"{folder}/{document.pk}-{document.file_name}"
    try:
        packed.write(document.stored.file.path, name)
    except FileNotFoundError:
        return _("(dosya diskte yok)")
    return name

"""A template judged, filled and printed. Files of templates are read in the child with limits, never here."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import secrets
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from inventory import access, hooks
from inventory.documents import keeping, links
from inventory.history import Author
from inventory.models import Counter
from inventory.organization.models import Asker, User
from inventory.papers import turns
from inventory.papers import values as papers_values
from inventory.papers.models import PaperTemplate, Print, Version
from inventory.refusals import Refused
from inventory.registers import Register

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
MOST_BYTES = 5_000_000
# No letter that is taken for another; an inventory number has no letters after its mark.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_CODE = 8
_PDF_SECONDS = 60
_DOUBLE_CLICK_SECONDS = 10
# The kind of document that a print is.
_KIND = "CIKTI"
#: The state of a row with more lines than a paper holds.
UNKNOWN = "?"


# Templates --------------------------------------------------------------------------------------------------------


def filled(content: bytes, suffix: str, subject: str, values: papers_values.Values | None) -> bytes:
    """The file filled; without values only judged. Raises Refused with a sentence that says where and what."""
    asked = {
        "template": base64.b64encode(content).decode(),
        "names": papers_values.names(subject),
        "values": values,
    }
    (in_child,) = hooks.in_child
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(asked).encode())
        said = in_child(file, f"x.{suffix}", "inventory.papers.filling", "filled")
    answer: dict[str, Any] = said[0] if len(said) == 1 and isinstance(said[0], dict) else {"finding": {"why": "limits"}}
    if "finding" in answer:
        raise Refused(_sentence(answer["finding"]))
    return bytes(answer["file"])


def _sentence(finding: dict[str, str]) -> str:
    place, text, near = (str(finding.get(name, "")) for name in ("place", "text", "near"))
    places = {"body": _("metinde"), "header": _("üst bilgide"), "footer": _("alt bilgide"),
              "properties": _("belge özelliklerinde"), "notes": _("dipnotlarda")}  # fmt: skip
    said = {"place": places.get(place, place), "text": text, "near": near}
    why = finding.get("why", "")
    return _reason("near" if why == "unknown" and near else why) % said


def _reason(why: str) -> str:
    return {
        "near": _("Şablonda %(place)s “%(text)s” diye bir alan yok; “%(near)s” mi demek istediniz?"),
        "unknown": _("Şablonda %(place)s “%(text)s” diye bir alan yok; alan adlarını şablonun sayfasından alınız."),
        "syntax": _("Şablonda %(place)s bozuk bir alan var: “%(text)s”; {{ alan }} diye yazınız."),
        "not allowed": _("Şablonda %(place)s bu yazılamaz: “%(text)s”; yalnızca alan, liste ve koşul yazınız."),
        "active": _("Dosyada makro ya da gömülü nesne var (%(text)s); makrosuz kaydedip yeniden yükleyiniz."),
        "external": _("Dosya dışarıdaki bir dosyaya bağlı (%(text)s); bağlantıyı kaldırıp yeniden yükleyiniz."),
        "too big": _("Dosya işlenemeyecek kadar büyük; sadeleştirip yeniden yükleyiniz."),
        "limits": _("Dosya işlenemeyecek kadar büyük ya da bozuk; sadeleştirip yeniden yükleyiniz."),
    }.get(why) or _("Dosya okunamadı; Word’de .docx ya da Excel’de .xlsx olarak kaydedip yeniden yükleyiniz.")


def suffix_of(name: str) -> str:
    """Raises Refused for a file of another kind."""
    suffix = Path(name).suffix.lower().removeprefix(".")
    if suffix not in ("docx", "xlsx"):
        raise Refused(_("Şablon .docx ya da .xlsx dosyası olmalı; Word’de veya Excel’de bu biçimde kaydediniz."))
    return suffix


def add_version(template: PaperTemplate, content: bytes, suffix: str, user: User) -> Version:
    """A judged file as the template's next version."""
    if len(content) > MOST_BYTES:
        raise Refused(_("Şablon en çok 5 MB olabilir; resimlerini küçültüp yeniden yükleyiniz."))
    filled(content, suffix, template.subject, None)
    return keep_version(template, content, suffix, user)


@transaction.atomic
def keep_version(
    template: PaperTemplate, content: bytes, suffix: str, user: User | None, counts: bool = False
) -> Version:
    PaperTemplate.objects.select_for_update().get(pk=template.pk)
    last = template.versions.first()
    return Version.objects.create(
        template=template,
        number=last.number + 1 if last else 1,
        suffix=suffix,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=user,
        uploaded_at=timezone.now(),
        counts=counts,
    )


# Prints -----------------------------------------------------------------------------------------------------------


def tried(version: Version, register: Register, row: Any, user: User) -> bytes:
    """As it would be printed, without number and code."""
    values = papers_values.values_of(version.template.subject, register, row, user) | papers_values.of_print(user)
    return filled(bytes(version.content), version.suffix, version.template.subject, values)


def state_of(subject: str, register: Register, row_id: int) -> str:
    """A hash of all that a paper can say of the row, the same for whoever looks; "" of a row that is gone, UNKNOWN
    where it would take too long to say."""
    row = access.visible_to(register, None).select_related(*register.joined).filter(pk=row_id).first()
    if row is None:
        return ""
    try:
        # Labels and choices come in a language, which must not be that of whoever looks.
        with translation.override(settings.LANGUAGE_CODE):
            values = papers_values.values_of(subject, register, row, None)
    except Refused:
        return UNKNOWN
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def printed(version: Version, register: Register, row: Any, user: User, as_pdf: bool, site: str) -> Print:
    """A double click's second gets the print of its first. Raises Refused."""
    with turns.printing(user.pk):
        state = state_of(version.template.subject, register, row.pk)
        same = Print.objects.filter(version=version, register=register.slug, row=row.pk, state=state, printed_by=user)
        same = same.filter(suffix="pdf" if as_pdf else version.suffix).exclude(state=UNKNOWN)
        just_now = timezone.now() - dt.timedelta(seconds=_DOUBLE_CLICK_SECONDS)
        last = same.filter(printed_at__gte=just_now).order_by("number").last()
        return last or _made(version, register, row, user, as_pdf, site, state)


def _made(
    version: Version, register: Register, row: Any, user: User, as_pdf: bool, site: str, state: str
) -> Print:  # fmt: skip
    """Files are made before anything is written."""
    subject = version.template.subject
    code = "P-" + "".join(secrets.choice(_LETTERS) for _letter in range(_CODE))
    number = Counter.take("paper")
    values = papers_values.values_of(subject, register, row, user) | papers_values.of_print(user)
    url = site.rstrip("/") + reverse("item", args=[code])
    values |= {"print_no": str(number), "print_code": code, "print_url": url}
    content, suffix = filled(bytes(version.content), version.suffix, subject, values), version.suffix
    if as_pdf:
        content, suffix = pdf_of(content, suffix), "pdf"
    made = Print.objects.create(
        code=code,
        number=number,
        version=version,
        paper=version.template.name,
        subject=subject,
        register=register.slug,
        row=row.pk,
        title=str(values["title"])[:300],
        state=state,
        suffix=suffix,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        printed_by=user,
        printed_at=timezone.now(),
    )
    if register in access.followed(links.documents()) and access.in_scope(register, user, row):
        _keep_as_document(made, register, row, Author(user))
    return made


def _keep_as_document(made: Print, register: Register, row: Any, by: Author) -> None:
    """In the place of the last one. Confidential: it says what its printer might see, which another reader may not."""
    same = Print.objects.filter(register=made.register, row=made.row, paper=made.paper).exclude(pk=made.pk)
    names = same.exclude(document=None).values("document")
    old = access.editable_by(links.documents(), by.user).filter(pk__in=names, replaced_by=None).order_by("pk").last()
    values = {"title": f"{made.paper} · {made.number}"[:200], "doc_no": made.code, "confidential": True}
    content, name = bytes(made.content), f"{made.code}.{made.suffix}"
    # A row with as many documents as it may have is printed all the same.
    with suppress(Refused):
        if old is None:
            made.document = keeping.keep(content, name, _KIND, [(register, row)], by, **values)
        else:
            made.document = keeping.replace(old, content, name, by, **values)
        made.save(update_fields=["document"])


def templates_for(register: Register, user: Asker) -> list[Version]:
    """The current versions of what can be printed of the register's rows; two queries."""
    counting = Version.objects.filter(counts=True, template__subject__in=[register.slug, papers_values.ITEMS])
    last: dict[int, Version] = {}
    for version in counting.select_related("template").order_by("number"):
        if papers_values.serves(version.template.subject, register):
            last[version.template_id] = version
    return sorted(last.values(), key=lambda version: version.template.name)


def pdf_of(content: bytes, suffix: str) -> bytes:
    """By LibreOffice, in a folder, with a profile and for a time of its own. Raises Refused."""
    if not settings.SOFFICE:
        raise Refused(_("Bu sunucuda LibreOffice yok; PDF yerine Word ya da Excel dosyası alınız."))
    with turns.office(), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"x.{suffix}"
        file.write_bytes(content)
        limited = f'ulimit -c 0 && ulimit -t {_PDF_SECONDS} && ulimit -f 200000 && exec "$@"'
        command = [settings.SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        try:
            command += ["--convert-to", "pdf", "--outdir", folder, str(file)]
            _run(["/bin/sh", "-c", limited, "sh", *command], folder)
            return file.with_suffix(".pdf").read_bytes()
        except (subprocess.TimeoutExpired, OSError):
            raise Refused(_("PDF yapılamadı; Word ya da Excel dosyası alıp oradan yazdırınız.")) from None


def _run(command: list[str], folder: str) -> None:
    """Its processes end with it, whatever they have begun."""
    process = subprocess.Popen(  # noqa: S603 - the setting's program, our own words
        command,
        env={"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(_PDF_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

"""Read a spreadsheet into a register: check every row, then write all or nothing.

Exit 0 when nothing was wrong, 1 when rows were refused (nothing is written then), 2 when the file or the call
was unusable.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlencode

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from imports import batches
from imports.forms import LAST_ROW
from imports.models import Batch, Profile
from imports.plan import Finding
from imports.profiles import CHOICES, visible_profiles
from inventory import access, registers
from inventory.naming import query_from_texts
from inventory.organization.models import User
from inventory.registers import Register

# So many errors and warnings are listed where people read; --json lists all.
_LISTED = 50


class Command(BaseCommand):
    help = "Reads a spreadsheet into a register; --check-only writes nothing."

    def add_arguments(self, parser):
        parser.add_argument("register", metavar="SLUG", help=", ".join(r.slug for r in registers.every()))
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--sheet", default="")
        parser.add_argument("--header-row", type=int)
        parser.add_argument("--header-rows", type=int, choices=(1, 2))
        parser.add_argument("--profile", metavar="NAME", help="a saved profile; the other options go before it")
        parser.add_argument("--fill-down", action="append", default=[], metavar="HEADER", dest="filled")
        parser.add_argument("--map", action="append", default=[], metavar="HEADER=column", dest="mapping")
        parser.add_argument("--locale", choices=("tr", "en"), help="guessed when not given")
        parser.add_argument("--mode", choices=Batch.Mode.values)
        parser.add_argument("--blank", choices=Batch.Blank.values)
        parser.add_argument("--blank-in", action="append", default=[], metavar="column=leave|clear")
        parser.add_argument("--missing", choices=Batch.Missing.values, default="", help="rows that the file lacks")
        parser.add_argument("--missing-among", action="append", default=[], metavar="FILTER=value")
        parser.add_argument("--missing-reason", default="", help="needed with --missing retire")
        parser.add_argument("--check-only", action="store_true")
        parser.add_argument("--user", metavar="NAME", help="in whose name; the system's when not given")
        parser.add_argument("--reason", default="", help="kept in the history of every row")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, **options):
        self._as_json = options["as_json"]
        batch = self._upload(options)
        batches.run_check(batch)
        if batch.state == Batch.State.FAILED:
            self._unusable(batch.message, batch)
        if batch.state == Batch.State.CHECKED and not options["check_only"]:
            batches.run_apply(batch)
        self._tell(batch)
        if batch.state == Batch.State.REFUSED:
            sys.exit(1)

    def _upload(self, options) -> Batch:
        try:
            register = registers.get(options["register"])
        except KeyError:
            known = ", ".join(r.slug for r in registers.every())
            self._unusable(_("“%(slug)s” adında bir kütük yok; kütükler: %(known)s.")
                           % {"slug": options["register"], "known": known})  # fmt: skip
        user = self._user(options["user"])
        if not access.may_change(register, user):
            self._unusable(_("%(user)s bu kütükte değişiklik yapamaz.") % {"user": user})
        if not 1 <= (options["header_row"] or 1) <= LAST_ROW:
            self._unusable(_("Başlık satırı 1 ile %(last)d arasında olmalı.") % {"last": LAST_ROW})
        chosen = self._choices(register, user, options)
        path = Path(options["file"])
        try:
            with path.open("rb") as file:
                return batches.upload(register, user, File(file), path.name, **chosen)
        except OSError:
            message = _("“%(path)s” açılamadı; dosyanın yerini ve okuma iznini denetleyiniz.")
            self._unusable(message % {"path": path})

    def _choices(self, register: Register, user: User | None, options) -> dict[str, object]:
        """The batch's fields; those of the profile where the call does not say otherwise."""
        profile = self._profile(register, user, options["profile"])
        chosen = {name: profile.choices[name] for name in CHOICES if profile and name in profile.choices}
        chosen |= {"profile": profile, "mapping": self._pairs("--map", options["mapping"])}
        for name in ("sheet", "header_row", "header_rows", "filled", "locale", "mode", "blank"):
            if options[name]:
                chosen[name] = options[name]
        blanks = self._pairs("--blank-in", options["blank_in"])
        if wrong := [name for name in blanks if name not in register.columns or blanks[name] not in Batch.Blank.values]:
            self._unusable(_("--blank-in anlaşılmadı: %(names)s; sütun=clear veya sütun=leave yazınız.")
                           % {"names": ", ".join(wrong)})  # fmt: skip
        if options["missing"] == Batch.Missing.RETIRE and not options["missing_reason"]:
            self._unusable(_("--missing retire için --missing-reason ile gerekçe yazınız."))
        try:
            among = query_from_texts(register, self._pairs("--missing-among", options["missing_among"]), user)
        except ValueError as error:
            self._unusable(str(error))
        about = {name: options[name] for name in ("missing", "missing_reason", "reason")}
        return chosen | about | {"missing_among": urlencode(among)} | ({"blanks": blanks} if blanks else {})

    def _pairs(self, option: str, texts: list[str]) -> dict[str, str]:
        """HEADER=column … as a dict; a heading may hold an equals sign itself."""
        pairs = {}
        for text in texts:
            name, mark, value = text.rpartition("=")
            if not mark:
                told = _("“%(pair)s” anlaşılmadı; %(option)s BAŞLIK=sütun gibi, arasında = ile yazınız.")
                self._unusable(told % {"pair": text, "option": option})
            pairs[name.strip()] = value.strip()
        return pairs

    def _profile(self, register: Register, user: User | None, name: str | None) -> Profile | None:
        if not name:
            return None
        found = list(visible_profiles(user, register).filter(name=name)[:2])
        if len(found) != 1:
            told = _("“%(name)s” adında tek bir profil bulunamadı; --user ile profilin sahibini yazınız.")
            self._unusable(told % {"name": name})
        return found[0]

    def _user(self, name: str | None) -> User | None:
        if not name:
            return None
        try:
            return User.objects.get(username=name, is_active=True)
        except User.DoesNotExist:
            self._unusable(_("“%(name)s” adında etkin bir kullanıcı yok.") % {"name": name})

    def _unusable(self, message: str, batch: Batch | None = None):
        if self._as_json:
            errors = [Finding(0, "", "", message)]
            self.stdout.write(_as_json(batch, errors, []))
            sys.exit(2)
        raise CommandError(message, returncode=2)

    def _tell(self, batch: Batch) -> None:
        with batch.plan() as plan:
            errors, warnings = plan.errors(), plan.warnings()
        if batch.message:
            errors.append(Finding(0, "", "", batch.message))
        if self._as_json:
            self.stdout.write(_as_json(batch, errors, warnings))
            return
        counts = batch.counts
        self.stdout.write(
            _("%(rows)d satır: %(new)d yeni, %(changed)d değişen, %(unchanged)d aynı, %(refused)d hatalı.") % counts
        )
        for title, findings in ((_("Hatalar"), errors), (_("Uyarılar"), warnings)):
            self._list(title, findings)
        self.stdout.write(_outcome(batch))

    def _list(self, title: str, findings: list[Finding]) -> None:
        if findings:
            self.stdout.write(f"{title} ({len(findings)}):")
        for finding in findings[:_LISTED]:
            place = ", ".join(part for part in (str(finding.row), finding.column, finding.value) if part)
            self.stdout.write(f"  {place}: {finding.message}")
        if len(findings) > _LISTED:
            self.stdout.write(_("  … hepsi --json ile görülür."))


def _as_json(batch: Batch | None, errors: list[Finding], warnings: list[Finding]) -> str:
    counts, unknown = (batch.counts, batch.unknown) if batch else ({}, [])
    told = {
        "batch": batch and batch.pk,
        "applied": bool(batch) and batch.state == Batch.State.APPLIED,
        **{name: counts.get(name, 0) for name in ("rows", "new", "changed", "unchanged", "missing")},
        "unknown": [{name: one[name] for name in ("column", "text", "count")} for one in unknown],
        "errors": [finding._asdict() for finding in errors],
        "warnings": [finding._asdict() for finding in warnings],
    }
    return json.dumps(told, ensure_ascii=False)


def _outcome(batch: Batch) -> str:
    if batch.state == Batch.State.APPLIED:
        return _("Uygulandı; aktarım no %(number)d.") % {"number": batch.pk}
    if batch.state == Batch.State.REFUSED:
        return _("Hiçbir şey yazılmadı; hataları düzeltip yeniden deneyiniz.")
    return _("Yalnızca denetlendi, hiçbir şey yazılmadı.")

"""Read a spreadsheet into a register: check every row, then write all or nothing.

Exit 0 when nothing was wrong, 1 when rows were refused (nothing is written then), 2 when the file or the call
was unusable.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _

from imports import batches
from imports.endings import why_not_done
from imports.filling import constants
from imports.models import Batch, Profile
from imports.pages.forms import LAST_ROW
from imports.plans.plan import Finding
from imports.profiles import CHOICES, visible_profiles
from imports.reading import ENCODINGS, Limits, UnreadableFile, opened
from inventory import access, registers
from inventory.history import end_of_day
from inventory.management.command import REFUSED, UNUSABLE, RegisterCommand, Unusable
from inventory.naming import query_from_texts
from inventory.organization.models import User
from inventory.refusals import Refused
from inventory.registers import Register

# So many errors and warnings are listed where people read; --json lists all.
_LISTED = 50


class Command(RegisterCommand):
    help = _("Bir tabloyu bir kütüğe okur; --check-only hiçbir şey yazmaz.")

    def add_arguments(self, parser):
        parser.add_argument("register", metavar="SLUG", help=", ".join(r.slug for r in registers.every()))
        parser.add_argument("file", metavar="FILE", help=_("okunacak dosya"))
        parser.add_argument("--sheet", default="", metavar="NAME", help=_("sayfa; verilmezse dolu ilk sayfa"))
        parser.add_argument("--header-row", type=int, metavar="N", help=_("başlık satırı; verilmezse bulunur"))
        parser.add_argument("--header-rows", type=int, choices=(1, 2), help=_("başlık kaç satır"))
        parser.add_argument(
            "--profile", metavar="NAME", help=_("saklanan bir profil; öteki seçenekler ondan önce gelir")
        )
        parser.add_argument(
            "--fill-down",
            action="append",
            default=[],
            metavar="HEADER",
            dest="filled",
            help=_("adı yalnızca ilk satırda yazan sütunu aşağı doldurur"),
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=column",
            dest="mapping",
            help=_("bu başlık şu sütundur"),
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="COLUMN=VALUE",
            dest="constants",
            help=_("dosyada olmayan bir sütun, bütün satırlarda aynı değerle"),
        )
        parser.add_argument("--locale", choices=("tr", "en"), help=_("sayıların dili; verilmezse anlaşılır"))
        parser.add_argument(
            "--encoding", choices=tuple(ENCODINGS), help=_("metin dosyasının kodlaması; verilmezse anlaşılır")
        )
        parser.add_argument(
            "--mode", choices=Batch.Mode.values, help=_("yalnızca ekler, yalnızca değiştirir ya da ikisini de yapar")
        )
        parser.add_argument("--blank", choices=Batch.Blank.values, help=_("boş hücre değeri bırakır ya da siler"))
        parser.add_argument(
            "--blank-in", action="append", default=[], metavar="column=leave|clear", help=_("bir sütunda boş hücre")
        )
        parser.add_argument(
            "--as-of", metavar="MOMENT", help=_("bilgilerin hangi ana ait olduğu, dosya kendisi söylemiyorsa")
        )
        parser.add_argument(
            "--later",
            choices=Batch.Later.values,
            help=_("dosya alındıktan sonra değişenler: kalır ya da dosyadaki yazılır"),
        )
        parser.add_argument("--missing", choices=Batch.Missing.values, default="", help=_("dosyada olmayan kayıtlar"))
        parser.add_argument(
            "--missing-among",
            action="append",
            default=[],
            metavar="FILTER=value",
            help=_("dosyanın kapsadığı kayıtlar"),
        )
        parser.add_argument("--missing-reason", default="", help=_("--missing retire için gerekçe"))
        parser.add_argument("--check-only", action="store_true", help=_("yalnızca denetler"))
        parser.add_argument("--user", metavar="NAME", help=_("kimin adına; verilmezse sistemin"))
        parser.add_argument("--reason", default="", help=_("her satırın geçmişinde saklanır"))
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("tek bir JSON nesnesi"))

    def handle(self, **options):
        self._as_json, self._batch = options["as_json"], None
        batch = self._batch = self._upload(options)
        batches.run_check(batch)
        if not batch.is_judged:
            self.unusable(why_not_done(batch))
        if batch.state == Batch.State.CHECKED and not options["check_only"]:
            batches.run_apply(batch)
            if batch.state not in (Batch.State.APPLIED, Batch.State.REFUSED):
                self.unusable(why_not_done(batch))
        self._report(batch)
        if batch.state == Batch.State.REFUSED:
            sys.exit(UNUSABLE if batch.counts["unusable"] else REFUSED)

    def _upload(self, options) -> Batch:
        try:
            register = registers.get(options["register"])
        except KeyError:
            known = ", ".join(r.slug for r in registers.every())
            self.unusable(_("“%(slug)s” adında bir kütük yok; kütükler: %(known)s.")
                           % {"slug": options["register"], "known": known})  # fmt: skip
        user = self.account(options["user"])
        if not access.may_change(register, user):
            self.unusable(_("%(user)s bu kütükte değişiklik yapamaz.") % {"user": user})
        if not 1 <= (options["header_row"] or 1) <= LAST_ROW:
            self.unusable(_("Başlık satırı 1 ile %(last)d arasında olmalı.") % {"last": LAST_ROW})
        chosen = self._choices(register, user, options)
        path = Path(options["file"])
        try:
            with opened(path, Limits.from_settings()) as file:
                return batches.upload(register, user, File(file), path.name, Batch, **chosen)
        except UnreadableFile as error:
            self.unusable(str(error), error)

    def _choices(self, register: Register, user: User | None, options) -> dict[str, object]:
        """The batch's fields; those of the profile where the call does not say otherwise."""
        profile = self._profile(register, user, options["profile"])
        chosen = {name: profile.choices[name] for name in CHOICES if profile and name in profile.choices}
        chosen |= {"profile": profile, "mapping": self._pairs("--map", options["mapping"])}
        for name in ("sheet", "header_row", "header_rows", "filled", "locale", "encoding", "mode", "blank", "later"):
            if options[name]:
                chosen[name] = options[name]
        if options["as_of"]:
            chosen["as_of"] = self._moment(options["as_of"])
        blanks = self._pairs("--blank-in", options["blank_in"])
        if wrong := [name for name in blanks if name not in register.columns or blanks[name] not in Batch.Blank.values]:
            self.unusable(_("--blank-in anlaşılmadı: %(names)s; sütun=clear veya sütun=leave yazınız.")
                           % {"names": ", ".join(wrong)})  # fmt: skip
        if options["missing"] == Batch.Missing.RETIRE and not options["missing_reason"]:
            self.unusable(_("--missing retire için --missing-reason ile gerekçe yazınız."))
        try:
            among = query_from_texts(register, self._pairs("--missing-among", options["missing_among"]), user)
        except ValueError as error:
            self.unusable(str(error))
        about = {name: options[name] for name in ("missing", "missing_reason", "reason")}
        if given := self._constants(register, user, options["constants"]):
            chosen["constants"] = chosen.get("constants", {}) | given
        return chosen | about | {"missing_among": urlencode(among)} | ({"blanks": blanks} if blanks else {})

    def _moment(self, text: str) -> dt.datetime:
        """A day is over at its end."""
        try:
            return forms.DateTimeField().clean(text) if ":" in text else end_of_day(forms.DateField().clean(text))
        except ValidationError:
            self.unusable(_("--as-of “%(text)s” anlaşılmadı; “31.12.2024 14:30” gibi yazınız.") % {"text": text})

    def _constants(self, register: Register, user: User | None, texts: list[str]) -> dict[str, dict[str, str]]:
        # A column's name holds no equals sign; its value may.
        pairs = {name.strip(): value.strip() for name, _mark, value in (text.partition("=") for text in texts)}
        try:
            return constants.of_texts(register, pairs, user)
        except constants.UnusableConstant as error:
            self.unusable(f"--set: {error}")

    def _pairs(self, option: str, texts: list[str]) -> dict[str, str]:
        """HEADER=column … as a dict; a heading may hold an equals sign itself."""
        pairs = {}
        for text in texts:
            name, mark, value = text.rpartition("=")
            if not mark:
                message = _("“%(pair)s” anlaşılmadı; %(option)s BAŞLIK=sütun gibi, arasında = ile yazınız.")
                self.unusable(message % {"pair": text, "option": option})
            pairs[name.strip()] = value.strip()
        return pairs

    def _profile(self, register: Register, user: User | None, name: str | None) -> Profile | None:
        if not name:
            return None
        profiles = list(visible_profiles(user, register).filter(name=name)[:2])
        if len(profiles) != 1:
            message = _("“%(name)s” adında tek bir profil bulunamadı; --user ile profilin sahibini yazınız.")
            self.unusable(message % {"name": name})
        return profiles[0]

    def unusable(self, sentence: str, error: Exception | None = None) -> NoReturn:
        if self._as_json:
            self.stdout.write(_as_json(self._batch, [Finding(0, "", "", sentence)], []))
            sys.exit(UNUSABLE)
        raise Unusable(sentence) from error

    def _report(self, batch: Batch) -> None:
        try:
            with batch.plan() as plan:
                errors, warnings = plan.errors(), plan.warnings()
        except Refused as refusal:
            self.unusable(str(refusal), refusal)
        if batch.message:
            errors.append(Finding(0, "", "", batch.message))
        if self._as_json:
            self.stdout.write(_as_json(batch, errors, warnings))
            return
        counts = batch.counts
        self.stdout.write(
            _(
                "%(rows)d satır: %(new)d yeni, %(changed)d değişen, %(unchanged)d aynı, %(skipped)d atlanan, "
                "%(refused)d hatalı."
            )
            % counts
        )
        if batch.encoding_read:
            self.stdout.write(_("Harf kodlaması: %(encoding)s.") % {"encoding": batch.encoding_read})
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
    values = {
        "batch": batch and batch.pk,
        "applied": batch is not None and batch.state == Batch.State.APPLIED,
        **{name: counts.get(name, 0) for name in ("rows", "new", "changed", "unchanged", "skipped", "missing")},
        "encoding": batch.read.get("encoding") if batch else None,
        "unknown": [{name: one[name] for name in ("column", "text", "count")} for one in unknown],
        "errors": [finding._asdict() for finding in errors],
        "warnings": [finding._asdict() for finding in warnings],
    }
    return json.dumps(values, ensure_ascii=False)


def _outcome(batch: Batch) -> str:
    if batch.state == Batch.State.APPLIED:
        return _("Uygulandı; aktarım no %(number)d.") % {"number": batch.pk}
    if batch.state == Batch.State.REFUSED:
        return _("Hiçbir şey yazılmadı; hataları düzeltip yeniden deneyiniz.")
    return _("Yalnızca denetlendi, hiçbir şey yazılmadı.")

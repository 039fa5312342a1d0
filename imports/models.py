"""An import from upload to undo: the durable state that pages, commands and workers share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from imports.plan import WrittenPlan
from inventory import registers
from inventory.registers import Register


def _place(batch: Batch, filename: str) -> str:
    return f"imports/{batch.register}/{batch.sha256[:16]}/{filename}"


class Batch(models.Model):
    """One file on its way into one register.

    `sheet`, `header_row`, `locale` and `mapping` (heading → column, "" reads nothing) are the user's choices;
    `read` is what the check took ({"sheets", "sheet", "header_row", "locale"}), `headings` how every heading was
    matched, with samples, and `counts` are the plan's (`imports.plan.Plan.counts`).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Yüklendi")
        CHECKING = "checking", _("Denetleniyor")
        CHECKED = "checked", _("Uygulanmaya hazır")
        REFUSED = "refused", _("Hatalı, yazılmadı")
        APPLYING = "applying", _("Uygulanıyor")
        APPLIED = "applied", _("Uygulandı")
        FAILED = "failed", _("Okunamadı")
        UNDONE = "undone", _("Geri alındı")

    class Mode(models.TextChoices):
        UPSERT = "upsert", _("Ekle ve güncelle")
        ADD = "add", _("Yalnızca ekle")
        UPDATE = "update", _("Yalnızca güncelle")

    class Blank(models.TextChoices):
        LEAVE = "leave", _("Boş hücre eldeki değeri değiştirmesin")
        CLEAR = "clear", _("Boş hücre eldeki değeri silsin")

    class Locale(models.TextChoices):
        GUESS = "", _("Dosyadan anla")
        TURKISH = "tr", _("Türkçe: 1.234,56 ve 31.12.2024")
        ENGLISH = "en", _("İngilizce: 1,234.56 ve 12/31/2024")

    register = models.CharField(_("kütük"), max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("yükleyen"), related_name="+", null=True
    )
    file = models.FileField(_("dosya"), upload_to=_place, max_length=300)
    name = models.CharField(_("dosya adı"), max_length=200)
    size = models.PositiveBigIntegerField(_("boyut"))
    sha256 = models.CharField(max_length=64, db_index=True)
    sheet = models.CharField(_("sayfa"), max_length=100, blank=True)
    header_row = models.PositiveIntegerField(_("başlık satırı"), null=True, blank=True)
    mapping = models.JSONField(default=dict)
    locale = models.CharField(_("sayı ve tarih yazımı"), max_length=2, choices=Locale, blank=True)
    mode = models.CharField(_("kip"), max_length=10, choices=Mode, default=Mode.UPSERT)
    blank = models.CharField(_("boş hücreler"), max_length=10, choices=Blank, default=Blank.LEAVE)
    reason = models.CharField(_("gerekçe"), max_length=250, blank=True)

    state = models.CharField(_("durum"), max_length=10, choices=State, default=State.UPLOADED)
    read = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    plan_file = models.FileField(upload_to=_place, max_length=300, blank=True)
    #: What stopped it, for the user.
    message = models.TextField(blank=True)
    made_at = models.DateTimeField(_("yüklendi"), auto_now_add=True)
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(_("uygulandı"), null=True)
    heartbeat = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("aktarım")
        verbose_name_plural = _("Aktarımlar")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.pk} · {self.name}"

    @property
    def of(self) -> Register:
        return registers.get(self.register)

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.UPLOADED, self.State.CHECKING, self.State.APPLYING)

    @contextmanager
    def plan(self) -> Iterator[WrittenPlan]:
        """The plan of the last check."""
        with self.plan_file.open("rb") as file:
            yield WrittenPlan(file, self.counts)

    def why(self) -> str:
        """The reason that history keeps for the rows that it writes."""
        told = _("%(number)d no’lu aktarım: %(file)s") % {"number": self.pk, "file": self.name}
        return f"{told} · {self.reason}" if self.reason else told

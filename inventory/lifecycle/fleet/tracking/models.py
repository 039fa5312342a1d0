"""What the vehicle tracking system shows, and what was reported to directorates: audits of their commitments, and the
findings of each (LIVES.md C.5)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField


class TrackingAudit(Row):
    named_after = ("number",)
    searched = ("number", "responsible_unit", "notes")
    sorted_by = "number"

    number = models.CharField(_("denetim no"), max_length=40)
    number_same = SameField()
    done_on = models.DateField(_("denetim tarihi"))
    responsible_unit = models.ForeignKey(
        "organization.Unit", models.PROTECT, verbose_name=_("denetlenen birim"), related_name="+"
    )
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("araç takip denetimi")
        verbose_name_plural = _("Araç takip denetimleri")
        constraints = [
            Same("number_same", name="tracking_audit_once", message=_("Bu denetim no zaten kayıtlı.")),
        ]

    def __str__(self) -> str:
        return self.number

    def choice(self) -> str:
        return f"{self.number} · {self.responsible_unit}"


class TrackingFinding(Row):
    """What one vehicle did against its directorate's commitment, and the letter about it."""

    named_after = ("vehicle", "found_on")
    searched = ("vehicle", "audit", "letter_no", "notes")

    class Kind(models.TextChoices):
        SPEED = "speed", _("Hız aşımı")
        ROUTE = "route", _("Güzergâh dışı")
        HOURS = "hours", _("Mesai dışı kullanım")
        PLACE = "place", _("Görev yeri dışı")
        OTHER = "other", _("Diğer")

    audit = models.ForeignKey(TrackingAudit, models.PROTECT, verbose_name=_("denetim"), related_name="findings")
    vehicle = models.ForeignKey(
        "vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="tracking_findings"
    )
    found_on = models.DateField(_("bulgu tarihi"), blank=True, help_text=_("Boş kalırsa denetiminki yazılır."))
    kind = models.CharField(_("bulgu türü"), max_length=10, choices=Kind, default=Kind.SPEED)
    letter_no = models.CharField(_("bildirim yazısı no"), max_length=60, blank=True)
    letter_on = models.DateField(_("bildirim yazısı tarihi"), null=True, blank=True)
    answered_on = models.DateField(_("cevap tarihi"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("araç takip bulgusu")
        verbose_name_plural = _("Araç takip bulguları")
        constraints = [
            Same(
                "found_on",
                "vehicle",
                "audit",
                "kind",
                name="tracking_finding_once",
                message=_("Bu denetimde bu aracın bu günkü bulgusu zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(letter_on__isnull=True) | Q(letter_on__gte=F("found_on")),
                name="tracking_letter_after_finding",
                violation_error_message=_("Bildirim yazısı bulgu tarihinden önce olamaz."),
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(letter_on__isnull=False, answered_on__gte=F("letter_on")),
                name="tracking_answer_after_letter",
                violation_error_message=_("Cevap, bildirim yazısından önce olamaz; iki tarihi de yazınız."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} · {self.found_on:%d.%m.%Y}" if self.found_on else str(self.vehicle)

    def fill(self) -> None:
        if self.audit_id and not self.found_on:
            self.found_on = self.audit.done_on

"""What reminds of a date, and what became of it: rules, notices, mails, answers; calendars of lists."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import NormalField
from inventory.models import Row
from inventory.organization.models import Grant
from inventory.reminders import dates, steps
from inventory.sameness.constraints import Same, SameField


class DaysField(NormalField):
    """Numbers of days, "30, 15, 7, 1"."""

    normalise = staticmethod(steps.normal)


class Rule(Row):
    """Which date is watched, how many days before it somebody is reminded, and who."""

    searched = ("name",)

    name = models.CharField(_("kural"), max_length=150)
    name_same = SameField()
    date = models.CharField(_("izlenen tarih"), max_length=100, choices=dates.choices)
    days_before = DaysField(
        _("kaç gün önce"), max_length=80, help_text=_("Virgülle ayırınız: 30, 15, 7, 1. Son gün için 0 yazınız.")
    )
    overdue_every = models.PositiveSmallIntegerField(
        _("geçince kaç günde bir"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Tarih geçtikten sonra, yenisi kaydedilinceye kadar. Boşsa geçince hatırlatılmaz."),
    )
    to_unit = models.BooleanField(
        _("birimin e-postasına"),
        default=False,
        help_text=_("Sorumlu birimin adresine; onunki yoksa adresi olan en yakın üst birime."),
    )
    to_holder = models.BooleanField(
        _("kayıttaki kişiye"), default=False, help_text=_("Zimmetli, sorumlu veya ilgili kişiye; kaydı görebiliyorsa.")
    )
    to_level = models.PositiveSmallIntegerField(
        _("yetkililere"),
        null=True,
        blank=True,
        choices=Grant.Level,
        default=Grant.Level.CHANGE,
        help_text=_("Kayıtta bu yetkisi veya daha fazlası olanlara."),
    )
    urgent = models.BooleanField(
        _("ivedi"),
        default=False,
        help_text=_("Günlük özeti ve iş gününü beklemez, her kayıt için ayrı e-posta gönderilir."),
    )
    active = models.BooleanField(_("açık"), default=True)

    class Meta:
        verbose_name = _("hatırlatma kuralı")
        verbose_name_plural = _("Hatırlatma kuralları")
        constraints = [
            Same("name_same", name="reminder_rule_once", message=_("Bu adda bir kural zaten var.")),
            models.CheckConstraint(
                condition=Q(to_unit=True) | Q(to_holder=True) | Q(to_level__isnull=False),
                name="reminder_rule_has_readers",
                violation_error_message=_(
                    "Hatırlatmanın kime gideceğini seçiniz: birime, kayıttaki kişiye veya yetkililere."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

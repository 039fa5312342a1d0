"""On which days and at which hours people work: what time limits in working days and hours are counted by."""

from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from inventory.fields import ClockField
from inventory.models import Row
from inventory.sameness.constraints import Same


class Day(Row):
    """A day on which people work otherwise than the week says. Of several for one day the shortest counts."""

    searched = ("name", "basis")
    named_after = ("day", "name")
    sorted_by = "day"

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Resmî tatil")
        HALF_DAY = "half_day", _("Yarım gün tatil")
        LEAVE = "leave", _("İdari izin")
        WORKING = "working", _("Çalışma günü")

    day = models.DateField(_("gün"), help_text=_("Her yıl yinelenen günde: ilk kez hangi yıl?"))
    name = models.CharField(_("ad"), max_length=150)
    kind = models.CharField(
        _("gün türü"),
        max_length=10,
        choices=Kind,
        default=Kind.HOLIDAY,
        help_text=_("“Çalışma günü” o günün tatilini kaldırır; hafta sonunda da çalışılır."),
    )
    works_until = ClockField(
        _("mesai bitişi"),
        blank=True,
        help_text=_("Yarım gün çalışılan günde yazınız, örneğin 13:00. Boşsa tatilde ve izinde hiç çalışılmaz."),
    )
    yearly = models.BooleanField(_("her yıl"), default=False)
    yearly_until = models.DateField(
        _("yürürlük sonu"), null=True, blank=True, help_text=_("Her yıl yinelenen gün kaldırıldıysa, son geçerli gün.")
    )
    basis = models.CharField(_("dayanak"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("takvim günü")
        verbose_name_plural = _("İş günleri takvimi")
        constraints = [
            Same("day", "kind", name="calendar_day_once", message=_("Bu gün bu türle takvimde zaten var.")),
            models.CheckConstraint(
                condition=~Q(kind="half_day") | ~Q(works_until=""),
                name="calendar_half_day_has_hour",
                violation_error_message=_("Yarım günde mesainin kaçta bittiğini yazınız, örneğin 13:00."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="holiday") | Q(works_until=""),
                name="calendar_holiday_has_no_hour",
                violation_error_message=_("Saat yazılan tatil yarım gündür: türü “Yarım gün tatil” seçiniz."),
            ),
            models.CheckConstraint(
                condition=Q(yearly_until__isnull=True) | Q(yearly=True, yearly_until__gte=F("day")),
                name="calendar_day_ends_after_start",
                violation_error_message=_(
                    "Yürürlük sonu yalnızca her yıl yinelenen günde, ilk günden sonraki bir gün olarak yazılır."
                ),
            ),
        ]

    def __str__(self):
        return f"{formats.date_format(self.day, 'SHORT_DATE_FORMAT')} {self.name}"


class WorkingHours(Row):
    """From when to when people work on a weekday; a break lies between two rows."""

    named_after = ("weekday", "starts_at", "ends_at")
    sorted_by = "weekday"

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Pazartesi")
        TUESDAY = 2, _("Salı")
        WEDNESDAY = 3, _("Çarşamba")
        THURSDAY = 4, _("Perşembe")
        FRIDAY = 5, _("Cuma")
        SATURDAY = 6, _("Cumartesi")
        SUNDAY = 7, _("Pazar")

    weekday = models.PositiveSmallIntegerField(_("haftanın günü"), choices=Weekday)
    starts_at = ClockField(_("başlangıç saati"))
    ends_at = ClockField(_("bitiş saati"))
    valid_from = models.DateField(
        _("geçerlilik başı"),
        help_text=_("Saatler değişince eskisini bitiriniz, yenisini ekleyiniz. Saati olmayan gün tatildir."),
    )
    valid_until = models.DateField(_("geçerlilik sonu"), null=True, blank=True)

    class Meta:
        verbose_name = _("çalışma saati")
        verbose_name_plural = _("Çalışma saatleri")
        constraints = [
            Same(
                "weekday",
                "starts_at",
                "valid_from",
                name="working_hours_once",
                message=_("Bu günün bu saatte başlayan mesaisi zaten var."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="working_hours_end_after_start",
                violation_error_message=_("Bitiş saati başlangıçtan sonra olmalı."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="working_hours_valid_in_order",
                violation_error_message=_("Geçerlilik sonu başından önce olamaz."),
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts_at}–{self.ends_at}"

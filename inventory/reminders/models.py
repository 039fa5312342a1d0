"""What reminds of a date, and what became of it: rules, notices, mails, answers; calendars of lists."""

from functools import partial

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from inventory.fields import NormalField
from inventory.models import Row, SavedView
from inventory.organization.models import Grant, Unit
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


class _ToSomebody(models.Model):
    """To an account, or to the mailbox of a unit."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="%(class)ss")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True


class Mail(_ToSomebody):
    """An e-mail, written down before it is sent: one without `sent_at` hangs, and the next run sends it again."""

    day = models.DateField()
    urgent = models.BooleanField()
    #: Its Message-ID, the same at each attempt, so that mailboxes know a second copy.
    key = models.CharField(max_length=32, unique=True, default=partial(get_random_string, 32))
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hatırlatma e-postası")
        verbose_name_plural = _("Hatırlatma e-postaları")
        constraints = [
            # Two runs at once: the database lets one of them write the digest.
            models.UniqueConstraint(fields=["account", "day"], condition=Q(urgent=False), name="digest_of_account"),
            models.UniqueConstraint(fields=["unit", "day"], condition=Q(urgent=False), name="digest_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.account or self.unit} {self.day}"


class Notice(_ToSomebody):
    """That a rule's step about a row was put into somebody's mail. Of another date it is another notice."""

    mail = models.ForeignKey(Mail, models.CASCADE, related_name="notices")
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="+")
    row_id = models.BigIntegerField()
    due = models.DateField()
    #: Days before, below zero after.
    step = models.SmallIntegerField()

    class Meta:
        verbose_name = _("hatırlatma")
        verbose_name_plural = _("Hatırlatmalar")
        constraints = [
            models.UniqueConstraint(
                fields=["row_id", "rule", "due", "step", "account"],
                condition=Q(unit=None),
                name="notice_once_for_account",
            ),
            models.UniqueConstraint(
                fields=["row_id", "rule", "due", "step", "unit"],
                condition=Q(account=None),
                name="notice_once_for_unit",
            ),
            models.CheckConstraint(
                condition=Q(account=None, unit__isnull=False) | Q(account__isnull=False, unit=None),
                name="notice_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.row_id} {self.step}"


class Answer(models.Model):
    """What somebody said to a reminder; the last one counts, and those before it stay."""

    class Kind(models.TextChoices):
        SEEN = "seen", _("Görüldü")
        LATER = "later", _("Ertelendi")
        AGAIN = "again", _("Yeniden hatırlatılsın")

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="+")
    row_id = models.BigIntegerField()
    due = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    #: The day on which it is reminded of again.
    until = models.DateField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminder_answers")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("hatırlatma yanıtı")
        verbose_name_plural = _("Hatırlatma yanıtları")
        indexes = [models.Index(fields=["row_id", "rule"], name="answer_of_row")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


class Rhythm(models.TextChoices):
    DAILY = "daily", _("Her iş günü tek özet")
    WEEKLY = "weekly", _("Haftada en çok bir özet")
    URGENT = "urgent", _("Yalnızca ivedi olanlar")


class Preference(models.Model):
    """How often somebody wants mail; who has chosen nothing gets a digest on each working day."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="reminder_preference"
    )
    rhythm = models.CharField(_("e-posta"), max_length=10, choices=Rhythm, default=Rhythm.DAILY)

    class Meta:
        verbose_name = _("hatırlatma ayarı")
        verbose_name_plural = _("Hatırlatma ayarları")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_rhythm_display()}"


class Feed(models.Model):
    """A saved view as a calendar for its owner. Its secret address is computed (`feeds.secret`), not kept."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    #: A new one is a new address.
    salt = models.CharField(max_length=32, default=partial(get_random_string, 32))
    pulled_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("takvim adresi")
        verbose_name_plural = _("Takvim adresleri")
        constraints = [models.UniqueConstraint(fields=["view", "owner"], name="feed_once_for_owner")]

    def __str__(self) -> str:
        return str(self.view)

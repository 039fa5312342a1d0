"""What was done in the application besides the rows' own history: who came in, what went out, from where.

What a row was before and after stands in its history, with who, when, why and the import. An entry here says from
which computer a change was sent, and records what no history has: logins, failed ones, files and lists that went out.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory import past, registers


class Unchangeable(Exception):
    """An entry is written once and stays."""


class _Entries(models.QuerySet):
    def update(self, **values):
        raise Unchangeable

    def delete(self):
        raise Unchangeable

    def forget_before(self, day) -> int:
        """Take away what is older than the law wants kept; only `manage.py forget_trail` does."""
        with past.opened():
            return super(_Entries, self.filter(at__lt=day)).delete()[0]


class Event(models.Model):
    class Kind(models.TextChoices):
        LOGIN = "login", _("Giriş")
        LOGOUT = "logout", _("Çıkış")
        LOGIN_FAILED = "login_failed", _("Başarısız giriş")
        CODE_FAILED = "code_failed", _("Parola doğru, kod yanlış")
        RECOVERY_USED = "recovery_used", _("Kurtarma koduyla giriş")
        FACTOR_ON = "factor_on", _("İkinci adım kuruldu")
        FACTOR_OFF = "factor_off", _("İkinci adım kaldırıldı")
        FACTOR_RESET = "factor_reset", _("İkinci adım sıfırlandı")
        RECOVERY_NEW = "recovery_new", _("Yeni kurtarma kodları")
        DIRECTORY_REFUSED = "directory_refused", _("Kurum dizini tanıdı, giriş verilmedi")
        DIRECTORY_GROUPS = "directory_groups", _("Kurum dizininden grup değişikliği")
        WENT_OUT = "went_out", _("Dışarı verilen dosya")
        CHANGE = "change", _("Değişiklik")
        SETUP = "setup", _("Hazırlık ve ayar")
        GRANT = "grant", _("Yetki")
        ACCOUNT = "account", _("Hesap")
        PERSONAL_READ = "personal_read", _("Kişisel veri okundu")
        PERSONAL_OUT = "personal_out", _("Kişisel veri dosyada verildi")
        PERSON_FILE = "person_file", _("Kişinin verileri verildi")
        PERSONAL_FORGOTTEN = "personal_forgotten", _("Süresi dolan kişisel veri silindi")
        FORGOTTEN = "forgotten", _("Silinen eski izler")

    at = models.DateTimeField(_("ne zaman"))
    kind = models.CharField(_("olay"), max_length=20, choices=Kind)
    # Named as well, and not bound: an entry stays as it is whatever becomes of the account.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    username = models.CharField(_("kim"), max_length=150, blank=True)
    address = models.CharField(_("nereden"), max_length=60, blank=True)
    register = models.CharField(_("kütük"), max_length=40, blank=True)
    row_id = models.BigIntegerField(_("kayıt no"), null=True)
    text = models.CharField(_("ne"), max_length=300, blank=True)
    details = models.JSONField(default=dict)

    objects = _Entries.as_manager()

    class Meta:
        # The page goes through them by id; each of its filters finds its entries in that order.
        indexes = [
            models.Index(fields=["at"], name="trail_at"),
            models.Index(fields=["username", "id"], name="trail_who"),
            models.Index(fields=["kind", "id"], name="trail_kind"),
            models.Index(fields=["register", "id"], name="trail_register"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.username} {self.text}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Unchangeable
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Unchangeable

    @property
    def subject(self) -> str:
        """The register that it is about, by its title, and the row's number."""
        title = next((register.title for register in registers.every() if register.slug == self.register), "")
        return f"{title} {self.row_id}" if title and self.row_id else title

    @property
    def history_url(self) -> str:
        """Where the row's own past is shown."""
        return reverse("register-history", args=[self.register, self.row_id]) if self.subject and self.row_id else ""

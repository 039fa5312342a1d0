"""An export that a worker makes: what was asked for, how far it is, and the file until it expires."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from imports import steps
from inventory import registers
from inventory.registers import Register


def _place(export: Export, filename: str) -> str:
    return f"exports/{export.pk}/{uuid.uuid4().hex}"


class Export(steps.Stepped):
    """One file on its way out of one register, its user's alone.

    `query` is the list's URL query with `parts` and `columns`; `reach` the units in which the user could see each
    part's rows when the file was made ({slug: [unit ids]}, [] being everywhere).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Sırada")
        RUNNING = "running", _("Hazırlanıyor")
        DONE = "done", _("Hazır")
        FAILED = "failed", _("Hazırlanamadı")
        CANCELLED = "cancelled", _("Vazgeçildi")

    busy = frozenset({State.WAITING, State.RUNNING})

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    register = models.CharField(_("kütük"), max_length=40)
    query = models.TextField(blank=True)
    #: The filters, as the user saw them.
    filters = models.TextField(blank=True)
    form = models.CharField(_("biçim"), max_length=10)
    language = models.CharField(max_length=10)
    state = models.CharField(_("durum"), max_length=10, choices=State, default=State.WAITING)
    rows = models.PositiveIntegerField(_("kayıt"), null=True)
    heartbeat = models.DateTimeField(null=True)
    reach = models.JSONField(default=dict)
    file = models.FileField(upload_to=_place, max_length=300, blank=True)
    #: What the browser calls the file.
    name = models.CharField(_("dosya"), max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("boyut"), default=0)
    #: What stopped it, for the user.
    message = models.TextField(blank=True)
    made_at = models.DateTimeField(_("istendi"), auto_now_add=True)
    expires_at = models.DateTimeField(_("saklanma sonu"), null=True, db_index=True)

    class Meta:
        verbose_name = _("dışa aktarım")
        verbose_name_plural = _("Dışa aktarımlar")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} · {self.name or self.register}"

    @property
    def of(self) -> Register:
        return registers.get(self.register)

    @property
    def params(self) -> QueryDict:
        return QueryDict(self.query)

    @property
    def progress(self) -> steps.Progress | None:
        return steps.progress(self)

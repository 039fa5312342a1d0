from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    COUNT = "count", _("Sayı: sayılan kayıtlar")
    RATE = "rate", _("Oran: sayılan ÷ oranlanan")
    WITHIN = "within", _("Oran: süresinde olanlar ÷ süresi bilinenler")
    DAYS = "days", _("Süre: iş günü ortalaması")

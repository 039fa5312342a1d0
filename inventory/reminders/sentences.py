"""What the trail says of the pages of reminders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.trail.sentences import Sentence, prepares

SENTENCES: dict[str, Sentence] = {
    "register-remind": prepares(_("%(what)s: hatırlatmaya yanıt verildi")),
    "reminders-own": prepares(_("Kendi hatırlatma e-postalarının sıklığını seçti")),
    "calendar-new": prepares(_("Bir görünüm için takvim adresi aldı")),
    "calendar-renew": prepares(_("Bir takvim adresini yeniledi")),
    "calendar-delete": prepares(_("Bir takvim adresini kaldırdı")),
}

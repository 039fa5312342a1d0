"""What the trail says of the API and of its tokens."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from inventory.api.models import Token
from inventory.organization.models import Asker
from inventory.trail.sentences import Sentence, Thing, prepares

SENTENCES: dict[str, Sentence] = {
    "token-new": prepares(_("Bir API anahtarı aldı")),
    "token-revoke": prepares(_("%(what)s iptal edildi"), "token"),
    "api-list": Sentence(
        _("%(what)s API ile yazıldı"), file=_("%(what)s API ile okundu"), about="register", of_list=True, by="token"
    ),
    "api-detail": Sentence(
        _("%(what)s API ile değiştirildi veya silindi"), file=_("%(what)s API ile okundu"), by="token"
    ),
    "api-step": Sentence(_("%(what)s için “%(step)s” adımı API ile atıldı"), by="token"),
    "api-documents": Sentence(
        _("%(what)s: API ile belge eklendi"), file=_("%(what)s belgelerinin listesi API ile okundu"), by="token"
    ),
    "api-file": Sentence(file=_("%(what)s: belgenin dosyası API ile indirildi"), by="token"),
    "api-history": Sentence(file=_("%(what)s tarihçesi API ile okundu"), by="token"),
}


def _tokens(ids: Collection[int], user: Asker) -> Mapping[int, str]:
    return dict(Token.objects.filter(pk__in=ids).values_list("pk", "name"))


THINGS: dict[str, Thing] = {"token": Thing(_("API anahtarı"), "", _tokens)}

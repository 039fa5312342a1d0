"""What the pages of documents do, for the trail."""

from django.utils.translation import gettext_lazy as _

from inventory.trail.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "register-attach": Sentence(_("%(what)s: belge eklendi")),
    "register-attach-many": Sentence(_("%(what)s: belge eklendi"), about="register"),
    "documents-match": Sentence(_("Dosyalar adlarına göre kayıtlara bağlandı")),
    "document-file": Sentence(file=_("%(what)s: belgenin dosyası indirildi"), about="documents"),
    "documents-zip": Sentence(file=_("Belgeler zip olarak indirildi"), about="documents", of_list=True),
    "document-version": Sentence(_("%(what)s: yeni sürüm eklendi"), about="documents"),
    "document-link": Sentence(_("%(what)s: belge bir kayda daha bağlandı"), about="documents"),
    "document-unlink": Sentence(_("%(what)s: belge bir kayıttan ayrıldı"), about="documents"),
}

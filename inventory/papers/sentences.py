"""What the trail says of labels and papers."""

from django.utils.translation import gettext_lazy as _

from inventory.trail.sentences import Sentence

SENTENCES = {
    "register-labels": Sentence(file=_("%(what)s için etiket basıldı"), of_list=True),
    "row-papers": Sentence(_("%(what)s için çıktı istendi"), file=_("%(what)s için çıktı basıldı"), is_change=False),
    "print-file": Sentence(file=_("%(what)s için basılmış çıktı yeniden verildi")),
    "paper-upload": Sentence(_("%(what)s için yeni sürüm yüklendi"), about="paper-templates"),
    "paper-version-file": Sentence(file=_("%(what)s: bir sürümü verildi"), about="paper-templates"),
    "paper-version-try": Sentence(
        _("%(what)s: bir sürümü denendi"),
        file=_("%(what)s: bir sürümü denendi"),
        about="paper-templates",
        is_change=False,
    ),
    "paper-version-use": Sentence(_("%(what)s: bir sürümü geçerli yapıldı"), about="paper-templates"),
}

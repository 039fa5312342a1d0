"""What the trail says of labels."""

from django.utils.translation import gettext_lazy as _

from inventory.trail.sentences import Sentence

SENTENCES = {
    "register-labels": Sentence(file=_("%(what)s için etiket basıldı"), of_list=True),
}

from django.utils.translation import gettext_lazy as _

from inventory.papers.models import LabelFormat, PaperTemplate
from inventory.registers import Register, register

register(
    Register(
        slug="label-formats",
        model=LabelFormat,
        group="list",
        icon="qrcode",
        columns=(
            "name",
            "page_width",
            "page_height",
            "across",
            "down",
            "label_width",
            "label_height",
            "margin_left",
            "margin_top",
            "gap_across",
            "gap_down",
            "notes",
        ),
        sections=((_("Sayfa"), "page_width"), (_("Etiket"), "label_width"), (_("Boşluklar"), "margin_left")),
        listed=("name", "page_width", "page_height", "across", "down", "label_width", "label_height"),
        filters=("name", "label_width", "label_height"),
        identity=(("name",),),
        order="name",
        scope=None,
        public=True,
        synonyms={"name": ("etiket", "biçim")},
    )
)

register(
    Register(
        slug="paper-templates",
        model=PaperTemplate,
        group="list",
        icon="file-text",
        columns=("name", "subject", "notes"),
        listed=("name", "subject", "notes"),
        filters=("subject", "name"),
        identity=(("name",),),
        order="name",
        scope=None,
        public=True,
        stewards_only=True,
        synonyms={"name": ("şablon",)},
    )
)

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.computed.declared import Validity
from inventory.documents.guarding import of_documents
from inventory.documents.models import Document, DocumentKind, Requirement
from inventory.registers import Register, register

DOCUMENTS = register(
    Register(
        slug="documents",
        model=Document,
        group="record",
        icon="files",
        columns=(
            "kind", "title", "doc_no", "doc_on", "issuer", "valid_until", "replaced_by", "confidential",
            "signed", "signer", "signed_on", "ebys_no", "file_plan_code", "verification_code", "kep_id",
            "retention_until", "notes", "file_name", "size", "sha256",
        ),
        sections=(
            (_("Belge"), "kind"),
            (_("İmza ve kayıt"), "signed"),
            (_("Saklama"), "retention_until"),
            (_("Dosya"), "file_name"),
        ),
        listed=("title", "kind", "doc_no", "doc_on", "issuer", "valid_until", "due", "file_name"),
        filters=("kind", "due", "doc_on", "valid_until", "confidential", "signed"),
        identity=(("kind", "title", "doc_no"),),
        named_by=("title",),
        order="title",
        scope="links",
        confidential="confidential",
        guard=of_documents,
        made_on="documents-match",
        # One that was replaced asks for nothing any more.
        validity=Validity(ends="valid_until", overdue=Q(replaced_by=None)),
        synonyms={
            "kind": ("tür", "belge türü"),
            "doc_no": ("sayı", "evrak no", "belge no"),
            "doc_on": ("tarih", "evrak tarihi"),
            "issuer": ("veren kurum", "düzenleyen kurum"),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="document-kinds",
        model=DocumentKind,
        group="list",
        belongs_to="documents",
        icon="file-description",
        columns=("code", "name", "register"),
        listed=("name", "code", "register"),
        filters=("register",),
        identity=(("code",),),
        named_by=("code", "name"),
        order="name",
        scope=None,
        public=True,
        blanks={"register": _("Her kütükte")},
    )
)

register(
    Register(
        slug="required-documents",
        model=Requirement,
        group="list",
        belongs_to="documents",
        icon="file-alert",
        columns=("register", "kind", "only", "notes"),
        listed=("register", "kind", "only"),
        filters=("register", "kind"),
        identity=(("register", "kind", "only"),),
        order="register",
        scope=None,
        public=True,
        blanks={"only": _("Bütün türlerde")},
    )
)

"""The kinds of document, and those that must be there, with which a new installation starts."""

from inventory import registers
from inventory.documents.models import DocumentKind, Requirement
from inventory.reference import add_missing, data


def load() -> dict[str, int]:
    kinds, required = registers.get("document-kinds"), registers.get("required-documents")
    lines = data(kinds, "document_kinds.csv")
    made = (DocumentKind(code=each["code"], name=each["name"], register=each["register"]) for each in lines)
    added = {kinds.slug: add_missing(kinds, made, "code")}
    must = {each["code"]: each["register"] for each in lines if each["required"]}
    rows = (Requirement(register=must[kind.code], kind=kind) for kind in DocumentKind.objects.filter(code__in=must))
    return added | {required.slug: add_missing(required, rows, "register", "kind_id")}

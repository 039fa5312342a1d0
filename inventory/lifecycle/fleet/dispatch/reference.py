"""Which licence drives which kind of vehicle: a beginning from general knowledge, which users check and change."""

from inventory import registers
from inventory.lifecycle.fleet.dispatch.models import LicenceRule
from inventory.models import Kind
from inventory.reference import add_missing, data

_UNCHECKED = "Genel bilgiye göre başlangıç değeri; yürürlükteki mevzuatla karşılaştırınız."


def load() -> dict[str, int]:
    register = registers.get("licence-rules")
    kinds = {kind.name: kind for kind in Kind.objects.filter(register=register.kinds_of)}
    rows = [
        LicenceRule(
            kind=kinds[line["kind"]],
            classes=line["classes"],
            needs_operator=bool(line["needs_operator"]),
            notes=_UNCHECKED,
        )
        for line in data(register, "licence_rules.csv")
        if line["kind"] in kinds
    ]
    return {register.slug: add_missing(register, rows, "kind_id")}

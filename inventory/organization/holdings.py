"""What a person still answers for: every row of every register that names her, such as before she leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.columns import Column
from inventory.editing.doubts import Case, Limits
from inventory.models import IN_SERVICE, Asset
from inventory.organization.models import Grant, Person
from inventory.registers import Register


@dataclass(frozen=True)
class Held:
    """So many rows of a register name the person in one of its columns; `query` is their list."""

    register: Register
    column: Column
    count: int
    query: str


def held_by(person: Person, user) -> list[Held]:
    """Within what the user may see; one query for each column that names people. Items out of service are left out."""
    held = []
    for register, column in _naming():
        asked: dict[str, object] = {column.name: person.pk}
        rows = access.visible_to(register, user).filter(**asked)
        if issubclass(register.model, Asset):
            rows, asked = rows.filter(status__in=IN_SERVICE), asked | {"status": IN_SERVICE}
        if count := rows.count():
            held.append(Held(register, column, count, urlencode(asked, doseq=True)))
    return held


class Leaving:
    """Whoever goes off duty and still holds something is asked about once (`inventory.editing.doubts.Rule`).

    All registers count, also what the writer may not see: it would be nobody's.
    """

    columns = ("active",)

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        leaving = {case.row.pk: case for case in cases if case.before.get("active") and not case.row.active}
        counts: dict[int, list[str]] = defaultdict(list)
        for register, column in _naming() if leaving else ():
            rows = access.visible_to(register, None).filter(**{f"{column.name}__in": leaving})
            if issubclass(register.model, Asset):
                rows = rows.filter(status__in=IN_SERVICE)
            for pk, count in rows.order_by().values_list(column.name).annotate(Count("pk")):
                counts[pk].append(f"{register.title} · {column.label} ({count})")
        message = _(
            "%(person)s görevden ayrılıyor, ama üzerinde hâlâ kayıt var: %(held)s. Kişinin sayfasında “Listede aç”a "
            "basıp kayıtları seçiniz ve “Seçilenleri değiştir” ile başkasına veriniz; verilmezse onun üzerinde kalır."
        )
        for pk, held in counts.items():
            yield leaving[pk], message % {"person": leaving[pk].row, "held": ", ".join(held)}


def _naming() -> Iterator[tuple[Register, Column]]:
    """The columns that name people; what somebody may do is shown beside it."""
    return ((register, column) for register, column in registers.naming(Person) if register.model is not Grant)

"""Which rows a column may name, and which row a person means by a text."""

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.columns import Column, Type
from inventory.computed.columns import find, source
from inventory.models import GONE, Kind, Row
from inventory.organization.models import Person, Unit, unit_key
from inventory.registers import Register
from inventory.search import fold, matching


def candidates(register: Register, column: Column, user) -> QuerySet:
    """The rows that may stand in a reference column, as far as the user may see them. With each row comes what it
    names, since it may be offered by that (`Row.choice`)."""
    target = registers.of(column.target)
    rows = access.visible_to(target, user) if target else column.target._default_manager.all()
    if target and target.references:
        rows = rows.select_related(*target.joined)
    return rows.filter(register=register.kinds_of or register.slug) if column.related_model is Kind else rows


def choosable(register: Register, column: Column, user) -> QuerySet:
    """The candidates without what is no longer chosen: groups of kinds, closed units, people who left."""
    rows = candidates(register, column, user)
    if column.related_model is Kind:
        return rows.filter(is_group=False)
    if column.related_model is Unit:
        return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate()))
    if column.related_model is Person:
        return rows.filter(active=True)
    return rows


def over(target: Register) -> Q | None:
    """The rows that are seldom meant: items out of service, records that have ended. They are offered last."""
    if target.group == "asset":
        return Q(status__in=GONE)
    if target.validity is None:
        return None
    ended = Q(**{f"{target.validity.ends}__lt": timezone.localdate()})
    for name, values in target.validity.ended.items():
        ended |= Q(**{f"{name}__in": values})
    return ended


def text_of(row) -> str:
    """A row as it is offered in a list of rows to choose from."""
    return row.choice() if isinstance(row, Row) else str(row)


def names(row) -> set[str]:
    """The folded names by which a person may call a row."""
    target = registers.of(type(row))
    texts = {str(row), text_of(row)}
    for name in target.named_by if target else ():
        # Known spellings stand one below the other in one column.
        texts.update(str(getattr(row, name) or "").splitlines())
    key = unit_key if isinstance(row, Unit) else fold
    return {key(text) for text in texts if text.strip()}


def _likely(rows: QuerySet, text: str) -> QuerySet:
    """The rows that have the text's words; of what is no Row and keeps no text to search, such as a group, all."""
    return matching(rows, text) if issubclass(rows.model, Row) else rows


def named(rows: QuerySet, text: str) -> list:
    """The rows that the text names exactly, but for case, accents and a unit's usual short forms."""
    key = unit_key(text) if rows.model is Unit else fold(text)
    # A row as it is shown and offered has more than its words: "Ad Soyad (1234) · Birim".
    likely = _likely(rows, text.partition(" · ")[0].replace("(", " ").replace(")", " "))
    if rows.model is Unit:
        # "Fen İşleri Daire Bşk." shares only its first words with the unit's name.
        likely = rows.filter(search_text__contains=fold(text).split()[0]) if fold(text) else rows.none()
    return [row for row in likely if key in names(row)]


def query_from_texts(register: Register, texts: dict[str, str], user) -> dict[str, str]:
    """A filter as a person writes it (district=Gebze) as the list's own query (district=17).

    Raises ValueError with a sentence that names the candidates when a text means nothing or two things.
    """
    query = {}
    for name, text in texts.items():
        column = find(register, name)
        if column and column.type == Type.REFERENCE:
            of, there = source(register, column)
            query[name] = str(_the_one(candidates(of, there, user), column, text).pk)
        elif column and column.type == Type.CHOICE:
            query[name] = _choice(column, text)
        else:
            query[name] = text
    return query


def _the_one(rows: QuerySet, column: Column, text: str):
    matches = named(rows, text)
    if len(matches) == 1:
        return matches[0]
    near = ", ".join(f"“{text_of(row)}”" for row in (matches or _likely(rows, text))[:5])
    hint = _(" Şunlardan biri mi: %(near)s?") % {"near": near} if near else ""
    raise ValueError(
        _("%(column)s: “%(text)s” tek bir kayda karşılık gelmiyor.") % {"column": column.label, "text": text} + hint
    )


def _choice(column: Column, text: str) -> str:
    for value, label in column.choices.items():
        if fold(text) in (fold(value), fold(label)):
            return str(value)
    labels = ", ".join(f"“{label}”" for label in column.choices.values())
    raise ValueError(
        _("%(column)s: “%(text)s” yok. Şunlardan birini yazınız: %(labels)s.")
        % {"column": column.label, "text": text, "labels": labels}
    )

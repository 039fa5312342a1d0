"""Which heading of a sheet is which column of a register."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils import translation
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from imports import besides
from imports.composites import composites
from imports.plan import Finding
from inventory.columns import Column
from inventory.registers import Register
from inventory.search import fold

# The heading of the column that carries a record's id.
KEY_HEADINGS = ("Kayıt No", "Kayıt Numarası", "Record No", "ID")
# Columns that we add to the refused rows of a sheet, for people alone: the row's number, and why it was refused.
OUR_HEADINGS = ("Dosyadaki satırı", "Neden yazılmadı", "Row in the file", "Why it was not written")
_MARKS = re.compile(r"[^\w²³]+")
_UNIT = re.compile(r"\s*\([^)]*\)\s*$")
_TWIN = re.compile(r"(.+) \(\d+\)")
# "Markası", "Durumu", "Modeli": the possessive that Turkish headings often carry, as it is folded.
_POSSESSIVE = re.compile(r"(?<=\w\w\w)(?:s[iu]|[iu])$")
LONGEST_SHEET_NAME = 31
# Below this likeness a proposal would rather mislead.
_NEAR = 70


class Reading(StrEnum):
    """What becomes of the cells under a heading."""

    KEY = "key"
    READ = "read"
    BESIDE = "beside"  # of another table (imports/besides.py)
    COMPUTED = "computed"  # known, but the system fills it
    UNKNOWN = "unknown"
    LEFT_OUT = "left_out"  # as the user asked


@dataclass(frozen=True)
class Heading:
    """A heading of the sheet; `columns` are the names it fills, `near` the columns it may mean."""

    place: int
    text: str
    reading: Reading
    columns: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matching:
    """Every heading of a sheet with what is read from it."""

    headings: list[Heading]
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    @property
    def read(self) -> list[Heading]:
        return [h for h in self.headings if h.reading == Reading.READ]

    @property
    def key(self) -> Heading | None:
        return next((h for h in self.headings if h.reading == Reading.KEY), None)

    @property
    def beside(self) -> list[Heading]:
        return [h for h in self.headings if h.reading == Reading.BESIDE]

    def columns(self) -> set[str]:
        return {name for heading in self.read for name in heading.columns}

    def heading_of(self, column: str) -> Heading | None:
        """The heading whose cells fill the column."""
        return next((h for h in self.headings if column in h.columns), None)


def key_label(register: Register) -> str:
    """The heading of the column by which a sheet finds the register's rows again."""
    return register.key.label if register.key.name in register.columns else KEY_HEADINGS[0]


def titles(register: Register) -> set[str]:
    """What our exports name the register's sheet, in either language."""
    found = set()
    for language in ("tr", "en"):
        with translation.override(language):
            found.add(register.title[:LONGEST_SHEET_NAME])
    return found


class UnknownColumn(ValueError):
    """A column or heading named by the caller does not exist; the message says which there are."""


def heading_key(text: str) -> str:
    """A heading as it is compared: folded, without marks.

    >>> heading_key("Alan (m²)") == heading_key("ALAN-M2")
    True
    """
    return " ".join(_MARKS.sub(" ", fold(text)).split())


def is_ours(header: str) -> bool:
    """Whether we wrote the column ourselves, and nothing is to be read from it."""
    return heading_key(header) in {heading_key(text) for text in OUR_HEADINGS}


def known_headings(register: Register) -> set[str]:
    """Every heading that `match` would understand, for finding the header row."""
    found = {text for column in register.all_columns() for text in (column.name, *column.labels())}
    found |= {text for texts in register.synonyms.values() for text in texts}
    found |= {heading for one in composites(register) for heading in one.headings}
    found |= {text for texts in besides.headings(register).values() for text in texts}
    return found | set(KEY_HEADINGS)


def match(
    register: Register, headers: Sequence[str], header_row: int, given: Mapping[str, str] | None = None
) -> Matching:
    """Match headings to columns; `given` says for some headings which column it is, "" being none.

    Likeness alone never matches: it only proposes. Raises UnknownColumn when `given` names what is not there.
    """
    told = _told(register, headers, given or {})
    vocabulary = _vocabulary(register)
    found = {header: told.get(header) or _find(header, headers, vocabulary) for header in headers}
    taken = {h: columns for h, columns in told.items() if columns}
    errors, ousted = _settle_rivals(register, found, told, header_row)
    headings, warnings = [], []
    for place, header in enumerate(headers):
        columns = () if header in ousted else found[header][1]
        heading = _heading(register, place, header, columns, left_out=header in told and header not in taken)
        headings.append(heading)
        if heading.reading == Reading.UNKNOWN:
            warnings.append(Finding(header_row, header, "", _unread(register, heading, ousted.get(header))))
    return Matching(headings, errors, warnings)


def _heading(register: Register, place: int, header: str, columns: tuple[str, ...], left_out: bool) -> Heading:
    if left_out:
        return Heading(place, header, Reading.LEFT_OUT)
    if not columns and is_ours(header):
        return Heading(place, header, Reading.COMPUTED)
    if not columns:
        return Heading(place, header, Reading.UNKNOWN, near=_near(register, header))
    if columns == (register.key.name,):
        return Heading(place, header, Reading.KEY, columns)
    if columns[0] in besides.names(register):
        return Heading(place, header, Reading.BESIDE, columns)
    if not register.column(columns[0]).editable:
        return Heading(place, header, Reading.COMPUTED, columns)
    return Heading(place, header, Reading.READ, columns)


# A rank (the lower, the surer) and the columns.
_Found = tuple[int, tuple[str, ...]]
_NOTHING: _Found = (9, ())


def _vocabulary(register: Register) -> dict[str, _Found]:
    """Heading → the columns it means; a heading that means two columns equally means none."""
    meanings: dict[str, dict[int, set[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(set))

    def learn(text: str, rank: int, columns: tuple[str, ...]) -> None:
        for form, more in ((text, 0), (_UNIT.sub("", text), 2)):
            if key := heading_key(form):
                meanings[key][rank + more].add(columns)

    for column in register.all_columns():
        for text in (column.name, *column.labels()):
            learn(text, 1, (column.name,))
    for name, texts in register.synonyms.items():
        for text in texts:
            learn(text, 2, (name,))
    for one in composites(register):
        for text in one.headings:
            learn(text, 2, one.columns)
    for name, texts in besides.headings(register).items():
        for text in texts:
            learn(text, 3, (name,))
    if register.key.name not in register.columns:
        for text in KEY_HEADINGS:
            learn(text, 0, (register.key.name,))
    found = {}
    for key, by_rank in meanings.items():
        rank = min(by_rank)
        if len(by_rank[rank]) == 1:
            found[key] = (rank, next(iter(by_rank[rank])))
    return found


def _find(header: str, headers: Sequence[str], vocabulary: dict[str, _Found]) -> _Found:
    twin = _TWIN.fullmatch(header)
    text = twin[1] if twin and twin[1] in headers else header
    for form, more in ((text, 0), (_UNIT.sub("", text), 4)):
        key = heading_key(form)
        for spelt, less_sure in ((key, 0), (_POSSESSIVE.sub("", key), 1)):
            if found := vocabulary.get(spelt):
                return found[0] + more + less_sure, found[1]
    return _NOTHING


def _told(register: Register, headers: Sequence[str], given: Mapping[str, str]) -> dict[str, _Found | None]:
    by_key = {heading_key(header): header for header in reversed(headers)} | {h: h for h in headers}
    told: dict[str, _Found | None] = {}
    for text, name in given.items():
        header = by_key.get(text) or by_key.get(heading_key(text))
        if header is None:
            raise UnknownColumn(
                _("Dosyada “%(header)s” başlığı yok; başlıklar: %(headers)s.")
                % {"header": text, "headers": ", ".join(f"“{h}”" for h in headers)}
            )
        told[header] = (0, column_names(register, name)) if name else None
    return told


def column_names(register: Register, text: str) -> tuple[str, ...]:
    """The columns that a name, a label or "a+b" means. Raises UnknownColumn."""
    for one in composites(register):
        if text == "+".join(one.columns):
            return one.columns
    labels = {heading_key(t): c.name for c in register.all_columns() for t in (*c.labels(), c.name)}
    if text == register.key.name or text in besides.names(register):
        return (text,)
    if name := labels.get(heading_key(text)):
        return (name,)
    names = ", ".join(column.name for column in register.all_columns())
    raise UnknownColumn(
        _("“%(column)s” adında bir sütun yok; şunlardan birini yazınız: %(names)s.") % {"column": text, "names": names}
    )


def _settle_rivals(
    register: Register, found: dict[str, _Found], told: Mapping, header_row: int
) -> tuple[list[Finding], dict[str, str]]:
    """Several headings for one column: the surest is read. Equally sure ones are an error, which asks."""
    rivals: dict[str, list[str]] = defaultdict(list)
    for header, (_rank, columns) in found.items():
        if header in told and not told[header]:
            continue
        for name in columns:
            rivals[name].append(header)
    errors, ousted = [], {}
    for name, headers in rivals.items():
        best = min(found[header][0] for header in headers)
        first = [header for header in headers if found[header][0] == best]
        ousted |= {header: first[0] for header in headers if header not in first}
        if len(first) > 1:
            known = besides.names(register) | {column.name: column.label for column in register.all_columns()}
            label = known.get(name) or key_label(register)
            errors.append(
                Finding(
                    header_row,
                    first[1],
                    "",
                    _(
                        "%(headers)s başlıklarının ikisi de “%(column)s” sütununa uyuyor. Hangisinin "
                        "okunacağını seçiniz; ötekini “okunmasın” olarak bırakınız."
                    )
                    % {"headers": ", ".join(f"“{h}”" for h in first), "column": label},
                )
            )
    return errors, ousted


def _near(register: Register, header: str) -> tuple[str, ...]:
    """Up to three columns whose headings are like this one."""
    texts: dict[str, Column] = {}
    for column in register.all_columns():
        if column.editable:
            for text in (*column.labels(), *register.synonyms.get(column.name, ())):
                texts.setdefault(heading_key(text), column)
    close = process.extract(heading_key(header), list(texts), scorer=fuzz.WRatio, limit=8, score_cutoff=_NEAR)
    return tuple(dict.fromkeys(texts[text].name for text, _score, _place in close))[:3]


def _unread(register: Register, heading: Heading, instead: str | None) -> str:
    if instead:
        return _("Bu sütun okunmadı, çünkü aynı bilgi “%(other)s” başlığından okundu.") % {"other": instead}
    if heading.near:
        labels = ", ".join(f"“{register.column(name).label}”" for name in heading.near)
        return _("Bu başlık tanınmadı, sütun okunmadı. Şunlardan biriyse eşleştiriniz: %(labels)s.") % {
            "labels": labels
        }
    return _("Bu başlık tanınmadı, sütun okunmadı. Gerekliyse bir sütunla eşleştiriniz.")

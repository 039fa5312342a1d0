"""Which heading of a sheet is which column of a register."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from imports.checking import besides
from imports.checking.composites import composites
from imports.plans.plan import Finding
from imports.words import known
from imports.words.headings import KEY_HEADINGS, NOTHING, REMEMBERED, Columns, Meaning, Vocabulary, heading_key
from inventory.columns import Type
from inventory.computed.columns import computed, shown
from inventory.registers import Register

# Columns that we add to the refused rows of a sheet (folded): the row's number with that of its import, and why.
_OURS = re.compile(
    r"(?:dosyadaki satiri|row in the file)(?: (?:aktarim|import) (?P<batch>\d{1,18}))?"
    r"|neden yazilmadi|why it was not written"
)
_TWIN = re.compile(r"(.+) \(\d+\)")
LONGEST_SHEET_NAME = 31


# Whether the cells at a place of the rows can be read as these columns.
Fits = Callable[[int, Columns], bool]


class Reading(StrEnum):
    """What becomes of the cells under a heading."""

    KEY = "key"
    READ = "read"
    BESIDE = "beside"  # of another table (imports/checking/besides.py)
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

    def label_of(self, column: str) -> str:
        """The text of that heading; "" where the sheet has none."""
        heading = self.heading_of(column)
        return heading.text if heading else ""


def key_label(register: Register) -> str:
    """The heading of the column by which a sheet finds the register's rows again."""
    return register.key.label if register.key.name in register.columns else KEY_HEADINGS[0]


def titles(register: Register) -> set[str]:
    """What our exports name the register's sheet, in either language."""
    names = set()
    for language in ("tr", "en"):
        with translation.override(language):
            names.add(register.title[:LONGEST_SHEET_NAME])
    return names


class UnknownColumn(ValueError):
    """A column or heading named by the caller does not exist; the message says which there are."""


def is_ours(header: str) -> bool:
    """Whether we wrote the column ourselves, and nothing is to be read from it."""
    return _OURS.fullmatch(heading_key(header)) is not None


def came_from(headers: Sequence[str]) -> int | None:
    """The number of the import whose refused rows the sheet has."""
    matches = (_OURS.fullmatch(heading_key(header)) for header in headers)
    return next((int(match["batch"]) for match in matches if match and match["batch"]), None)


def known_headings(register: Register) -> set[str]:
    """Every heading that `match` would understand, for finding the header row."""
    return Vocabulary(register, known.headings(register)).known()


def match(
    register: Register,
    headers: Sequence[str],
    header_row: int,
    given: Mapping[str, str] | None = None,
    fits: Fits = lambda place, columns: True,
    remembered: Mapping[str, str] | None = None,
) -> Matching:
    """Match headings to columns; `given` says for some headings which column it is, "" being none.

    `fits` decides for a heading with two equal meanings. `remembered` is what was said of headings, by their keys, for
    other files: it is reported, and a column's own label goes before it. What was only concluded from a heading is a
    warning. Raises UnknownColumn when `given` names what is not there.
    """
    answered = _answered(register, headers, given or {})
    vocabulary = Vocabulary(register, known.headings(register))
    past = {header: m for header, m in _past(register, headers, remembered or {}).items() if header not in answered}
    said = past | answered
    meanings = {header: said.get(header) or _find(header, headers, vocabulary) for header in headers}
    meanings |= {header: NOTHING for header, meaning in said.items() if meaning is None}
    settled = _settle(register, headers, meanings, fits, header_row)
    _take_slips(vocabulary, settled, [h for h in headers if not meanings[h].options and h not in said])
    matching = Matching([], settled.errors)
    for place, header in enumerate(headers):
        heading = _heading(vocabulary, place, header, settled, left_out=said.get(header, NOTHING) is None)
        matching.headings.append(heading)
        if header in past and heading.reading != Reading.UNKNOWN:
            message = _recalled(register, heading)
        else:
            message = _remark(register, heading, settled, meanings[header], given=header in answered)
        if message:
            matching.warnings.append(Finding(header_row, header, "", message))
    if ours := [heading.text for heading in matching.headings if _is_computed(register, heading, settled)]:
        message = _("Şu sütunları program kendi hesaplar, dosyadan okumaz: %(headings)s.")
        matching.warnings.append(Finding(header_row, "", "", message % {"headings": ", ".join(f"“{h}”" for h in ours)}))
    return matching


def _past(register: Register, headers: Sequence[str], remembered: Mapping[str, str]) -> dict[str, Meaning | None]:
    """What is remembered of the file's headings; a column that is gone is forgotten."""
    names = {register.key.name, *register.columns, *besides.names(register)}
    names |= {"+".join(one.columns) for one in composites(register)}
    meanings: dict[str, Meaning | None] = {}
    for header in headers:
        name = remembered.get(heading_key(header))
        if name in names:
            meanings[header] = Meaning(REMEMBERED, (tuple(name.split("+")),))
        elif name == "":
            meanings[header] = None
    return meanings


def _find(header: str, headers: Sequence[str], vocabulary: Vocabulary) -> Meaning:
    twin = _TWIN.fullmatch(header)
    return vocabulary.find(twin[1] if twin and twin[1] in headers else header)


def _heading(vocabulary: Vocabulary, place: int, header: str, settled: _Settled, left_out: bool) -> Heading:
    register, columns = vocabulary.register, settled.chosen.get(header, ())
    if left_out:
        return Heading(place, header, Reading.LEFT_OUT)
    if not columns and is_ours(header):
        return Heading(place, header, Reading.COMPUTED)
    if not columns:
        asked = tuple(name for option in settled.open.get(header, ()) for name in option)
        return Heading(place, header, Reading.UNKNOWN, near=asked or vocabulary.near(header))
    if columns[0] in computed(register):
        return Heading(place, header, Reading.COMPUTED)
    if columns == (register.key.name,):
        return Heading(place, header, Reading.KEY, columns)
    if columns[0] in besides.names(register):
        return Heading(place, header, Reading.BESIDE, columns)
    if not register.column(columns[0]).editable:
        return Heading(place, header, Reading.COMPUTED, columns)
    return Heading(place, header, Reading.READ, columns)


def _is_computed(register: Register, heading: Heading, settled: _Settled) -> bool:
    return heading.reading == Reading.COMPUTED and bool({*settled.chosen.get(heading.text, ())} & {*computed(register)})


def _answered(register: Register, headers: Sequence[str], given: Mapping[str, str]) -> dict[str, Meaning | None]:
    by_key = {heading_key(header): header for header in reversed(headers)} | {h: h for h in headers}
    values: dict[str, Meaning | None] = {}
    for text, name in given.items():
        header = by_key.get(text) or by_key.get(heading_key(text))
        if header is None:
            raise UnknownColumn(
                _("Dosyada “%(header)s” başlığı yok; başlıklar: %(headers)s.")
                % {"header": text, "headers": ", ".join(f"“{h}”" for h in headers)}
            )
        values[header] = Meaning(0, (column_names(register, name),)) if name else None
    return values


def column_names(register: Register, text: str) -> Columns:
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


@dataclass
class _Settled:
    """What became of each heading: its columns; the surer heading of its column; the meanings to choose from."""

    chosen: dict[str, Columns] = field(default_factory=dict)
    ousted: dict[str, tuple[str, str]] = field(default_factory=dict)
    open: dict[str, list[Columns]] = field(default_factory=dict)
    slips: set[str] = field(default_factory=set)
    errors: list[Finding] = field(default_factory=list)


def _settle(
    register: Register, headers: Sequence[str], meanings: Mapping[str, Meaning], fits: Fits, header_row: int
) -> _Settled:
    """Several headings for one column: the surest is read. Equally sure ones are an error, which asks."""
    settled = _Settled()
    taken: dict[str, Any] = {}
    # Of equally sure ones those first that mean one thing alone.
    for rank, many in sorted({(m.rank, len(m.options) > 1) for m in meanings.values() if m.options}):
        rivals: dict[str, list[str]] = defaultdict(list)
        for place, header in enumerate(headers):
            options = meanings[header].options
            if (meanings[header].rank, len(options) > 1) != (rank, many):
                continue
            free = [option for option in options if not taken.keys() & set(option)]
            if columns := _the_one(register, place, free, fits):
                settled.chosen[header] = columns
                for name in columns:
                    rivals[name].append(header)
            elif free:
                settled.open[header] = free
            else:
                name = next(name for option in options for name in option if name in taken)
                settled.ousted[header] = (name, taken[name])
        taken |= {name: first[0] for name, first in rivals.items()}
        for name, equal in rivals.items():
            if len(equal) > 1:
                settled.errors.append(Finding(header_row, equal[1], "", _rivals(_label(register, name), equal)))
    return settled


def _the_one(register: Register, place: int, options: Sequence[Columns], fits: Fits) -> Columns | None:
    """The only option, or the only one that the cells fit; a text takes every cell, and so says least."""
    texts = [option for option in options if _takes_all(register, option)]
    for some in ([option for option in options if option not in texts], texts):
        fitting = [option for option in some if len(options) == 1 or fits(place, option)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _takes_all(register: Register, option: Columns) -> bool:
    takes_all = (Type.TEXT, Type.LONG_TEXT, Type.REFERENCE)
    return option[0] in register.columns and register.column(option[0]).type in takes_all


def _take_slips(vocabulary: Vocabulary, settled: _Settled, headers: Sequence[str]) -> None:
    """A heading that nobody knows, but for one letter, is its column if no other heading is or wants to be."""
    taken = {name for columns in settled.chosen.values() for name in columns}
    wanted: dict[str, list[str]] = defaultdict(list)
    for header in headers:
        if (name := vocabulary.slip(header)) and name not in taken:
            wanted[name].append(header)
    for name, rivals in wanted.items():
        if len(rivals) == 1:
            settled.chosen[rivals[0]] = (name,)
            settled.slips.add(rivals[0])


# Words --------------------------------------------------------------------------------------------------


def _label(register: Register, name: str) -> str:
    labels = besides.names(register) | {column.name: column.label for column in shown(register)}
    return labels.get(name) or key_label(register)


def labels_of(register: Register, columns: Sequence[str]) -> str:
    """The columns as a person reads them: “Ada” and “Parsel” are "Ada / Parsel"."""
    return " / ".join(_label(register, name) for name in columns)


def _rivals(column: str, headers: Sequence[str]) -> str:
    return _(
        "%(headers)s başlıklarının ikisi de “%(column)s” sütununa uyuyor. Hangisinin "
        "okunacağını seçiniz; ötekini “okunmasın” olarak bırakınız."
    ) % {"headers": ", ".join(f"“{header}”" for header in headers), "column": column}


def _remark(register: Register, heading: Heading, settled: _Settled, meaning: Meaning, given: bool) -> str:
    """What a person should know of how the heading was taken, or ""."""
    values = {"header": heading.text, "column": labels_of(register, heading.columns)}
    if heading.reading == Reading.UNKNOWN:
        return _unread(register, heading, settled)
    if heading.reading == Reading.COMPUTED and given:
        return _("“%(column)s” sütununu sistem hesaplar; “%(header)s” başlığının altındaki değerler okunmadı.") % values
    if heading.text in settled.slips:
        return _("“%(header)s”, “%(column)s” sütununa çok benziyor, öyle okundu. Değilse düzeltiniz.") % values
    if meaning.concluded:
        return _("“%(header)s” başlığı “%(column)s” olarak okundu. Değilse düzeltiniz.") % values
    return ""


def _recalled(register: Register, heading: Heading) -> str:
    values = {"header": heading.text, "column": labels_of(register, heading.columns)}
    if heading.reading == Reading.LEFT_OUT:
        return _("“%(header)s” başlığı, daha önce verdiğiniz yanıta göre okunmadı.") % values
    return _("“%(header)s” başlığı, daha önce verdiğiniz yanıta göre “%(column)s” olarak okundu.") % values


def _unread(register: Register, heading: Heading, settled: _Settled) -> str:
    labels = ", ".join(f"“{_label(register, name)}”" for name in heading.near)
    if instead := settled.ousted.get(heading.text):
        name, other = instead
        return _(
            "Bu sütun okunmadı, çünkü “%(column)s” bilgisi “%(other)s” başlığından okundu. Başka bir bilgiyse "
            "eşleştiriniz."
        ) % {"column": _label(register, name), "other": other}
    if heading.text in settled.open:
        return _("Bu başlık iki anlama gelebilir (%(labels)s), sütun okunmadı. Birini seçiniz.") % {"labels": labels}
    if heading.near == (register.key.name,):
        return _(
            "Başka bir sistemin numarası olabilir, sütun okunmadı. Buradan verilmiş bir numaraysa “%(key)s” ile "
            "eşleştiriniz."
        ) % {"key": key_label(register)}
    if heading.near:
        return _("Bu başlık tanınmadı, sütun okunmadı. Şunlardan biriyse eşleştiriniz: %(labels)s.") % {
            "labels": labels
        }
    return _("Bu başlık tanınmadı, sütun okunmadı. Gerekliyse bir sütunla eşleştiriniz.")

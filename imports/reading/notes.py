"""What a sheet hides or leaves open, in sentences."""

from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from imports.reading.header import letters
from imports.workbooks.raw import RawSheet

_MOST_NAMED = 12


def spans(numbers: Iterable[int]) -> str:
    """Row numbers, runs joined: "5, 7–9"; after twelve of them only how many rows there are in all."""
    runs: list[list[int]] = []
    rows = 0
    for number in numbers:
        rows += 1
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    named = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    return (
        _first_few(named)
        if len(named) <= _MOST_NAMED
        else _("%(named)s … (%(rows)d satır)")
        % {
            "named": ", ".join(named[:_MOST_NAMED]),
            "rows": rows,
        }
    )


def sheet_notes(raw: RawSheet, body: int, columns: dict[int, str], skipped: Collection[int]) -> list[str]:
    """Notes on rows from `body` on; `columns` are those that are read, by their place, with their names.

    What a skipped row (a total) holds is not read, so its formulas are no matter.
    """
    notes = []
    if rows := [row for row in raw.marks.hidden_rows if row >= body]:
        notes.append(_("Gizli satırlar da okundu: %(rows)s.") % {"rows": spans(rows)})
    if hidden := [f"{letters(c)} ({columns[c]})" for c in raw.marks.hidden_columns if c in columns]:
        notes.append(_("Gizli sütunlar da okundu: %(columns)s.") % {"columns": _first_few(hidden)})
    notes += _merged(raw, body)
    notes += _formulas(raw, body, skipped)
    if not raw.marks.complete:
        notes.append(
            _(
                "Bu dosyada gizli satır ve sütunlar ile hata veren formüller seçilemiyor; hepsi okundu, "
                "hatalı hücreler boş sayıldı. Görmek için .xlsx olarak kaydedip yükleyiniz."
            )
        )
    return notes


def _merged(raw: RawSheet, body: int) -> list[str]:
    merged = [area for area in raw.marks.merged if area[1] >= body]
    if not merged:
        return []
    areas = [
        f"{letters(left)}{top}:{letters(right)}{bottom}"
        for top, bottom, left, right in merged
        if left is not None and right is not None
    ]
    if len(areas) < len(merged):
        where = _("satır %(rows)s") % {"rows": spans(area[0] for area in merged)}
    else:
        where = _first_few(areas)
    return [_("Birleştirilmiş hücrelerin yalnızca ilki dolu okundu: %(where)s.") % {"where": where}]


def _formulas(raw: RawSheet, body: int, skipped: Collection[int]) -> list[str]:
    notes = []
    errors = [
        f"{letters(column)}{row} ({text})"
        for row, cells in sorted(raw.marks.errors.items())
        for column, text in sorted(cells.items())
        if row >= body and row not in skipped
    ]
    if errors:
        notes.append(
            _("Hata veren formüller var: %(cells)s. Excel’de düzeltip yeniden yükleyiniz.")
            % {"cells": _first_few(errors)}
        )
    elif rows := [row for row in raw.marks.error_rows if row >= body and row not in skipped]:
        notes.append(
            _("Hata veren formüller boş okundu: satır %(rows)s. Düzeltip yeniden yükleyiniz.") % {"rows": spans(rows)}
        )
    if cells := [f"{letters(column)}{row}" for row, column in raw.marks.uncached if row >= body and row not in skipped]:
        notes.append(
            _(
                "Sonucu dosyaya kaydedilmemiş formüller boş okundu: %(cells)s. Dosyayı Excel’de açıp "
                "kaydediniz ve yeniden yükleyiniz."
            )
            % {"cells": _first_few(cells)}
        )
    return notes


def _first_few(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return _("%(names)s … ve %(more)d tane daha") % {
        "names": ", ".join(names[:_MOST_NAMED]),
        "more": len(names) - _MOST_NAMED,
    }

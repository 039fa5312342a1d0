"""Where the table begins: the header row, proposed, and the names in it."""

import re
from collections.abc import Collection
from itertools import islice

from imports.workbooks.raw import RawSheet
from inventory.cells.cell import Cell, show
from inventory.search import fold

_LOOKED_AT = 30
_LONGEST_NAME = 80
_NUMBER_OR_DATE = re.compile(r"[\d\s.,:/%()₺+-]+(?:TL|m²)?")
# A header row may lack a name or two; a title row has fewer.
_ENOUGH = 0.8


def propose(raw: RawSheet, known: Collection[str]) -> tuple[int, int]:
    """(row number, 1 or 2 rows) of the header among the first 30 rows that are not blank.

    The row with the most headers of `known`, if one has two; else the first that has nearly as many
    names as the best and something below it. A second row belongs to it where cells are merged over columns.
    """
    head = list(islice(raw.rows(), _LOOKED_AT))
    folded = {fold(name) for name in known}
    names = [_names(cells) for _number, cells in head]
    hits = [len(folded.intersection(map(fold, row))) for row in names]
    if max(hits) >= 2:
        at = hits.index(max(hits))
    else:
        # The last row has nothing below it, unless it is the only one.
        counts = [len(row) for row in names[: max(len(head) - 1, 1)]]
        at = next(i for i, count in enumerate(counts) if count >= _ENOUGH * max(counts))
    number = head[at][0]
    if at and _is_group_row(raw, head[at - 1][0]) and len(names[at - 1]) >= 2:
        return head[at - 1][0], 2
    if _is_group_row(raw, number) and at + 1 < len(head) and len(names[at + 1]) >= 2:
        return number, 2
    return number, 1


def _names(cells: list[Cell]) -> list[str]:
    texts = (cell.strip() for cell in cells if isinstance(cell, str))
    return [text for text in texts if len(text) <= _LONGEST_NAME and not _NUMBER_OR_DATE.fullmatch(text)]


def _is_group_row(raw: RawSheet, row: int) -> bool:
    """Whether cells of this one row are merged over columns, but not over the whole sheet as in a title."""
    merged = [(first, last) for top, bottom, first, last in raw.marks.merged if top == bottom == row]
    spans = [last - first for first, last in merged if first is not None and last is not None]
    return any(1 <= span < raw.width - 1 for span in spans)


def header_names(raw: RawSheet, rows: list[tuple[int, list[Cell]]]) -> list[str]:
    """A name for each column, "" where there is none; of two rows, the group and the name in it.

    A group reaches as far as its cells are merged; where no cell is, to the next group.
    """
    texts = [[_name(cell) for cell in cells] + [""] * (raw.width - len(cells)) for _number, cells in rows]
    if len(texts) == 1:
        return texts[0]
    groups, names = texts
    group, merged_to = "", -1
    top_row = rows[0][0]
    ends = {first: last for top, _bottom, first, last in raw.marks.merged if top == top_row and last is not None}
    joined = []
    for column, name in enumerate(names):
        if groups[column]:
            group, merged_to = groups[column], ends.get(column + raw.first_column, -1)
        inside = groups[column] or (name and (not ends or column + raw.first_column <= merged_to))
        joined.append(" / ".join(part for part in (group if inside else "", name) if part))
    return joined


def _name(cell: Cell) -> str:
    return "" if cell is None else " ".join(show(cell).split())


def without_twins(names: list[str]) -> tuple[list[str], list[str]]:
    """(names that differ, those that came twice): the second "Adı" is "Adı (2)"."""
    seen: dict[str, int] = {}
    different, twins = [], []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 2:
            twins.append(name)
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        while unique in different or (unique != name and unique in names):
            seen[name] += 1
            unique = f"{name} ({seen[name]})"
        different.append(unique)
    return different, twins


def letters(column: int) -> str:
    """Column 0 is "A", 26 is "AA", as in Excel."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text

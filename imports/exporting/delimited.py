"""CSV in two forms: for Excel in Turkish, and plain for other programs."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from imports.exporting.parts import Part, Values
from inventory.cells.quoting import safe_text
from inventory.columns import Column


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    encoding: str
    decimal: str
    #: A day as text. Not strftime, which shortens years before 1000 on some platforms.
    day: Callable[[dt.date], str]


def _office(day: dt.date) -> str:
    time = f" {day.time()}" if isinstance(day, dt.datetime) else ""
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}{time}"


# Semicolons, a byte order mark and the office's own numbers, since Excel in Turkish expects them.
OFFICE = Dialect(";", "utf-8-sig", ",", _office)
PLAIN = Dialect(",", "utf-8", ".", lambda day: day.isoformat())


def delimited(part: Part, dialect: Dialect) -> Iterator[tuple[int, bytes]]:
    """The file in pieces, the headings in the first, each with the number of rows so far."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow([column.label for column in part.columns])
    encode, rows = codecs.getincrementalencoder(dialect.encoding)().encode, 0
    for chunk in part.chunks():
        columns = [_cells(column, values, dialect) for column, values in zip(part.columns, chunk, strict=True)]
        writer.writerows(zip(*columns, strict=True))
        rows += len(columns[0])
        yield rows, encode(text.getvalue())
        text.seek(0)
        text.truncate()
    if not rows:
        yield 0, encode(text.getvalue())


def _cells(column: Column, values: Values, dialect: Dialect) -> list[str]:
    if column.type.is_number:
        return ["" if v is None else f"{v}".replace(".", dialect.decimal) for v in values]
    others = cast(list[str | dt.date | None], values)
    return ["" if v is None else safe_text(v) if isinstance(v, str) else dialect.day(v) for v in others]

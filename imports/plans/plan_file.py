"""A long list of lines in one file, of which a page is read without the rest, also of the lines of one kind.

The lines lie in blocks, each compressed by itself; behind them the places of each kind's lines, and an index. So
a page costs at most as many blocks as it has lines, however long the list is, and nothing is held in memory but
one block and four bytes a line. SQLite would be eight times as large, or half as quick (docs/architecture.md).
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import IO, Any

import orjson

# Large enough to compress well, small enough to be read for a single line.
BLOCK = 200
_MAGIC = b"plan0001"
_TAIL = struct.Struct("<QQ8s")


class Damaged(ValueError):
    """No Writer has finished the file, or it is not as it was written."""


class Writer:
    """`add` every line, then leave the `with`; `head` may hold what belongs to no line."""

    def __init__(self, file: IO[bytes]):
        self._file = file
        self._lines: list[bytes] = []
        self._blocks: list[tuple[int, int]] = []
        self._places: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._count = 0
        self.head: object = None

    def __enter__(self) -> Writer:
        return self

    def add(self, line: Sequence[object], kinds: Sequence[str] = ()) -> None:
        for kind in kinds:
            self._places[kind].append(self._count)
        self._lines.append(orjson.dumps(line, default=list))
        self._count += 1
        if len(self._lines) == BLOCK:
            self._flush()

    def _flush(self) -> None:
        if self._lines:
            self._blocks.append(self._put(b"\n".join(self._lines)))
            self._lines.clear()

    def _put(self, part: bytes) -> tuple[int, int]:
        start = self._file.tell()
        return start, self._file.write(zlib.compress(part, 4))

    def __exit__(self, *failed: object) -> None:
        if failed[0] is not None:
            return
        self._flush()
        places = {kind: self._put(_bytes(lines)) for kind, lines in self._places.items()}
        index = {"count": self._count, "head": self.head, "blocks": self._blocks, "places": places}
        start, length = self._put(json.dumps(index, ensure_ascii=False).encode())
        self._file.write(_TAIL.pack(start, length, _MAGIC))


class Reader:
    """The lines of a written file, all or those of one kind, from any place on."""

    def __init__(self, file: IO[bytes]):
        """Raises Damaged, as every reading of lines does."""
        self._file = file
        if file.seek(0, 2) < _TAIL.size:
            raise Damaged("no plan")
        file.seek(-_TAIL.size, 2)
        start, length, magic = _TAIL.unpack(file.read(_TAIL.size))
        if magic != _MAGIC:
            raise Damaged("no plan")
        index = json.loads(self._get(start, length))
        self.head = index["head"]
        self.count: int
        self._blocks, self._kinds, self.count = index["blocks"], index["places"], index["count"]

    def lines(self, kind: str = "", first: int = 0, most: int | None = None) -> Iterator[list[Any]]:
        places = self._places(kind)[first : None if most is None else first + most]
        for block, group in groupby(places, lambda place: place // BLOCK):
            lines = self._get(*self._blocks[block]).split(b"\n")
            for place in group:
                yield orjson.loads(lines[place % BLOCK])

    def _places(self, kind: str) -> Sequence[int]:
        if not kind:
            return range(self.count)
        places = array("I")
        if kind in self._kinds:
            places.frombytes(self._get(*self._kinds[kind]))
        if sys.byteorder == "big":
            places.byteswap()
        return places

    def _get(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        try:
            return zlib.decompress(self._file.read(length))
        except zlib.error as error:
            raise Damaged("no plan") from error


def _bytes(places: array[int]) -> bytes:
    if sys.byteorder == "big":
        places = array(places.typecode, places)
        places.byteswap()
    return places.tobytes()

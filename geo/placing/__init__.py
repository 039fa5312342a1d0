"""Where a sheet's items lie: shapes and coordinates beside an item's own columns (imports/checking/besides.py).

`columns`: what the headings may be; `coordinates`: cells into shapes in WGS 84; `judging`: what would change;
`own`: the list of places itself; `writing`: the locations written and taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.placing.judging import Places
    from geo.placing.own import OwnPositions


class Placing:
    """What geo offers the imports; its modules, with the libraries of shapes, are loaded when they are asked for."""

    column = "location"
    #: What a register's row must say of itself, besides what the sheet has.
    needs: Sequence[str] = ("location", "area_m2")

    @staticmethod
    def names(register) -> Mapping[str, str]:
        from geo.placing import columns

        return columns.names(register)

    @staticmethod
    def headings(register) -> Mapping[str, Sequence[str]]:
        from geo.placing import columns

        return columns.headings(register)

    @staticmethod
    def judge(register, *given) -> Places | OwnPositions:
        from geo.placing import columns, judging, own

        return (own.OwnPositions if columns.is_of_places(register) else judging.Places)(register, *given)

    @staticmethod
    def write(register, planned, by) -> list[int]:
        from geo.placing import writing

        return writing.write(register, planned, by)

    @staticmethod
    def to_undo(batch) -> int:
        from geo.placing import writing

        return len(writing.untouched(batch))

    @staticmethod
    def undo(batch, by) -> int:
        from geo.placing import writing

        return writing.undo(batch, by)


__all__ = ["Placing"]

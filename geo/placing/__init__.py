"""Where a sheet's items lie: shapes and coordinates beside an item's own columns (imports/besides.py).

`columns`: what the headings may be; `coordinates`: cells into shapes in WGS 84; `judging`: what would change;
`writing`: the locations written and taken back.
"""

from geo.placing.columns import headings, names
from geo.placing.judging import Places
from geo.placing.writing import undo, untouched, write


class Placing:
    """What geo offers the imports."""

    column = "location"
    #: What a register's row must tell of itself, besides what the sheet has.
    needs = ("location", "area_m2")
    names = staticmethod(names)
    headings = staticmethod(headings)
    judge = Places
    write = staticmethod(write)
    undo = staticmethod(undo)

    @staticmethod
    def to_undo(batch) -> int:
        return len(untouched(batch))


__all__ = ["Placing"]

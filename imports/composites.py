"""Cells that fill two columns: "123/4" is block and parcel, "1/2" a share."""

from collections.abc import Callable
from dataclasses import dataclass

from inventory import normal
from inventory.registers import Register


@dataclass(frozen=True)
class Composite:
    """Headings (folded, without marks) under which one cell fills several columns.

    `split` raises ValueError with a sentence for the user.
    """

    columns: tuple[str, ...]
    headings: tuple[str, ...]
    split: Callable[[str], tuple]


_ALL = (
    Composite(("block", "parcel"), ("ada parsel", "ada parsel no", "block parcel"), normal.parcel),
    Composite(
        ("share_numerator", "share_denominator"),
        ("hisse", "hisse orani", "hisse pay payda", "pay payda", "share"),
        normal.share,
    ),
)


def composites(register: Register) -> list[Composite]:
    """Those whose columns the register has."""
    return [one for one in _ALL if set(one.columns) <= set(register.columns)]

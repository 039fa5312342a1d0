"""Trees kept as paths: what lies below a node is one text range, on any database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import Q


def code_path(code: str) -> str:
    """The path of a dotted code; its plain order is the codes' order by number.

    >>> code_path("1.1.4.2") < code_path("1.1.4.10")
    True
    """
    return "".join(f"{part.strip().zfill(6)}." for part in code.split("."))


class Tree(models.Model):
    """A row whose `path` begins with the path of every row above it."""

    path = models.CharField(max_length=250, db_index=True, editable=False)

    class Meta:
        abstract = True

    @property
    def depth(self) -> int:
        return self.path.count(".") - 1


class CodeTree(Tree):
    """A tree by its rows' dotted codes."""

    code: models.CharField[str, str]
    sorted_by = "code"
    # 1.1.4.2 comes before 1.1.4.10.
    ordered_as: ClassVar = {"code": "path"}

    class Meta:
        abstract = True

    def derive(self) -> None:
        self.path = code_path(self.code)
        super().derive()  # type: ignore[misc]  # of Row, beside which it stands


def below(nodes: Iterable[Tree], prefix: str = "") -> Q:
    """The condition "is one of these or lies below one"; no node matches nothing.

    `prefix` leads from the filtered rows to the tree, as in `responsible_unit__`.
    """
    condition = Q(pk__in=[])
    for node in nodes:
        condition |= Q(**{f"{prefix}path__startswith": node.path})
    return condition

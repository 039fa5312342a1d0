"""What may come only once, in whatever spelling: declared by a model, kept by the database on both kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from inventory.fields import Text

# Behind a column's name: the column that keeps its text as sameness has it.
SUFFIX = "_same"


class SameField(models.TextField):  # type: ignore[type-arg]  # a field has none when it runs
    """The text of the column whose name it carries, folded (`search.fold`); `Row.derive` fills it.

    It is of the present alone: a history has the text as it was typed.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**{"editable": False, "default": "", **kwargs})

    @property
    def of(self) -> str:
        return self.name.removesuffix(SUFFIX)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class DoubledField(models.BigIntegerField):  # type: ignore[type-arg]  # as above
    """0, or the row's own id where it is known to be there twice (`sameness.doubles`)."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"editable": False, "default": 0, **kwargs})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, kwargs


class Same(models.UniqueConstraint):
    """Columns whose values together come once among the rows that meet `where`: `Same("make_same", "serial_no_same")`.

    A text stands here by its folded column, the most specific first. `blanks`: references whose blank is a value like
    any other; to a database two blanks are never equal. `near`: columns that make one look twice when they alone are
    the same. `sameness.twins` judges it and names the other row; Django would only say that there is one.
    """

    def __init__(
        self,
        *stored: str,
        name: str,
        message: Text,
        where: Q | None = None,
        blanks: Sequence[str] = (),
        near: Sequence[str] = (),
    ):
        self.stored, self.blanks, self.near = stored, tuple(blanks), tuple(near)
        self.columns = tuple(each.removesuffix(SUFFIX) for each in stored)
        values = [Coalesce(each, 0) if each in blanks else F(each) for each in stored]
        super().__init__(*values, F("doubled"), name=name, condition=where, violation_error_message=message)

    def clone(self) -> Same:
        return type(self)(
            *self.stored,
            name=self.name,
            message=self.violation_error_message or "",
            where=self.condition,
            blanks=self.blanks,
            near=self.near,
        )

    def deconstruct(self) -> Any:
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.UniqueConstraint", args, kwargs

    def validate(self, *_: object, **__: object) -> None:
        """Nothing: see above."""

"""Sums that are true to the last kuruş on every database."""

from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, DecimalField


class ExactSum(Aggregate):
    """The sum of a decimal column as an exact Decimal; of no rows it is 0.

    SQLite keeps decimals as floating point and would add them so; there, whole units of the last place are
    added instead.
    """

    function = "SUM"

    def __init__(self, expression: str, *, places: int = 2, **extra: Any):
        super().__init__(expression, output_field=DecimalField(max_digits=30, decimal_places=places), **extra)
        self.places = places

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"SUM(CAST(ROUND(%(expressions)s * {10**self.places}) AS INTEGER))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def get_db_converters(self, connection: Any) -> list[Any]:
        return [self._exact]

    def _exact(self, value: Any, expression: object, connection: Any) -> Decimal:
        if value is None:
            return Decimal(0).scaleb(-self.places)
        return Decimal(value).scaleb(-self.places) if connection.vendor == "sqlite" else Decimal(value)


def exact_sum(field: str, places: int = 2) -> ExactSum:
    """`queryset.aggregate(area=exact_sum("area_m2"))`."""
    return ExactSum(field, places=places)

"""Working hours that are hardly meant: two rows that hold at the same time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.calendar.models import WorkingHours
from inventory.editing.doubts import Case, Limits


@dataclass(frozen=True)
class _AtOneTime:
    """The calendar counts such rows together, so that shorter hours would change nothing."""

    columns: tuple[str, ...] = ("weekday", "starts_at", "ends_at", "valid_from", "valid_until")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        own = [case.row for case in cases]
        stored = WorkingHours.objects.exclude(pk__in=[row.pk for row in own if row.pk])
        rows = [row for row in (*stored, *own) if row.weekday and row.starts_at and row.ends_at and row.valid_from]
        for case in cases:
            rivals = [row for row in rows if row is not case.row and case.row in rows and _overlap(row, case.row)]
            if rivals:
                sentence = _(
                    "Bu saatler “%(other)s” ile çakışıyor; ikisi birleştirilerek sayılır. Saatler değiştiyse önce onun "
                    "geçerlilik sonunu yazınız."
                )
                yield case, sentence % {"other": rivals[0]}


def _overlap(one: WorkingHours, other: WorkingHours) -> bool:
    return (
        one.weekday == other.weekday
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
        and (other.valid_until is None or one.valid_from <= other.valid_until)
        and (one.valid_until is None or other.valid_from <= one.valid_until)
    )


AT_ONE_TIME = _AtOneTime()

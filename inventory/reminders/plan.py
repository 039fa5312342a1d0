"""What goes out on a day, to whom and why: worked out from rules, rows, answers and what has gone out before. It writes
nothing, so that a page, `remind --dry-run` and `remind` say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Q

from inventory import access
from inventory.calendar import working_time
from inventory.many import chunked
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.reminders.dates import watched
from inventory.reminders.due import Due, due
from inventory.reminders.models import Answer, Mail, Notice, Rhythm, Rule
from inventory.reminders.readers import Held, Reader, Readers

_PART = 500
#: (rule, row, date, step, account, unit): what goes out once.
Key = tuple[int, int, dt.date, int, int | None, int | None]


@dataclass(frozen=True)
class Planned:
    """A step of a rule about a row, for one reader; `held` says why it does not go out."""

    due: Due
    reader: Reader
    why: str
    held: str = ""
    is_sent: bool = False

    @property
    def key(self) -> Key:
        return (self.due.rule.pk, self.due.row.pk, self.due.day, self.due.step, *self.reader.key)


@dataclass(frozen=True)
class Letter:
    """An e-mail to be: a digest, or an urgent row by itself."""

    reader: Reader
    urgent: bool
    lines: list[Planned]


@dataclass
class Plan:
    today: dt.date
    #: Whose page it is: only rows that she may see. Nobody is the run itself.
    asker: Asker = None
    rules: Sequence[Rule] | None = None
    readers: Readers = field(default_factory=Readers)
    #: What the calendar does not know; the week's days then decide.
    note: str = ""

    @cached_property
    def is_working_day(self) -> bool:
        try:
            return working_time.load().is_working_day(self.today)
        except working_time.Unknown as unknown:
            self.note = str(unknown)
            return self.today.isoweekday() <= 5

    @cached_property
    def lines(self) -> list[Planned]:
        """One for each row and reader."""
        rules = Rule.objects.filter(active=True).order_by("name", "pk") if self.rules is None else self.rules
        return [line for rule in rules for line in self._of(rule)]

    def _of(self, rule: Rule) -> list[Planned]:
        only = self._only(rule)
        if only is None:
            return []
        rows = list(due(rule, self.today, only))
        self.readers.rows[rule.pk] = [each.row.pk for each in rows]
        answers = last_answers(rule, [each.row.pk for each in rows])
        lines = [line for each in rows for line in self._for(each, answers)]
        sent = _sent(rule, [each.row.pk for each in rows])
        return [replace(line, is_sent=True) if line.key in sent else line for line in lines]

    def _only(self, rule: Rule) -> Q | None:
        """None where the asker may see no row of the rule's register."""
        if self.asker is None:
            return Q()
        found = watched(rule.date)
        if found is None or not access.may_see(found[0], self.asker):
            return None
        return Q(pk__in=access.visible_to(found[0], self.asker).values("pk"))

    def _for(self, each: Due, answers: Mapping[tuple[int, dt.date], Answer]) -> Iterator[Planned]:
        silence = silenced(answers.get((each.row.pk, each.day)), each.step, self.today)
        named = [*self.readers.of(each)] or [(Reader("—"), "", Held.NOBODY)]
        for reader, why, held in named:
            if not each.rule.urgent and reader.rhythm == Rhythm.URGENT:
                held = held or Held.URGENT_ONLY
            yield Planned(each, reader, why, silence or held)

    @cached_property
    def _weeks_digests(self) -> dict[tuple[int | None, int | None], dt.date]:
        """The day of each reader's last digest of this week."""
        monday = self.today - dt.timedelta(self.today.weekday())
        mails = Mail.objects.filter(urgent=False, day__gte=monday, day__lte=self.today).order_by("day")
        return {(account, unit): day for account, unit, day in mails.values_list("account", "unit", "day")}

    def letters(self) -> list[Letter]:
        """What goes out now."""
        waiting = [line for line in self.lines if not line.held and not line.is_sent]
        letters = [Letter(line.reader, True, [line]) for line in waiting if line.due.rule.urgent]
        digests: dict[tuple[int | None, int | None], list[Planned]] = {}
        for line in waiting:
            if not line.due.rule.urgent and self._has_digest_now(line.reader):
                digests.setdefault(line.reader.key, []).append(line)
        return [*letters, *(Letter(lines[0].reader, False, lines) for lines in digests.values())]

    def _has_digest_now(self, reader: Reader) -> bool:
        last = self._weeks_digests.get(reader.key)
        return self.is_working_day and (last is None or (reader.rhythm == Rhythm.DAILY and last < self.today))


def last_answers(rule: Rule, row_ids: Iterable[int]) -> dict[tuple[int, dt.date], Answer]:
    """What was last said of each row and date."""
    answers: dict[tuple[int, dt.date], Answer] = {}
    for part in chunked(row_ids, _PART):
        for answer in Answer.objects.filter(rule=rule, row_id__in=part).select_related("user").order_by("pk"):
            answers[answer.row_id, answer.due] = answer
    return answers


def silenced(answer: Answer | None, step: int, today: dt.date) -> str:
    """Why an answer keeps the step back; "" where it does not. What was seen is said again once it is overdue."""
    if answer and answer.kind == Answer.Kind.SEEN and step >= 0:
        return Held.SEEN
    if answer and answer.kind == Answer.Kind.LATER and answer.until and answer.until > today:
        return Held.LATER
    return ""


def _sent(rule: Rule, row_ids: Iterable[int]) -> set[Key]:
    sent: set[Key] = set()
    for part in chunked(row_ids, _PART):
        notices = Notice.objects.filter(rule=rule, row_id__in=part)
        sent.update(notices.values_list("rule", "row_id", "due", "step", "account", "unit"))
    return sent


def titles(lines: Iterable[Planned], asker: Asker) -> dict[tuple[str, int], str]:
    """What the rows are called to somebody who reads about them: what she may not see stays veiled."""
    rows: dict[Register, dict[int, Any]] = {}
    for line in lines:
        # Other readers see the row otherwise.
        rows.setdefault(line.due.register, {})[line.due.row.pk] = copy(line.due.row)
    named = ((register, access.veil(register, asker, some.values())) for register, some in rows.items())
    return {(register.slug, row.pk): str(row) for register, some in named for row in some}

"""What somebody says to a reminder on the row's page: seen, later, or remind again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import access
from inventory.editing.fields import DayField
from inventory.hooks import Panel, Write
from inventory.organization.models import Asker, User
from inventory.registers import Register
from inventory.reminders.due import Due, due, may_be_due
from inventory.reminders.models import Answer, Notice, Rule
from inventory.reminders.plan import last_answers, silenced

#: So far ahead a reminder may be put off.
FURTHEST = dt.timedelta(365)


@dataclass(frozen=True)
class Reminder:
    """A step that has come for a row, what was said to it, and when it went out last."""

    due: Due
    answer: Answer | None
    held: str
    sent_at: dt.datetime | None


def of_row(register: Register, pk: int, today: dt.date) -> Iterator[Reminder]:
    for rule in rules_of(register):
        for each in due(rule, today, Q(pk=pk)):
            answer = last_answers(rule, [pk]).get((pk, each.day))
            sent = Notice.objects.filter(rule=rule, row_id=pk, due=each.day).aggregate(last=Max("mail__sent_at"))
            yield Reminder(each, answer, silenced(answer, each.step, today), sent["last"])


def rules_of(register: Register) -> QuerySet[Rule]:
    return Rule.objects.filter(active=True, date__startswith=f"{register.slug}.").order_by("name", "pk")


def panel(register: Register, row: Any, user: Asker) -> Panel | None:
    """Of the row's page; nothing while nothing is due."""
    today = timezone.localdate()
    # The own dates of most rows show that nothing is due; these cost no further query.
    if not any(may_be_due(rule, row, today) for rule in rules_of(register)):
        return None
    reminders = list(of_row(register, row.pk, today))
    if not reminders:
        return None
    context = {"reminders": reminders, "may_answer": access.in_scope(register, user, row)}
    return Panel("reminders/_row.html", context)


def say(reminder: Reminder, kind: str, until: str, user: User) -> str:
    """Keep the answer, and return what is said to the user. Raises ValueError with a sentence for a wrong day."""
    today, day = timezone.localdate(), None
    if kind == Answer.Kind.LATER:
        try:
            day = DayField().clean(until)
        except ValidationError as error:
            raise ValueError(_("Ertelenecek günü “31.12.2026” gibi yazınız.")) from error
        if not today < day <= today + FURTHEST:
            raise ValueError(_("Hatırlatma yarından başlayarak en çok bir yıl ertelenebilir; başka bir gün yazınız."))
    due = reminder.due
    Answer.objects.create(rule=due.rule, row_id=due.row.pk, due=due.day, kind=kind, until=day, user=user)
    return {
        Answer.Kind.SEEN: _("Görüldü olarak işaretlendi; tarih geçinceye kadar yeniden hatırlatılmaz."),
        Answer.Kind.LATER: _("Hatırlatma ertelendi."),
        Answer.Kind.AGAIN: _("Yeniden hatırlatılacak."),
    }[Answer.Kind(kind)]


def forget(write: Write) -> None:
    """Of rows that went with their history."""
    for model in (Notice, Answer):
        model._default_manager.filter(
            rule__date__startswith=f"{write.register.slug}.", row_id__in=list(write.ids)
        ).delete()

"""How reminders are said on pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from inventory.reminders import wording
from inventory.reminders.due import Due
from inventory.reminders.plan import Planned
from inventory.reminders.readers import Held, Why

register = template.Library()


@register.filter
def left(due: Due) -> str:
    return wording.left(due)


@register.filter
def why(line: Planned) -> str:
    return str(Why(line.why).label) if line.why else "—"


@register.filter
def outcome(line: Planned) -> str:
    if line.held:
        return _("Gitmez: %(why)s") % {"why": Held(line.held).label}
    if line.is_sent:
        return _("Gönderildi")
    return _("İlk gönderimde") if line.due.rule.urgent else _("Sıradaki özette")

"""Which entries an auditor wants to see."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.organization.models import Person, User
from inventory.pages.form_fields import choice
from inventory.pages.widgets import DateInput
from inventory.search import matching
from inventory.trail.models import Event

_SMALL = {"class": "form-select form-select-sm"}
# As many as a statement may carry; a municipality has fewer accounts.
_MOST_NAMES = 30_000
_TEXT = {"class": "form-control form-control-sm"}


class EventFilter(forms.Form):
    first = forms.DateField(label=_("İlk gün"), required=False, widget=DateInput(_TEXT))
    last = forms.DateField(label=_("Son gün"), required=False, widget=DateInput(_TEXT))
    who = forms.CharField(
        label=_("Kim"),
        required=False,
        max_length=150,
        widget=forms.TextInput(_TEXT | {"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Olay"), required=False, widget=forms.Select(_SMALL))
    register = forms.ChoiceField(label=_("Kütük"), required=False, widget=forms.Select(_SMALL))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choice(self, "kind").choices = [("", _("Hepsi")), *Event.Kind.choices]
        choice(self, "register").choices = [("", _("Hepsi")), *((r.slug, r.title) for r in registers.every())]

    def narrowed(self):
        """The entries asked for, newest first; none while a filter is wrong."""
        if not self.is_valid():
            return Event.objects.none()
        asked, events = self.cleaned_data, Event.objects.order_by("-id")
        if asked["first"]:
            events = events.filter(at__gte=_begin(asked["first"]))
        if asked["last"]:
            events = events.filter(at__lt=_begin(asked["last"] + dt.timedelta(days=1)))
        if who := asked["who"]:
            events = events.filter(username__in=_names(who))
        for name, column in (("kind", "kind"), ("register", "register")):
            if asked[name]:
                events = events.filter(**{column: asked[name]})
        return events

    def described(self) -> list[tuple[str, str]]:
        """What is asked for, as a person would say it: (what, value)."""
        if not self.is_valid():
            return []
        return [
            (str(self.fields[name].label), _shown(self.fields[name], value))
            for name, value in self.cleaned_data.items()
            if value
        ]

    def clean_last(self):
        return _within_calendar(self.cleaned_data["last"])

    def clean_first(self):
        return _within_calendar(self.cleaned_data["first"])


def _shown(field: forms.Field, value) -> str:
    if isinstance(value, dt.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    return str(dict(getattr(field, "choices", ())).get(value, value))


def _names(who: str) -> list[str]:
    """The account names that are meant: by a part of one, or of the person's name; and the text itself, since a failed
    login records names that nobody has."""
    people = matching(Person.objects.all(), who)
    accounts = User.objects.filter(Q(username__icontains=who) | Q(person__in=people))
    return [who, *accounts.values_list("username", flat=True)[:_MOST_NAMES]]


def _within_calendar(day: dt.date | None) -> dt.date | None:
    if day and not 1990 <= day.year <= 2200:
        raise forms.ValidationError(_("1990 ile 2200 arasında bir gün yazınız."))
    return day


def _begin(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))

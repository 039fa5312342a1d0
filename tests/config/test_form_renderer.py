"""Controls are written as Django's templates write them."""

import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

from config.form_renderer import Renderer

pytestmark = pytest.mark.once
HOSTILE = "<b>'&\"</b>"
CHOICES = [("", "—"), (1, "Bir"), ("2", HOSTILE)]
ATTRS = {"class": "a", "data-x": HOSTILE, "required": True, "disabled": False, "rows": 3}


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        *(
            (made, value)
            for made in (forms.TextInput(ATTRS), forms.Textarea(ATTRS))
            for value in (None, "", HOSTILE, 0)
        ),
        (forms.DateInput(ATTRS), "01.02.2020"),
        (forms.NumberInput(ATTRS), 12),
        (forms.HiddenInput(), HOSTILE),
        *((forms.CheckboxInput(ATTRS), value) for value in (True, False, None)),
        *((forms.Select(ATTRS, CHOICES), value) for value in (None, 1, "2", "3")),
        (forms.SelectMultiple(ATTRS, CHOICES), ["1", "2"]),
        (forms.Select(ATTRS, [("Küme", [(1, "Bir")])]), 1),
        (forms.RadioSelect(ATTRS, CHOICES), 1),
    ],
)
def test_a_control_is_written_as_by_django(widget, value):
    theirs, ours = (widget.render("ad", value, renderer=each()) for each in (TemplatesSetting, Renderer))
    assert _flat(ours) == _flat(theirs) and isinstance(ours, SafeString)


def _flat(html: str) -> str:
    """Blanks around options are not shown; a text area's are."""
    return re.sub(r"\s*(</?(?:select|option|optgroup)\b[^>]*>)\s*", r"\1", html)

"""The controls of forms, joined in Python as Django's templates would write them: a form has some thirty, and each of
them took several templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

Widget = Mapping[str, Any]


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{conditional_escape(str(widget["value"]))}"'
    return f'<input type="{widget["type"]}" name="{conditional_escape(widget["name"])}"{value}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    # A browser leaves out a first newline.
    text = conditional_escape(widget["value"] or "")
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    options = [
        f'<option value="{conditional_escape(str(one["value"]))}"{_attributes(one)}>{conditional_escape(one["label"])}'
        "</option>"
        for _group, choices, _index in widget["optgroups"]
        for one in choices
    ]
    inside = "".join(options)
    return f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget)}>{inside}</select>'


_WAYS: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/text.html": _input,
    "django/forms/widgets/date.html": _input,
    "django/forms/widgets/number.html": _input,
    "django/forms/widgets/hidden.html": _input,
    "django/forms/widgets/checkbox.html": _input,
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}


class Renderer(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        way = _WAYS.get(template_name)
        # Groups of options are Django's own.
        if way and not any(group for group, *_ in context["widget"].get("optgroups", ())):
            return mark_safe(way(context["widget"]))  # noqa: S308 - every text in it is escaped
        return super().render(template_name, context, request)

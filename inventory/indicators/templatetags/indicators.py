from decimal import Decimal

from django import template
from django.utils import formats

register = template.Library()


@register.filter
def trimmed(number: Decimal | None) -> str:
    """A figure with decimals only where it has any; a blank where there is none."""
    if number is None:
        return ""
    places = 0 if number == number.to_integral_value() else 2
    return formats.number_format(number, places, force_grouping=True)

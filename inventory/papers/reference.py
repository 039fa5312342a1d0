"""The formats of labels that a new installation knows."""

from inventory import registers
from inventory.papers.models import LabelFormat
from inventory.reference import add_missing, data


def load() -> dict[str, int]:
    register = registers.get("label-formats")
    formats = (LabelFormat(**row) for row in data(register, "label_formats.csv"))
    return {register.slug: add_missing(register, formats, "name")}

"""The formats of labels and the papers that a new installation knows."""

from inventory import registers
from inventory.papers import defaults, printing
from inventory.papers.models import LabelFormat, PaperTemplate
from inventory.reference import add_missing, data


def load() -> dict[str, int]:
    formats = registers.get("label-formats")
    made = (LabelFormat(**row) for row in data(formats, "label_formats.csv"))
    return {formats.slug: add_missing(formats, made, "name"), "paper-templates": _load_papers()}


def _load_papers() -> int:
    """A template that was deleted or renamed does not return; one without a file gets its first."""
    papers = defaults.papers()
    templates = [PaperTemplate(name=name, subject=subject) for name, subject, _suffix, _content in papers]
    added = add_missing(registers.get("paper-templates"), templates, "name")
    if added:
        for name, _subject, suffix, content in papers:
            for template in PaperTemplate.objects.filter(name=name, versions=None):
                printing.keep_version(template, content, suffix, None, counts=True)
    return added

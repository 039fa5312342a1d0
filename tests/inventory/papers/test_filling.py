"""What a template may say, and how a wrong or hostile one is refused."""

from __future__ import annotations

import io
import random
import zipfile
from xml.sax.saxutils import escape

import openpyxl
import pytest

from inventory.papers import printing, values
from inventory.refusals import Refused
from tests.inventory.papers.files import VALUES, docx, finding, here_filled, rezipped, said, xlsx

# What a template may say ------------------------------------------------------------------------------------------


@pytest.mark.once
def test_names_lists_and_conditions_are_filled_and_values_stay_texts():
    made = docx("Plaka {{ plate|upper }}", "{%p for each in fields %}", "{{ each.label }}: {{ each.value }}",
                "{%p endfor %}", "{% if plate %}var{% else %}yok{% endif %}", footer="{{ today }}")  # fmt: skip
    text = said(here_filled(made, "docx")["file"])
    assert "Plaka <41 & ABC>" in text and "Marka: {{ today }}" in text and "Ğüş: =1+1" in text
    assert "var" in text and "yok" not in text and "1.1.2027" in text


@pytest.mark.once
def test_a_row_of_a_workbook_stands_once_for_each_entry_and_no_value_becomes_a_formula():
    made = xlsx(["{{ title }}"], ["{{ fields.label }}", "{{ fields.value }}", "{{ today }}"], ["son", "{{ plate }}"])
    content = here_filled(made, "xlsx")["file"]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert rows == [["41 ABC 001", None, None], ["Marka", "{{ today }}", "1.1.2027"], ["Ğüş", "=1+1", "1.1.2027"],
                    ["son", "<41 & ABC>", None]]  # fmt: skip
    assert sheet["B3"].data_type == "s"
    none = here_filled(made, "xlsx", VALUES | {"fields": []})["file"]
    assert said(none).split("\n")[0] == "41 ABC 001" and "son" in said(none)


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "suffix", "place", "near"),
    [
        (docx("x", "{{ plaet }}"), "docx", "body", "plate"),
        (docx("x", footer="{{ todya }}"), "docx", "footer", "today"),
        (docx("{% for e in field %}{{ e.label }}{% endfor %}"), "docx", "body", "fields"),
        (docx("{% for e in fields %}{{ e.lable }}{% endfor %}"), "docx", "body", "e.label"),
        (xlsx(["a"], ["b", "{{ tilte }}"]), "xlsx", "Sheet B2", "title"),
        (xlsx(["{{ fields.vlaue }}"]), "xlsx", "Sheet A1", "fields.value"),
    ],
)
def test_a_wrong_name_is_refused_with_its_place_and_the_nearest_right_one(content, suffix, place, near):
    assert finding(content, suffix) | {"text": ""} == {"why": "unknown", "place": place, "text": "", "near": near}


_HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ title.__class__ }}", "{{ title.format }}", "{{ title['x'] }}",
    "{{ config }}", "{{ self }}", "{{ self._TemplateReference__context }}", "{{ range(9) }}", "{{ lipsum() }}",
    "{{ cycler }}", "{{ joiner() }}", "{{ namespace() }}", "{{ title|attr('__class__') }}", "{{ title|map('x') }}",
    "{{ 'a' * 999999999 }}", "{{ 9 ** 9 ** 9 }}", "{{ title ~ title }}", "{{ title % title }}", "{{ title() }}",
    "{% set x = title %}", "{% include 'x' %}", "{% import 'os' as o %}", "{% extends 'x' %}",
    "{% block a %}{% endblock %}",
    "{% macro m() %}{% endmacro %}", "{% call m() %}{% endcall %}", "{% filter upper %}{% endfilter %}",
    "{% for a in fields %}{% for b in fields %}{% endfor %}{% endfor %}", "{% for a in fields recursive %}{% endfor %}",
    "{% for a, b in fields %}{% endfor %}", "{% for a in title %}{% endfor %}", "{% for a in 'x' %}{% endfor %}",
    "{% for a in fields %}{{ a }}{% endfor %}", "{% for a in fields %}{{ loop }}{% endfor %}",
    "{% for a in fields %}{{ a.__class__ }}{% endfor %}", "{% for a in fields %}{{ a.items }}{% endfor %}",
    "{{ [1, 2] }}", "{{ {'a': 1} }}", "{{ (1, 2) }}", "{{ 1.5 }}", "{{ title[0] }}", "{{ title is defined }}",
    "{% raw %}{% endraw %}{{ x }}", "{% do x %}", "{% with %}{% endwith %}",
    "{% autoescape false %}{% endautoescape %}",
    "{{ title|default(x=1) }}", "{{ title|default(range(3)) }}", "{{ fields }}", "{{ 'x'.join(fields) }}",
    "{{", "{% if",
    "{% endfor %}", "{{ }}", "{% for %}", "{{ a b }}", "{% colspan title.__class__ %}", "{% hm %}", "{% vm %}",
]  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
@pytest.mark.parametrize("text", _HOSTILE)
def test_nothing_else_of_the_language_is_let_through(text, suffix):
    answer = here_filled(docx(text) if suffix == "docx" else xlsx([text]), suffix)
    # A cell or a paragraph that holds no whole expression is text, and stays as it is.
    assert "finding" in answer or text in said(answer["file"]), text


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}


def smallest(words: list[str]) -> bytes:
    """The smallest document that there is: a thousand of python-docx's own would take a minute."""
    texts = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in words)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        archive.writestr("word/document.xml", f"<w:document {_W}><w:body>{texts}</w:body></w:document>")
    return target.getvalue()


def broken(seed: int) -> tuple[bytes, str]:
    """A template with something wrong in it: cut, with other bytes, with parts exchanged, or with hostile words."""
    chance = random.Random(seed)
    suffix = chance.choice(["docx", "xlsx"])
    words = [chance.choice([*_HOSTILE, "{{ title }}", "{%tr for e in fields %}"]) for _n in range(chance.randint(1, 4))]
    content = smallest(words) if suffix == "docx" else xlsx(words)
    match chance.randrange(5):
        case 0:
            content = content[: chance.randrange(len(content))]
        case 1:
            changed = bytearray(content)
            for _n in range(chance.randint(1, 60)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            content = bytes(changed)
        case 2:
            names = zipfile.ZipFile(io.BytesIO(content)).namelist()
            content = rezipped(content, **{chance.choice(names): chance.randbytes(chance.randrange(200))})
        case 3:
            suffix = "xlsx" if suffix == "docx" else "docx"
    return content, suffix


@pytest.mark.once
def test_a_thousand_broken_and_hostile_templates_are_answered_and_most_refused(recwarn):
    sorts = {"finding": 0, "file": 0}
    for seed in range(1_000):
        answer = here_filled(*broken(seed))
        sorts[next(iter(answer))] += 1
        if "file" in answer:
            # What was let through holds nothing of Python.
            assert b"class '" not in answer["file"]
    assert sorts["finding"] > 800, sorts


# The child --------------------------------------------------------------------------------------------------------


def test_what_takes_too_much_is_refused_with_a_sentence_and_the_child_fills(db):
    with pytest.raises(Refused, match="plate"):
        printing.filled(docx("{{ plaet }}"), "docx", "vehicles", None)
    for content in (b"", b"x" * 1000, docx("{%" + "a<b>" * 20_000)):
        with pytest.raises(Refused):
            printing.filled(content, "docx", "vehicles", None)
    given = dict.fromkeys((n for n, a in values.names("vehicles").items() if a is None), "Ğ") | {"fields": []}
    assert said(printing.filled(docx("{{ plate }}"), "docx", "vehicles", given)).strip() == "Ğ"

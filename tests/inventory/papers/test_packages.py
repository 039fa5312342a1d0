"""What a template's package may hold: the ways by which one would run something, or fetch something from elsewhere."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from tests.inventory.papers.files import docx, finding, here_filled, rezipped, xlsx

pytestmark = pytest.mark.once
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_IMAGE, _LINK = f"{_OFFICE}/image", f"{_OFFICE}/hyperlink"
_GOOD = docx("{{ title }}")


def inside(content: bytes, name: str, old: str, new: str) -> bytes:
    text = zipfile.ZipFile(io.BytesIO(content)).read(name).decode()
    assert old in text
    return rezipped(content, **{name: text.replace(old, new, 1).encode()})


def related(attributes: str) -> bytes:
    end = "</Relationships>"
    return inside(_GOOD, "word/_rels/document.xml.rels", end, f'<Relationship Id="rId99" {attributes}/>{end}')


def with_body(body: str, content: bytes = _GOOD) -> bytes:
    return inside(content, "word/document.xml", "<w:body>", f"<w:body>{body}")


@pytest.mark.parametrize(
    "attributes",
    [
        f'Type="{_IMAGE}" Target="http://10.0.0.1/x.png" TargetMode="External"',
        f'Type="{_IMAGE}" Target="http://10.0.0.1/hyperlink.png" TargetMode="External"',
        f'Type="{_IMAGE}" Target="http://10.0.0.1/x.png" TargetMode="&#69;xternal"',
        f'x="a>b" Type="{_IMAGE}" Target="http://10.0.0.1/x.png" TargetMode="External"',
        f'Type="{_IMAGE}" Target="file:///etc/passwd" TargetMode="External"',
        f'Type="{_IMAGE}" Target="file:///etc/passwd"',
        f'Type="{_IMAGE}" Target="\\\\10.0.0.1\\x"',
        f'Type="{_LINK}" Target="vnd.sun.star.script:x" TargetMode="External"',
        f'Type="{_OFFICE}/attachedTemplate" Target="x.dotx"',
    ],
)
def test_no_relationship_leads_elsewhere(attributes):
    assert finding(related(attributes))["why"] == "external"


def test_a_link_is_for_people_and_no_picture_names_it():
    linked = related(f'Type="{_LINK}" Target="https://example.org/" TargetMode="External"')
    assert "file" in here_filled(linked, "docx")
    picture = f'<x:blip xmlns:x="x" xmlns:r="{_OFFICE}" r:link="rId99"/>'
    assert finding(with_body(picture, linked))["why"] == "external"
    link = f'<w:p><w:hyperlink xmlns:r="{_OFFICE}" r:id="rId99"/></w:p>'
    assert "file" in here_filled(with_body(link, linked), "docx")
    first = f'<Relationship Id="rId99" Type="{_LINK}" Target="https://example.org/" TargetMode="External"/>'
    of_all = inside(_GOOD, "_rels/.rels", "</Relationships>", f"{first}</Relationships>")
    assert finding(of_all)["why"] == "external"


@pytest.mark.parametrize("broken", [b"", b"<Relationships>", b"x", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"])
def test_relationships_that_cannot_be_read_are_refused(broken):
    assert finding(rezipped(_GOOD, **{"word/_rels/x.rels": broken}))["why"] == "broken"


def test_macros_are_known_by_what_they_are_and_not_by_their_names():
    for media in ("application/vnd.ms-office.vbaProject", "application/vnd.ms-word.document.macroEnabled.main+xml"):
        one = f'<Override PartName="/word/a.bin" ContentType="{media}"/></Types>'
        named = inside(_GOOD, "[Content_Types].xml", "</Types>", one)
        assert finding(rezipped(named, **{"word/a.bin": b"x"}))["why"] == "active"
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    assert finding(related(f'Type="{kind}" Target="a.bin"'))["why"] == "active"
    assert finding(related(f'Type="{_OFFICE}/aFChunk" Target="a.html"'))["why"] == "active"
    for name in ("word/vbaProject.bin", "word/embeddings/a.bin", "mimetype"):
        assert finding(rezipped(_GOOD, **{name: b"x"}))["why"] == "active"


def field(*words: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{each}</w:instrText></w:r>" for each in words)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{runs}{end}</w:p>"


@pytest.mark.parametrize(
    "body",
    [
        field(' INCLUDETEXT "/etc/passwd"'),
        field("INCL", 'UDEPICTURE "http://10.0.0.1/x"'),
        field("dde<!-- -->auto c:\\x"),
        field("DDE x"),
        field("INCLUDE{% if title %}TEXT x{% endif %}"),
        '<w:p><w:fldSimple w:instr=" INCLUDEPICTURE x"/></w:p>',
        '<w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://10.0.0.1/x"/></w:pict>',
    ],
)
def test_no_field_and_no_picture_fetches(body):
    assert finding(with_body(body))["why"] == "external"


def test_a_fields_own_words_are_not_taken_for_others():
    assert "file" in here_filled(with_body(field(" REF madde \\h") + field("PAGE")), "docx")
    assert finding(with_body("<w:altChunk/>"))["why"] == "active"


@pytest.mark.parametrize(
    "formula",
    [
        '=WEBSERVICE("http://10.0.0.1/")',
        "=cmd|'/C calc'!A0",
        "=cmd|x!A0",
        "='file:///etc/hostname'#$Sheet1.A1",
        "='\\\\host\\share\\[x.xlsx]S'!A1",
        '=DDE("a";"b";"c")',
        '=INDIRECT("\'ht"&"tp://x\'#A.A1")',
    ],
)
def test_no_formula_fetches(formula):
    assert finding(xlsx(["{{ title }}", formula]), "xlsx")["why"] == "external"


def test_a_text_that_looks_like_a_formula_does_not_become_one_and_sums_stay():
    book = openpyxl.Workbook()
    book.active.append(["{{ fields.label }}", "x"])
    book.active["B1"].value, book.active["B1"].data_type = '=WEBSERVICE("http://10.0.0.1/")', "s"
    target = io.BytesIO()
    book.save(target)
    assert finding(target.getvalue(), "xlsx")["why"] == "external"
    sums = ["{{ title }}", "=SUM(C1:D1)", '=IF(C1="a|b","x",\'Sheet\'!D1)', '=HYPERLINK("https://example.org/")']
    assert "file" in here_filled(xlsx(sums), "xlsx")


@pytest.mark.parametrize("kind", ["externalLink", "connections", "queryTable"])
def test_no_workbook_brings_others_with_it(kind):
    one = f'<Relationship Id="rId99" Type="{_OFFICE}/{kind}" Target="x.xml"/></Relationships>'
    made = inside(xlsx(["x"]), "xl/_rels/workbook.xml.rels", "</Relationships>", one)
    assert finding(made, "xlsx")["why"] == "external"


def test_bombs_and_entities_are_refused():
    assert finding(rezipped(_GOOD, **{"word/x.xml": b"0" * 101_000_000}))["why"] == "too big"
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats'
    entity += b'.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>'
    assert finding(rezipped(_GOOD, **{"word/document.xml": entity}))["why"] == "broken"

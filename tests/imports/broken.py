"""Files that are broken, made from the corpus and a seed: the same seed gives the same file."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

FILES = Path(__file__).parent / "files"
NAMES = ("x.xlsx", "x.csv", "x.xls", "x", "x.ods", "x.xlsm", "x.tsv", "x.pdf")

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="{}"/>{}</worksheet>'
)


def broken(seed: int) -> tuple[bytes, str]:
    """(content, name): one of the corpus cut, flipped, doubled, filled with noise, packed or grown; or noise alone."""
    chance = random.Random(seed)
    sources = sorted(path for path in FILES.iterdir() if path.suffix != ".json")
    content = chance.choice(sources).read_bytes()
    return chance.choice(WAYS)(content, chance), chance.choice(NAMES)


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def flipped(content: bytes, chance: random.Random) -> bytes:
    flips = bytearray(content)
    for _flip in range(chance.randint(1, 20) if flips else 0):
        flips[chance.randrange(len(flips))] ^= 1 << chance.randrange(8)
    return bytes(flips)


def noisy(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + chance.randbytes(chance.randint(0, 400)) + content[start + chance.randint(1, 400) :]


def noise(content: bytes, chance: random.Random) -> bytes:
    """Noise alone, often behind the first bytes of something known."""
    heads = (
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"%PDF",
    )
    return chance.choice(heads) + chance.randbytes(chance.randint(0, 2_000))


def doubled(content: bytes, chance: random.Random) -> bytes:
    return content + cut(content, chance)


def renamed(content: bytes, chance: random.Random) -> bytes:
    """Whole, under a name that `broken` draws."""
    return content


def repacked(content: bytes, chance: random.Random) -> bytes:
    """A workbook whose parts are broken inside a zip that is whole, so that the damage gets past the zip."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content[::-1]
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
            for name in old.namelist():
                part = bytearray(old.read(name))
                for _flip in range(chance.randint(0, 6) if part else 0):
                    part[chance.randrange(len(part))] = chance.choice(b'<>/"=0A9& \xff\x00')
                new.writestr(name, bytes(part))
    except (zipfile.BadZipFile, OSError, RuntimeError):  # an encrypted one among them
        return content
    return packed.getvalue()


def nested(content: bytes, chance: random.Random) -> bytes:
    """A zip in a zip, up to eight deep, sometimes under the names of a workbook's parts."""
    names = ("x.xlsx", "xl/workbook.xml", "content.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml", "a.zip")
    for _layer in range(chance.randint(1, 8)):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in chance.sample(names, chance.randint(1, 4)):
                archive.writestr(name, content)
        content = packed.getvalue()[:2_000_000]
    return content


def vast(content: bytes, chance: random.Random) -> bytes:
    """A small workbook that speaks of all of Excel's rows and columns, or of more."""
    rows = chance.choice((1_048_576, 1_048_577, 2**31 - 1, 2**32, 2**63, -1))
    letters = chance.choice(("A", "XFD", "XFE", "ZZZZZZ"))
    corner = f'<row r="{rows}"><c r="{letters}{rows}" t="inlineStr"><is><t>son</t></is></c></row>'
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>Plaka</t></is></c></row>'
    sheet = _SHEET.format(f"A1:{letters}{rows}", f"<sheetData>{first}{corner}</sheetData>")
    if chance.random() < 0.3:
        sheet = _SHEET.format("A1:B2", f"<sheetData>{first * chance.randint(2, 50_000)}</sheetData>")
    return _with_part(chance, b"", "xl/worksheets/sheet1.xml", sheet.encode())


def repeated(content: bytes, chance: random.Random) -> bytes:
    """An ods file whose one row or cell is repeated without end."""
    many = chance.choice((1_048_576, 2**31, 2**63, 10**30))
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>Plaka</text:p></table:table-cell>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    wide = chance.random() < 0.5
    body = row.format(1 if wide else many, cell.format(many if wide else 1))
    spaces = ("office", "table", "text")
    declared = " ".join(f'xmlns:{s}="urn:oasis:names:tc:opendocument:xmlns:{s}:1.0"' for s in spaces)
    xml = f"<office:document-content {declared}><office:body><office:spreadsheet><table:table table:name='S'>{body}"
    xml += "</table:table></office:spreadsheet></office:body></office:document-content>"
    return _with_part(chance, b"application/vnd.oasis.opendocument.spreadsheet", "content.xml", xml.encode())


def bomb(content: bytes, chance: random.Random) -> bytes:
    """A part that unpacks to a hundred times its size, or to a thousand."""
    part = chance.choice((b"<row/>", b"<si><t>aaaaaaaaaaaaaaaa</t></si>", b" " * 64)) * chance.choice((10_000, 400_000))
    name = chance.choice(("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"))
    return _with_part(chance, b"", name, part)


def _with_part(chance: random.Random, mimetype: bytes, name: str, part: bytes) -> bytes:
    """One of the corpus's workbooks of the kind, with this part in the place of its own."""
    kind = ".ods" if mimetype else ".xlsx"
    plain = [path for path in sorted(FILES.glob(f"*{kind}")) if "encrypted" not in path.name]
    whole = [path for path in plain if zipfile.is_zipfile(path)]
    packed = io.BytesIO()
    with zipfile.ZipFile(chance.choice(whole)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        if mimetype:
            new.writestr("mimetype", mimetype)
        for entry in old.namelist():
            if entry not in (name, "mimetype") or (entry == "mimetype" and not mimetype):
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return packed.getvalue()


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut, flipped, noisy, noise, doubled, renamed, repacked, nested, vast, repeated, bomb,
)  # fmt: skip

"""What a template's package holds, in the child: nothing that runs, nothing that is fetched from elsewhere.

Each part is read by a parser of XML, as Office would, never as text. What was filled is judged again: a value or a
condition may have put together what the template does not say.
"""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

_MOST_UNPACKED, _MOST_PARTS = 100_000_000, 2_000

#: (where it stands, why it is refused, what). A kind: a part's name or type, the type of a relationship.
_FORBIDDEN = [
    (where, why, re.compile(words, re.I))
    for where, why, words in (
        ("kind", "active", r"vbaproject|vbadata|macroenabled|macrosheet|activex|oleobject|embeddings/|webextension"),
        ("kind", "active", r"relationships/(control|package)$|afchunk|^mimetype$|^meta-inf/"),
        ("kind", "external", r"externallink|connections|querytable|attachedtemplate|subdocument"),
        ("element", "active", r"^altchunk$"),
        ("element", "external", r"^(attachedtemplate|mailmerge)$"),
        # A field's first word.
        ("field", "external", r'^[\s"“]*(include(text|picture)?|import|link|database|rd|dde(auto)?)\b'),
        ("formula", "external", r"\b(webservice|image|rtd|dde|call|register\.id|indirect)\s*\("),
        # program|'words'!A1; 'file:///x'#$Sheet.A1; [\\host\x.xlsx]Sheet!A1
        ("formula", "external", r"\|\s*'|\|[^\"|]*!|'\s*([a-z][a-z0-9+.-]+:|[\\/])|\[[^\[\]]*(//|\\)"),
    )
]
_ELSEWHERE = re.compile(r"\s*(?!data:)([a-z][a-z0-9+.-]*:|[\\/]{2})", re.I)
_FOR_PEOPLE = re.compile(r"\s*(https?|mailto|tel):", re.I)
_CLICKED = {"hyperlink", "hlinkclick", "hlinkhover", "hlinkmouseover"}
_BEGINS = (b"<", b"Lo\xa7\x94")  # the second in EBCDIC


class Faulty(Exception):
    """Why a template is none: a word for the reason, where, what stands there, and the name that may be meant."""

    def __init__(self, why: str, place: str = "", text: str = "", near: str = ""):
        super().__init__(why)
        self.finding = {"why": why, "place": place, "text": text[:200], "near": near}


def judge(content: bytes) -> None:
    """Raises Faulty; whatever the parser raises for a part that it cannot read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise Faulty("too big")
        links: dict[str, set[str]] = {}
        # Relationships first: what a part may name is known before it is read.
        for part in sorted(parts, key=lambda each: not each.filename.lower().endswith(".rels")):
            name = part.filename.replace("\\", "/").lstrip("/").lower()
            _refuse("kind", name, name)
            data = archive.read(part)
            if name.endswith(".rels"):
                folder, _rels, file = name.rpartition("_rels/")
                source = folder + file.removesuffix(".rels")
                links.setdefault(source, set()).update(_links(_parsed(data), source, name))
            elif name.endswith((".xml", ".vml")) or _is_xml(data):
                _look(_parsed(data), links.get(name, set()), name)


def _refuse(where: str, text: str, name: str) -> None:
    for place, why, words in _FORBIDDEN:
        if place == where and words.search(text):
            raise Faulty(why, text=name if where in ("kind", "element") else f"{name}: {text.strip()[:60]}")


def _is_xml(data: bytes) -> bool:
    return data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(_BEGINS)


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Faulty("broken")
    return root


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()


def _links(root: etree._Element, source: str, name: str) -> set[str]:
    """The relationships of a part that lead to elsewhere: links that a person may follow, and no others."""
    found = set()
    for each in root.iter("*"):
        if _local(each.tag) != "relationship":
            continue
        values = {_local(key): value for key, value in each.attrib.items()}
        kind, target = values.get("type", "").strip(), values.get("target", "")
        _refuse("kind", kind, name)
        if values.get("targetmode", "").strip().lower() not in ("", "internal"):
            if not (source and kind.endswith("/relationships/hyperlink") and _FOR_PEOPLE.match(target)):
                raise Faulty("external", text=name)
            found.add(values.get("id", ""))
        elif _ELSEWHERE.match(target):
            raise Faulty("external", text=name)
    return found


def _look(root: etree._Element, links: set[str], name: str) -> None:
    fields = []
    for each in root.iter("*"):
        tag = _local(each.tag)
        _refuse("element", tag, name)
        for key, value in each.attrib.items():
            _look_at(tag, key, value, links, name)
        text = "".join(each.itertext()) if tag in ("f", "definedname", "instrtext", "delinstrtext") else ""
        if tag in ("f", "definedname") or "formula" in tag:
            _refuse("formula", text or each.text or "", name)
        elif tag in ("instrtext", "delinstrtext"):
            fields.append(text)
        elif tag == "fldchar":
            fields.append("\0")
    # Word cuts a field's words into runs as it likes.
    for field in "".join(fields).split("\0"):
        _refuse("field", field, name)


def _look_at(tag: str, key: str, value: str, links: set[str], name: str) -> None:
    own = _local(key)
    if own == "contenttype":
        _refuse("kind", value, name)
    if own == "instr":
        _refuse("field", value, name)
    # A picture that names the relationship of a link is fetched, whatever the relationship says that it is.
    is_fetched = value in links and "}" in key and tag not in _CLICKED
    # VML and SVG name their pictures without relationships.
    if is_fetched or (own in ("src", "href") and _ELSEWHERE.match(value)):
        raise Faulty("external", text=name)

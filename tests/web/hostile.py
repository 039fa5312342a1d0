"""Values that nobody should send, drawn from a seeded chance: the same seed draws the same values."""

from __future__ import annotations

import random

from tests.imports.broken import broken

Value = str | bytes

NUMBERS = (
    "0", "-1", "-0", "00", "999", "32768", str(2**31 - 1), str(2**31), str(2**63 - 1), str(2**63), "-" + str(2**63 + 1),
    "9" * 40, "9" * 5_000, "1" * 18, "1e308", "1e400", "-1e-400", "1e999999999", "NaN", "-Infinity", "sNaN", "inf",
    "1,5", "1.234,56", "1.234.567", "1,,5", "١٢٣", "²", "½", "1_000", " 7 ", "0x10", "1/0", "٣٫٥", "+5", "--5", "1.",
)  # fmt: skip
DAYS = (
    "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2024-02-30", "2023-02-29", "31.12.9999", "01.01.0001",
    "29.02.2023", "31.12.24", "1.1.1", "1899-12-31", "-001-01-01", "2024-13-01", "2024-12-31T23:59:59", "12/31/2024",
    "99999999999", "today", "31.12.99999", "0.0.0", "2024-1-1 ", "٣١.١٢.٢٠٢٤",
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "a\x00b", "\x1b[0m", "\x7f", "\ud800", "a\udfffb", "\ufeff", "\u202e", "\u200b", "\uffff",
    "\U0010ffff",
    "İıŞşĞğ", "ß", "ﬁ", "e\u0301" * 50, "👩‍👩‍👧", "'", '"', "'; DROP TABLE inventory_kind; --", "' OR '1'='1", "\\",
    "%", "_", "%%",
    "%s%d%(x)s", "{0}{x}", "{{ settings.SECRET_KEY }}", "{% debug %}", "{% include 'x' %}", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "javascript:alert(1)", "../../../etc/passwd", "..\\..\\win.ini", "/etc/passwd",
    "C:\\x",
    "file:///etc/passwd", "//example.org", "https://example.org/", "http:example.org", "=1+1", "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1", "-1+1", "\tx", "x\r\nSet-Cookie: a=b", "%0d%0aX: y", "null", "None", "true", "undefined", "on", "[]", "{}",
    "[[1,2]]",
    '{"a":', '["a"]', "[" * 5_000, "(", "a|b", ".*", "\\1", "^$", ",", ",,,", "," * 1_000, ";", "&", "=", "#", "?",
    "-", "--",
    "-id", "pk", "id__in", "kind__name", "password", "__class__", "all", "*", "1,2,3", "yes", "no", "xlsx",
    "POINT(1 1)",
    "29.7,40.7,29.8", "29.7,40.7;29.8,40.7;29.8,40.8", "1,1,1,1", "-999,-999,999,999", "nan,nan,nan,nan", "a" * 300,
    "a" * 60_000,
    "ğ" * 9_000, "a b " * 3_000, "MTE", "x-set-password", "tr", "en", "xx-YY", "2024", "q=%00&page=-1",
    "q=a&q=b&as_of=0001-01-01",
)  # fmt: skip
BYTES = (b"\xff", b"\xc3\x28", b"a\x80b", b"\xed\xa0\x80", b"\xfe\xff\x00a", b"\xe2\x82", b"%", b"%zz", b"+%u0041")
NAMES = (
    "x.xlsx", "x.csv", "x", "", "../../x.csv", "..\\x.xls", "/etc/passwd", "a\x00.csv", "a\r\nX: y.csv", 'a".csv',
    "ğ.csv",
    "a" * 400 + ".csv", ".htaccess", "x.svg", "x.html", "x.geojson", "x.zip", "x.kml", "x.json", "\ud800.csv", "CON",
    "%2e%2e%2fx",
)  # fmt: skip
TYPES = ("text/plain", "", "image/png", "application/json", "x", "a/b; charset=utf-16", "text/csv; charset=nope")
# A server refuses NUL, CR and LF in a header before the application sees it, so none has them.
HEADERS = (
    ("HTTP_ACCEPT_LANGUAGE", ("en", "xx", "tr;q=9e9", "*" * 500, "\xff", "en-" * 200)),
    ("HTTP_HX_REQUEST", ("true", "x")),
    ("HTTP_REFERER", ("http://testserver/", "javascript:x", "http://[", "\xff")),
    ("HTTP_RANGE", ("bytes=0-10", "bytes=9-1", "bytes=" + "0-1," * 500, "x")),
    ("HTTP_IF_NONE_MATCH", ("*", '"', 'W/"x"', "," * 300)),
    ("HTTP_IF_MODIFIED_SINCE", ("Mon, 99 Foo 99999 99:99:99 GMT", "Sat, 01 Jan 0001 00:00:00 GMT", "x")),
    ("HTTP_ACCEPT", ("application/json", "*/*;q=nan", "text/csv", "/", "")),
    ("HTTP_AUTHORIZATION", ("Basic", "Basic !!!", "Basic AAAA", "Basic Og==", "Bearer x", "Basic /////w==",
    "Basic AGE6YQ==")),
    ("HTTP_X_FORWARDED_FOR", ("1.2.3.4", "x", "::1, \xff", "1" * 500)),
    ("HTTP_HOST", ("testserver:0", "evil.example", "a b", "[::1", "testserver:99999", "")),
    ("HTTP_ORIGIN", ("null", "http://evil.example", "x")),
    ("HTTP_COOKIE", ("django_language=\xff", "sessionid='; --", "a" * 5_000, "=", "django_language=" + "e" * 300)),
)  # fmt: skip


def value(chance: random.Random) -> Value:
    kind = chance.random()
    if kind < 0.30:
        return chance.choice(NUMBERS)
    if kind < 0.42:
        return chance.choice(DAYS)
    if kind < 0.86:
        return chance.choice(TEXTS)
    if kind < 0.92:
        return chance.choice(BYTES)
    if kind < 0.96:
        return "".join(chr(chance.randrange(0x3000)) for _ in range(chance.randint(1, 30)))
    return f"{chance.choice(NUMBERS)[:60]}{chance.choice(TEXTS)[:60]}"


def name(chance: random.Random, known: str) -> str:
    """A parameter's name bent: as an array, doubled, cut, or none that anybody knows."""
    return chance.choice(
        (f"{known}[]", f"{known}[0]", known[:-1], f"{known}__in", known.upper(), "", "x" * 300, "\x00", "ğ")
    )


def file(chance: random.Random) -> tuple[str, bytes, str]:
    """(name, content, content type) of an upload."""
    content, known = broken(chance.randrange(10_000))
    return chance.choice((known, chance.choice(NAMES))), content[:150_000], chance.choice(TYPES)


def header(chance: random.Random) -> tuple[str, str]:
    key, values = chance.choice(HEADERS)
    return key, chance.choice(values)

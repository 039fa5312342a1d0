"""A strict reader of iCalendar (RFC 5545) that shares nothing with the library that writes it."""

import re

_LINE = re.compile(r"(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z-]+=(?:[^\";:,]+|\"[^\"]*\"))*):(?P<value>.*)")
_NEEDED = {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY", "URL", "TRANSP"}


def read(content: bytes) -> list[dict[str, str]]:
    """The events, by property; raises AssertionError for whatever the standard forbids."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "a line of more than 75 octets"
    for line in content.split(b"\r\n"):
        line.decode()  # no letter is cut in two
    lines = content.decode().replace("\r\n ", "").split("\r\n")[:-1]
    open_parts, events = [], []
    for line in lines:
        match = _LINE.fullmatch(line)
        assert match, line
        name, value = match["name"], match["value"]
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert open_parts.pop() == value
        elif open_parts == ["VCALENDAR", "VEVENT"]:
            assert name not in events[-1] or name == "CATEGORIES", f"{name} twice"
            if name in ("SUMMARY", "DESCRIPTION"):
                assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
                value = re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], value)
            if name in ("DTSTART", "DTEND"):
                assert match["params"] == ";VALUE=DATE" and re.fullmatch(r"\d{8}", value), line
            events[-1][name] = value
    assert open_parts == []
    assert lines[0] == "BEGIN:VCALENDAR" and lines.count("VERSION:2.0") == 1
    assert all(set(event) >= _NEEDED for event in events)
    assert len({event["UID"] for event in events}) == len(events), "a UID twice"
    return events

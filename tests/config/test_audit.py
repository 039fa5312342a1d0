"""What the audit makes of the answers of pip-audit and npm, and of the exceptions."""

from __future__ import annotations

import datetime as dt
import json
import tomllib

import pytest

from config import audit

pytestmark = pytest.mark.once

TODAY = dt.date(2026, 11, 23)
EXCUSED = {"id": "PYSEC-1", "reason": "Yalnızca sunucusu etkilenir.", "until": dt.date(2026, 12, 31)}


def test_pips_answer_is_read():
    packages = [
        {"name": "django", "version": "5.2.1", "vulns": [{"id": "PYSEC-1"}]},
        {"name": "x", "version": "1", "vulns": []},
    ]
    assert audit.of_pip(json.dumps({"dependencies": packages, "fixes": []})) == {"PYSEC-1": "django 5.2.1"}


def test_npms_answer_is_read():
    via = [{"url": "https://github.com/advisories/GHSA-1", "title": "x"}, "other"]
    answer = {"vulnerabilities": {"left": {"via": via}, "right": {"via": ["left"]}}}
    assert audit.of_npm(json.dumps(answer)) == {"GHSA-1": "left"}
    assert audit.of_npm('{"vulnerabilities": {}}') == {}


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (audit.of_pip, '{"dependencies": [{"name": "django", "skip_reason": "not found"}]}'),
        (audit.of_pip, "Traceback: no address"),
        (audit.of_npm, '{"message": "405 Method Not Allowed"}'),
        (audit.of_npm, ""),
    ],
)
def test_a_source_that_does_not_answer_is_no_clean_bill(read, answer):
    with pytest.raises(audit.Unanswered):
        read(answer)


@pytest.mark.parametrize(
    ("listed", "wrong"),
    [
        ([], "PYSEC-1 in django"),
        ([EXCUSED], None),
        ([EXCUSED | {"until": dt.date(2026, 11, 22)}], "ended on 2026-11-22"),
        ([EXCUSED | {"reason": " "}], "needs an id, a reason"),
        ([{"id": "PYSEC-1", "reason": "x"}], "needs an id, a reason"),
        ([EXCUSED, EXCUSED | {"id": "PYSEC-2"}], "PYSEC-2 is needed no more"),
    ],
)
def test_a_weakness_fails_unless_it_is_excused_until_today(listed, wrong):
    result = audit.judged({"PYSEC-1": "django"}, listed, TODAY, whole=True)
    assert result == [] if wrong is None else wrong in result[0]


def test_the_exceptions_of_this_house_are_whole():
    listed = tomllib.loads(audit.LISTED.read_text()).get("exception", [])
    assert audit.judged({each["id"]: "" for each in listed}, listed, TODAY, whole=True) == []

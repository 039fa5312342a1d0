"""A shortened run of `scripts/soak urls`: the same seed, so the same requests on every machine."""

from __future__ import annotations

import logging

import pytest

from tests.web.fuzzer import Fuzzer
from tests.web.town import built

REQUESTS = 200


@pytest.mark.django_db
def test_no_request_makes_a_page_fail_or_show_what_is_anothers(monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    fuzzer = Fuzzer(built(), seed=5)
    fuzzer.run(REQUESTS)
    assert fuzzer.findings == []
    assert sum(fuzzer.statuses.values()) >= REQUESTS

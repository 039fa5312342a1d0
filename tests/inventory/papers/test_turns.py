"""Who waits for whom while papers are printed."""

from __future__ import annotations

import pytest

from inventory.papers import printing, turns
from inventory.refusals import Refused


def test_two_offices_run_at_once_and_who_waits_too_long_is_told(tmp_path, settings, monkeypatch):
    settings.VAR_DIR, settings.SOFFICE = tmp_path, "/bin/false"
    monkeypatch.setattr(turns, "_PATIENCE", 0.2)
    with turns.office():
        with turns.office(), pytest.raises(Refused, match="Word ya da Excel dosyasını alınız"):
            printing.pdf_of(b"x", "docx")
        with pytest.raises(Refused, match="PDF yapılamadı"):
            printing.pdf_of(b"x", "docx")


def test_a_user_prints_one_at_a_time(tmp_path, settings, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(turns, "_PATIENCE", 0.2)
    with turns.printing(1), turns.printing(2), pytest.raises(Refused, match="hâlâ hazırlanıyor"), turns.printing(1):
        pass

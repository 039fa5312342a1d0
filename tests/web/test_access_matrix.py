"""The matrix of who may open what, of two registers with all that is theirs; `scripts/soak access` takes every one."""

from __future__ import annotations

import logging

import pytest

from inventory import registers
from tests.web.matrix import Matrix, size
from tests.web.town import built


@pytest.mark.django_db
def test_nobody_opens_or_writes_what_is_none_of_hers(monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    matrix = Matrix(built(), [registers.get("vehicles"), registers.get("people")], ("GET", "POST"), each=1)
    matrix.run()
    print(size(len(matrix.statuses), matrix.spared, matrix.axes()))
    assert matrix.wrong == []
    revealed = {cell.who for cell, status in matrix.statuses.items() if "reveal" in cell.url and status == 200}
    assert revealed == {"editor", "manager", "administrator"}

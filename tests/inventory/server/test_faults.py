"""Which errors are the machine's, and which place they name."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from django.conf import settings
from django.db import OperationalError

from inventory.server import faults


def raised(what: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise what from cause
    except type(what) as error:
        return error


def test_a_database_that_is_only_read_is_named(tmp_path):
    with sqlite3.connect(tmp_path / "a.sqlite3") as made:
        made.execute("CREATE TABLE a (b)")
    made.close()
    only = sqlite3.connect(f"file:{tmp_path / 'a.sqlite3'}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as error:
        only.execute("INSERT INTO a VALUES (1)")
    only.close()
    result = faults.of_the_machine(raised(OperationalError(str(error.value)), error.value))
    assert str(settings.DATABASES["default"]["NAME"]) in result


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOTDIR, errno.ENOENT])
def test_a_place_below_our_folder_is_named_and_another_is_not_ours(number):
    place = settings.VAR_DIR.absolute() / "files" / "x"
    assert str(place) in faults.of_the_machine(OSError(number, "no", str(place)))
    assert faults.of_the_machine(OSError(number, "no", "/elsewhere/x")) is None

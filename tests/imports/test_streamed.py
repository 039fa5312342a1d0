"""A CSV file begins to arrive before it is whole, is of one moment, and keeps no transaction open for who is slow."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from imports.exporting import parts, writing
from inventory import registers, writes
from inventory.trail.models import Event
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

VEHICLES = registers.get("vehicles")


@pytest.fixture
def few_at_once(monkeypatch):
    monkeypatch.setattr(parts, "CHUNK", 2)


@pytest.fixture
def admin(transactional_db):
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    for n in range(7):
        row(VEHICLES, here, notes=f"ışık; “{n}”")
    return user("yonetici", here, is_superuser=True)


def asked(client: Client, **query):
    return client.get(reverse("register-export", args=[VEHICLES]), {"format": "csv", "columns": "notes"} | query)


@pytest.mark.parametrize("form", ["csv", "plain"])
def test_it_is_what_the_file_written_at_once_is(admin, few_at_once, tmp_path, form):
    answer = asked(signed_in(admin), format=form)
    assert answer.streaming and answer["Content-Type"] == "text/csv" and ".csv" in answer["Content-Disposition"]
    streamed = b"".join(answer.streaming_content)
    (part,) = parts.parts_of(VEHICLES, admin, {"columns": "notes"})
    with (tmp_path / "whole.csv").open("wb+") as file:
        assert writing.write([part], file, form) == 7
    assert streamed == (tmp_path / "whole.csv").read_bytes()
    assert streamed.count(b"\r\n") == 8 and streamed.startswith(b"\xef\xbb\xbf") == (form == "csv")
    assert "ışık; “6”".encode() in streamed


def test_an_empty_list_has_its_headings(admin):
    streamed = b"".join(asked(signed_in(admin), q="hiçbiri").streaming_content)
    assert "Açıklama".encode() in streamed and streamed.count(b"\r\n") == 1


def test_the_first_piece_is_there_before_the_rest_is_read_and_all_is_of_one_moment(admin, few_at_once, monkeypatch):
    read = []
    chunks = parts.Part.chunks

    def counted(self, *also):
        for chunk in chunks(self, *also):
            read.append(len(chunk[0]))
            yield chunk

    monkeypatch.setattr(parts.Part, "chunks", counted)
    pieces = writing.stream(parts.parts_of(VEHICLES, admin, {"columns": "notes"})[0], "csv")
    first = next(pieces)
    assert read == [2] and first.count(b"\r\n") == 3 and connection.in_atomic_block
    with translation.override("en"):
        rest = next(pieces)
    # All has been read, and nothing is open any more, though the file has not been taken.
    assert sum(read) == 7 and not connection.in_atomic_block
    assert (first + rest + b"".join(pieces)).count(b"\r\n") == 8


def test_a_download_that_is_broken_off_leaves_nothing_open_and_its_entry_in_the_trail(admin, few_at_once):
    answer = asked(signed_in(admin))
    # The trail has been written by now, and not in a transaction that lasts as long as the download.
    assert not connection.in_atomic_block
    assert Event.objects.filter(kind=Event.Kind.WENT_OUT).count() == 1
    next(iter(answer.streaming_content))
    assert connection.in_atomic_block
    answer.close()
    assert not connection.in_atomic_block
    assert Event.objects.filter(kind=Event.Kind.WENT_OUT).count() == 1
    writes.save(VEHICLES, VEHICLES.model.objects.select_related(*VEHICLES.references).first(), SYSTEM)


def test_a_long_list_is_streamed_and_a_longer_one_is_made_by_a_worker(admin, settings):
    client = signed_in(admin)
    settings.EXPORT_AT_ONCE_ROWS = 1
    assert b"".join(asked(client).streaming_content).count(b"\r\n") == 8
    assert asked(client, format="xlsx").status_code == 302
    settings.EXPORT_AT_ONCE_ROWS = 0
    assert asked(client).status_code == 302


@pytest.mark.parametrize("language", ["tr", "en"])
def test_it_is_in_the_language_of_its_reader(admin, language):
    client = signed_in(admin)
    client.cookies["django_language"] = language
    streamed = b"".join(asked(client).streaming_content).decode()
    with translation.override(language):
        assert VEHICLES.column("notes").label in streamed


def test_a_file_that_cannot_be_read_to_its_end_is_broken_off_and_not_shorter(admin, few_at_once, monkeypatch):
    def broken(part, dialect):
        yield 2, b"half"
        raise OSError("disk")

    monkeypatch.setattr(writing, "delimited", broken)
    answer = asked(signed_in(admin))
    with pytest.raises(OSError, match="disk"):
        b"".join(answer.streaming_content)
    assert not connection.in_atomic_block

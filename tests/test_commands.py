"""Commands as their users start them: processes of their own, on both databases, by the documents' own examples."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import socketserver
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from inventory.management.command import DONE, UNUSABLE, RegisterCommand
from tests import databases
from tests.databases import POSTGRESQL
from tests.processes import end_all, finish, manage, start, wait_for

DOCUMENTS = ("README.md", "docs/operating.md", "docs/kullanim-kilavuzu.md")
OURS = {
    name: app
    for name, app in get_commands().items()
    if app.partition(".")[0] in ("config", "geo", "imports", "inventory")
}
# Asks for a password, works until it is ended, or has tests of its own with the databases that it needs.
APART = {"createsuperuser", "db_worker", "sqlite_to_postgres", "restore", "collectstatic", "check"}

ROWS = """
import io
from django.core.management import call_command
from inventory import registers
from inventory.organization.models import Unit
from tests.rows import row
call_command("load_reference", stdout=io.StringIO())
here = Unit.objects.order_by("path").first()
for slug in ("property", "vehicles", "equipment"):
    row(registers.get(slug), here)
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """The URL and the folder of an installation with the reference lists and a row in three registers."""
    place = tmp_path_factory.mktemp("installation")
    url = databases.copy_of_migrated(f"commands_{os.getpid()}" if POSTGRESQL else str(place / "register.sqlite3"))
    finish(start(url, ROWS))
    return url, place


@pytest.fixture(scope="module")
def mailbox():
    """The port of a mail server that takes every message."""

    class Session(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    while self.rfile.readline().strip() != b".":
                        pass
                self.wfile.write(b"250 yes\r\n" if not line.upper().startswith(b"QUIT") else b"221 bye\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def examples() -> list[tuple[str, str]]:
    """(command, its arguments) of every line of a code block that runs one."""
    found = []
    for document in DOCUMENTS:
        for line in (settings.BASE_DIR / document).read_text().splitlines():
            if match := re.match(r"    (?:\S*/python |)(?:manage\.py|register-manage) (\w+)(.*)$", line):
                found.append((match[1], re.split(r"\s+#|&&", match[2])[0].strip()))
    return [each for each in dict.fromkeys(found) if each[0] not in APART]


@pytest.mark.parametrize(("command", "arguments"), examples(), ids=lambda text: text)
def test_an_example_of_the_documents_does_what_it_says(installation, mailbox, tmp_path, command, arguments):
    url, place = installation
    lists = tmp_path / "lists"
    lists.mkdir()
    arguments = [
        re.sub(r"^(/srv/lists|/var/backups/register|/backup)", str(lists), text) for text in shlex.split(arguments)
    ]
    arguments = [str(tmp_path / text) if re.fullmatch(r"[\w-]+\.(xlsx|ods|csv)", text) else text for text in arguments]
    if "--column-set" in arguments:
        code = "from inventory.models import SavedView\nfrom inventory.organization.models import User\n"
        code += "SavedView.objects.create(name=name, register='property', kind='columns', shared=True, "
        code += "owner=User.objects.create(username='k'), "
        code += "query='columns=block')"
        finish(start(url, code, name=arguments[arguments.index("--column-set") + 1]))
    if command == "import_register":
        given = manage(url, "export_register", arguments[0], arguments[1], var=place)
        assert given.returncode == DONE, given.stderr
    done = manage(url, command, *arguments, var=place, EMAIL_PORT=str(mailbox), EMAIL_HOST="127.0.0.1")
    assert done.returncode == DONE, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for text in arguments:
        if text.endswith((".xlsx", ".ods", ".zip")):
            assert Path(text).exists()


@pytest.mark.parametrize("name", OURS)
def test_a_command_is_explained_and_shares_what_all_share(name):
    command = load_command_class(OURS[name], name)
    assert isinstance(command, RegisterCommand) and command.help
    plain = {action.dest for action in RegisterCommand().create_parser("manage.py", "x")._actions}
    silent = [
        action.option_strings or action.dest
        for action in command.create_parser("manage.py", name)._actions
        if action.dest not in plain and action.help in (None, argparse.SUPPRESS)
    ]
    assert not silent


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_and_options_that_a_document_names_exist(document):
    text = (settings.BASE_DIR / document).read_text()
    for name, rest in re.findall(r"(?<=[ `/])manage\.py ([a-z]\w*)([^`\n]*)", text):
        assert name in get_commands(), name
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        for option in re.findall(r"(?<![\w-])--[a-z-]+", rest.partition("#")[0]):
            assert option in parser._option_string_actions, f"{name} {option}"


@pytest.mark.once
@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("export_register", ["property", "yok/dosya.xlsx"]),
        ("import_register", ["property", "yok/dosya.xlsx"]),
        ("report", ["physical-resources", "--xlsx", "yok/dosya.xlsx"]),
        ("backup", ["yok/dosya.zip"]),
        ("restore", ["yok/dosya.zip"]),
        ("load_boundaries", ["yok/dosya.geojson"]),
    ],
)
def test_a_path_that_cannot_be_is_named_as_it_was_typed(installation, command, arguments):
    url, place = installation
    done = manage(url, command, *arguments, var=place)
    assert done.returncode == UNUSABLE and "Traceback" not in done.stderr, done.stderr
    typed = next(text for text in arguments if text.startswith("yok/"))
    assert typed in done.stderr and str(settings.BASE_DIR) not in done.stderr


@pytest.mark.once
@pytest.mark.parametrize("language", ["tr", "en"])
def test_a_shell_has_one_language(installation, language):
    url, place = installation
    answers = {"tr": ("3 satır", "kullanıcı yok"), "en": ("rows", "no active user")}
    done, refused = answers[language]
    out = manage(url, "export_register", "vehicles", place / "a.csv", var=place, LANGUAGE_CODE=language)
    assert out.returncode == DONE and done.replace("3", "1") in out.stdout
    for command in (
        ("export_register", "vehicles", place / "b.csv"),
        ("import_register", "vehicles", place / "a.csv"),
        ("report", "physical-resources"),
    ):
        wrong = manage(url, *command, "--user", "kimse", var=place, LANGUAGE_CODE=language)
        assert wrong.returncode == UNUSABLE and refused in wrong.stderr


LEFT = """
from inventory import registers, writes
from inventory.organization.models import Grant, Person, Unit, User
from tests.rows import SYSTEM, user
here = Unit.objects.order_by("path").first()
left = user("ayrilan", here, (None, "", Grant.Level.MANAGE))
user("yetkisiz", here)
left.person.active = False
writes.save(registers.get("people"), left.person, SYSTEM)
"""


@pytest.mark.parametrize(("name", "why"), [("ayrilan", "görevde değil"), ("yetkisiz", "yetkisi yok")])
def test_whoever_may_do_nothing_gets_no_empty_file(installation, tmp_path, name, why):
    url, place = installation
    sheet, out = place / "mine.csv", tmp_path / "out.xlsx"
    if not sheet.exists():
        finish(start(url, LEFT))
        assert manage(url, "export_register", "vehicles", sheet, var=place).returncode == DONE
    for command in (
        ("export_register", "vehicles", out),
        ("import_register", "vehicles", sheet),
        ("report", "physical-resources", "--xlsx", out),
    ):
        done = manage(url, *command, "--user", name, var=place)
        assert done.returncode == UNUSABLE and why in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not out.exists()


HOLD = """
import pathlib, time
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("BEGIN IMMEDIATE")
    pathlib.Path(mark).touch()
    time.sleep(seconds)
    cursor.execute("ROLLBACK")
"""


# A colleague's browser while another writes: the login, and the upload of a sheet.
ASK = """
import json
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import setup_test_environment
from inventory.organization.models import User
setup_test_environment(debug=False)
stranger = Client(raise_request_exception=False, SERVER_NAME="localhost")
client = Client(raise_request_exception=False, SERVER_NAME="localhost")
client.cookies.load(cookies)
sheet = SimpleUploadedFile("a.csv", "Plaka;Marka;Tür".encode())
given = {"mode": "upsert", "blank": "leave", "locale": "", "file": sheet}
answers = [stranger.post("/account/login/", {"username": "meslek", "password": "uzun-ve-gizli-1"})]
answers += [client.post("/vehicles/import/", given)]
print(json.dumps([[answer.status_code, answer.headers.get("Retry-After")] for answer in answers]))
"""
LOGIN = """
import json
from django.test import Client
from inventory.organization.models import User
User.objects.create_user("meslek", password="uzun-ve-gizli-1", is_superuser=True)
client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="meslek"))
print(json.dumps(client.cookies.output(header="")))
"""


@pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL has many writers")
def test_a_database_that_another_writes_to_for_long_is_a_sentence(installation, tmp_path, monkeypatch):
    url, place = installation
    sheet = place / "busy.csv"
    assert manage(url, "export_register", "vehicles", sheet, var=place).returncode == DONE
    cookies = finish(start(url, LOGIN))
    mark = tmp_path / "held"
    holder = start(url, HOLD, mark=str(mark), seconds=600)
    monkeypatch.setenv("DATABASE_BUSY_SECONDS", "1")
    try:
        wait_for(mark, holder)
        done = manage(url, "import_register", "vehicles", sheet, "--json", var=place)
        answers = finish(start(url, ASK, cookies=cookies))
    finally:
        end_all()
    assert done.returncode == UNUSABLE and "Traceback" not in done.stderr
    assert "başka bir işlem yazıyordu" in json.loads(done.stdout)["errors"][0]["message"]
    assert answers == [[503, "60"]] * 2


# A disk that is full is, to a process, a limit on the size of what it writes; to SQLite, one on the database's pages.
FULL = """
import resource, sys
from django.core.management import execute_from_command_line
from django.db import connection
from django.db.backends.signals import connection_created
if room is None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
    connection.close()
    limit = lambda connection, **_: connection.cursor().execute(f"PRAGMA max_page_count={pages + 60}")
    connection_created.connect(limit)
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
execute_from_command_line(["manage.py", *arguments])
"""
NAMES = """
import json
from inventory.models import Kind
print(json.dumps([Kind.objects.filter(register="equipment").first().code, str(here)]))
"""
STATES = """
import json
from imports.models import Batch
print(json.dumps(list(Batch.objects.values_list("state", "message"))))
"""


def crowded(url: str, room: int | None, *arguments, before: str = "") -> tuple[int, str]:
    process = start(url, before + FULL, arguments=[str(each) for each in arguments], room=room)
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err, err
    return process.returncode, out + err


def test_a_disk_that_is_full_is_a_sentence_and_nothing_is_half_done(tmp_path):
    url = databases.copy_of_migrated(f"full_disk_{os.getpid()}" if POSTGRESQL else str(tmp_path / "register.sqlite3"))
    kind, here = finish(start(url, ROWS + NAMES))
    sheet = tmp_path / "devices.csv"
    lines = [f"{kind};{here};Dell;SN-{n:06d};{'x' * 400}" for n in range(3_000)]
    sheet.write_text("\n".join(["Tür;Sorumlu birim;Marka;Seri no;Notlar", *lines]))
    given = ("import_register", "equipment", sheet, "--json")
    backup = tmp_path / "backup.zip"
    cases = [(("backup", backup), 20_000), (given, 500_000)] + ([] if POSTGRESQL else [(given, None)])
    for arguments, room in cases:
        code, text = crowded(url, room, *arguments)
        assert code == UNUSABLE and any(word in text for word in ("yer kalmadığı", "diskine yaz", "too large")), text
    assert not backup.exists()
    assert "applying" not in str(finish(start(url, STATES)))


@pytest.mark.parametrize("place", ["/proc/nope", "/etc/passwd"])
def test_a_folder_that_cannot_be_one_is_named(place):
    done = manage("sqlite:////proc/nope/a.sqlite3", "registers", var=Path(place), SECRET_KEY="")
    assert done.returncode == UNUSABLE and "Traceback" not in done.stderr, done.stderr
    assert "VAR_DIR" in done.stderr and place in done.stderr


def test_a_folder_that_may_not_be_used_is_a_sentence_that_names_it(installation, tmp_path):
    url, place = installation
    (tmp_path / "files").touch()
    done = manage(url, "backup", place / "other.zip", var=tmp_path)
    assert done.returncode == UNUSABLE and "Traceback" not in done.stderr, done.stderr
    assert str(tmp_path / "files") in done.stderr and "other.zip" not in done.stderr
    done = manage("sqlite:////proc/nope/a.sqlite3", "recount_stock", var=tmp_path)
    assert done.returncode == UNUSABLE and "Traceback" not in done.stderr, done.stderr
    assert "/proc/nope/a.sqlite3" in done.stderr


@pytest.mark.once
@pytest.mark.parametrize("command", [["import_register", "equipment"], ["load_boundaries"], ["restore"]])
def test_what_is_no_file_is_refused_before_it_is_read(installation, command):
    url, place = installation
    done = manage(url, *command, "/dev/zero", var=place)
    assert done.returncode == UNUSABLE and "Traceback" not in done.stderr and "/dev/zero" in done.stderr, done.stderr


# The rows come one by one, as slowly as a reader of the shell's folder may look.
SLOW = """
import pathlib, time
from django.core.management import execute_from_command_line
from imports.exporting import writing
from imports.exporting.parts import Part
def waits(part, *also):
    pathlib.Path(mark).touch()
    time.sleep(600)
Part.chunks = waits
execute_from_command_line(["manage.py", "export_register", "vehicles", file])
"""


def test_a_command_that_is_ended_leaves_no_file(installation, tmp_path):
    url, _place = installation
    target, mark = tmp_path / "out" / "a.csv", tmp_path / "begun"
    target.parent.mkdir()
    process = start(url, SLOW, file=str(target), mark=str(mark))
    try:
        wait_for(mark, process)
        (left,) = target.parent.iterdir()
        process.terminate()
        process.wait(timeout=60)
    finally:
        end_all()
    assert left.name.startswith(".") and list(target.parent.iterdir()) == []


def test_an_export_onto_a_full_disk_is_one_sentence(tmp_path):
    url = databases.copy_of_migrated(f"full_export_{os.getpid()}" if POSTGRESQL else str(tmp_path / "register.sqlite3"))
    many = "for n in range(1, 200):\n    row(registers.get('vehicles'), here, plate=f'41 AB {n:03d}', notes='x' * 400)"
    finish(start(url, ROWS + many))
    few = "from imports.exporting import parts\nparts.CHUNK = 50\n"
    code, text = crowded(url, 50_000, "export_register", "vehicles", tmp_path / "a.csv", before=few)
    assert code == UNUSABLE and "Exception ignored" not in text, text
    assert len(text.strip().splitlines()) == 1, text

"""Mails: what they say, once each, and what a killed run leaves."""

import datetime as dt
import json
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core.management import CommandError, call_command
from django.urls import reverse

from inventory import access, registers, writes
from inventory.reminders import sending
from inventory.reminders.models import Mail, Notice, Preference
from tests.inventory.reminders.conftest import INSPECTIONS, RULES, TODAY, VEHICLES, inspected, plan_on, rule_of
from tests.pages import signed_in
from tests.processes import end_all, shared_database, start  # noqa: F401
from tests.rows import SYSTEM, row, unit, user


class Mailbox:
    """Takes every message but those to the addresses that it refuses."""

    def __init__(self):
        self.messages, self.refused = [], set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture(scope="module")
def server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def mailbox(server, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    server.handler.messages, server.handler.refused = [], set()
    return server.handler


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(n)


@pytest.mark.django_db
def test_a_digest_over_smtp_says_the_rows_and_nothing_personal_in_its_subject(here, clerk, rule, mailbox):
    for plate in ("41 AAA 111", "41 BBB 222"):
        inspected(here, days(5), plate=plate, responsible_person=clerk.person)
    outcome = sending.send(plan_on(TODAY))
    assert len(outcome.sent) == 2 and not outcome.failed
    mail = next(each for each in mailbox.messages if each["To"] == "katip@example.org")
    assert mail["Subject"] == "Varlık Kütüğü: 2 hatırlatma"
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe"]) == (
        "auto-generated", "<https://kutuk.example.org/account/reminders/>",
    )  # fmt: skip
    assert mail["Message-ID"] == f"<{Mail.objects.get(account=clerk).key}@kutuk.example.org>"
    plain, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    for text in (plain, html):
        assert "41 AAA 111" in text and "5 gün kaldı" in text and "https://kutuk.example.org/vehicles/" in text
    assert sending.send(plan_on(TODAY)).sent == []
    assert sending.send(plan_on(days(1))).sent == []  # the step was said


@pytest.mark.django_db
def test_the_next_step_and_another_date_are_said_again_and_the_old_date_is_not(here, rule, mailbox):
    made = inspected(here, days(20))
    said = []
    for day in (0, 1, 14, 15, 22, 27, 34):
        said += [(day, line.due.step) for letter in sending.send(plan_on(days(day))).sent for line in letter.lines]
    assert said == [(0, 30), (14, 7), (27, -7), (34, -14)]
    record = INSPECTIONS.model.objects.get(vehicle=made)
    for until, again in ((days(10), 1), (days(20), 0)):
        record.valid_until = until
        writes.save(INSPECTIONS, record, SYSTEM)
        assert len(sending.send(plan_on(days(35) if again else days(0))).sent) == again
    assert Notice.objects.count() == 5


@pytest.mark.django_db
def test_a_weekly_reader_gets_one_mail_a_week_with_the_newest_steps(here, clerk, rule, mailbox):
    Preference.objects.create(user=clerk, rhythm="weekly")
    monday = TODAY - dt.timedelta(TODAY.weekday()) + dt.timedelta(7)
    inspected(here, monday + dt.timedelta(31))
    weeks = []
    for n in range(35):
        day = monday + dt.timedelta(n)
        sent = sending.send(plan_on(day, working=day.isoweekday() <= 5 and n)).sent
        weeks += [(n, [line.due.step for line in letter.lines]) for letter in sent if letter.reader.account]
    assert weeks == [(1, [30]), (24, [7])]


@pytest.mark.django_db
def test_rights_are_asked_again_when_the_mail_goes_out(here, clerk, rule, mailbox):
    inspected(here, days(5))
    plan = plan_on(TODAY)
    assert len(plan.letters()) == 2
    clerk.person.grants.all().delete()
    sending.send(plan)
    assert [mail["To"] for mail in mailbox.messages] == ["park@example.org"]


@pytest.mark.django_db
def test_a_mailbox_that_refuses_is_tried_again_and_holds_up_nobody(here, clerk, rule, mailbox, capsys):
    inspected(here, days(5))
    mailbox.refused = {"katip@example.org"}
    outcome = sending.send(plan_on(TODAY))
    assert [len(outcome.sent), len(outcome.failed)] == [1, 1]
    assert "no such mailbox" in Mail.objects.get(account=clerk).error
    mailbox.refused = set()
    assert len(sending.send(plan_on(TODAY, working=False)).sent) == 1
    assert sorted(mail["To"] for mail in mailbox.messages) == ["katip@example.org", "park@example.org"]
    assert not Mail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["a@" + "ğ" * 60 + ".com", '"', "a@[1", "a@b\n.com"])
def test_an_address_that_no_mail_can_have_fails_alone_and_not_for_ever(here, clerk, rule, mailbox, address):
    inspected(here, days(5))
    type(here).objects.filter(pk=here.pk).update(email=address)
    user("ikinci", here, (here, "vehicles", 2), email="ikinci@example.org")
    for n in range(sending.MOST_ATTEMPTS + 1):
        outcome = sending.send(plan_on(TODAY))
        assert (len(outcome.sent), len(outcome.failed)) == (0 if n else 2, 1 if n < sending.MOST_ATTEMPTS else 0)
    mail = Mail.objects.get(unit=here)
    assert (mail.sent_at, mail.attempts) == (None, sending.MOST_ATTEMPTS)
    assert "yazılamıyor" in mail.error
    assert {each["To"] for each in mailbox.messages} == {"katip@example.org", "ikinci@example.org"}


@pytest.mark.django_db
def test_what_was_refused_seven_times_is_said_again_after_a_week_or_to_another_address(here, clerk, rule, mailbox):
    inspected(here, days(20))
    mailbox.refused = {"katip@example.org", "park@example.org"}
    for _n in range(sending.MOST_ATTEMPTS):
        assert len(sending.send(plan_on(TODAY)).failed) == 2
    mailbox.refused = {"park@example.org"}
    type(here).objects.filter(pk=here.pk).update(email="yeni@example.org")
    for day, to in ((0, ["yeni@example.org"]), (6, []), (7, ["katip@example.org"]), (8, [])):
        assert [each.reader.address for each in sending.send(plan_on(days(day))).sent] == to
    assert not Mail.objects.filter(sent_at=None).exists()
    for _n in range(sending.MOST_ATTEMPTS):
        mailbox.refused = {"katip@example.org", "yeni@example.org"}
        sending.send(plan_on(days(13)))
    assert [len(sending.send(plan_on(days(day))).failed) for day in (14, 20, 20, 26)] == [0, 2, 0, 0]
    page = signed_in(user("yonetici", here, is_superuser=True)).get(reverse("reminders")).content.decode()
    assert "haftada bir denenir" in page


@pytest.mark.django_db
def test_what_hangs_and_is_over_meanwhile_is_not_sent(here, clerk, rule, mailbox):
    made = inspected(here, days(5))
    mailbox.refused = {"katip@example.org"}
    sending.send(plan_on(TODAY))
    mailbox.refused = set()
    row(INSPECTIONS, here, vehicle=made, done_on=TODAY, valid_until=days(365))
    assert sending.send(plan_on(TODAY)).sent == [] and not Mail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_no_server_marks_nothing_and_a_second_run_waits(here, rule, settings, mailbox):
    inspected(here, days(5))
    settings.EMAIL_PORT = 1
    rule.urgent = True
    writes.save(RULES, rule, SYSTEM)
    with pytest.raises(CommandError, match="ulaşılamadı") as refusal:
        call_command("remind")
    assert refusal.value.returncode == 2
    assert not Mail.objects.exists()
    with sending._alone(), pytest.raises(CommandError, match="gönderiliyor"):
        call_command("remind")


@pytest.mark.django_db
def test_the_command_says_what_it_would_send_and_writes_nothing(here, clerk, mailbox, capsys):
    rule_of(urgent=True)
    made = inspected(here, days(5))
    call_command("remind", "--dry-run", "--json")
    said = json.loads(capsys.readouterr().out)
    assert not Mail.objects.exists() and mailbox.messages == []
    assert [(mail["to"], mail["urgent"], mail["rows"][0]["id"]) for mail in said["mails"]] == [
        ("park@example.org", True, made.pk),
        ("katip@example.org", True, made.pk),
    ]
    call_command("remind", "--json")
    assert json.loads(capsys.readouterr().out)["mails"] == said["mails"]
    assert [mail["Subject"] for mail in mailbox.messages] == ["Varlık Kütüğü: ivedi hatırlatma"] * 2
    call_command("remind")
    assert capsys.readouterr().out == "0 e-posta.\n"
    mailbox.refused = {"katip@example.org"}
    inspected(here, days(4))
    with pytest.raises(SystemExit) as ended:
        call_command("remind")
    assert ended.value.code == 1 and "no such mailbox" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_reader_finds_what_she_may_not_see_veiled(here, rule, mailbox):
    """Of the row's own unit she sees the row, and not what it names elsewhere."""
    theirs = row(registers.get("lease-contracts"), unit("Zabıta"))
    rule_of(name="Kira", date="leased-vehicles.starts_on", days_before="30", urgent=True, to_unit=False)
    user("ag", here, (here, "vehicles", 2), email="ag@example.org")
    car = row(VEHICLES, here)
    row(registers.get("leased-vehicles"), here, contract=theirs, vehicle=car, starts_on=days(3), ends_on=days(9))
    sending.send(plan_on(TODAY))
    (mail,) = mailbox.messages
    texts = [mail.get_body([kind]).get_content() for kind in ("plain", "html")]
    assert mail["To"] == "ag@example.org"
    for text in texts:
        assert f"{access.Unseen(0)} · {car.plate}" in text and theirs.number not in text


BEFORE = """
import datetime as dt
from tests.inventory.reminders.conftest import inspected, rule_of, TODAY
from tests.rows import unit
here = unit("Park", email="park@example.org")
rule_of(urgent=True)
inspected(here, TODAY + dt.timedelta(5))
"""
# Killed on the way: before the server has the mail, or after it and before that is written down.
RUN = """
import os
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
from inventory.reminders import sending
from inventory.reminders.models import Mail
settings.VAR_DIR, settings.EMAIL_HOST, settings.EMAIL_PORT = Path(var), "127.0.0.1", port
plainly = sending._send
def killed(connection, mail, letter, outcome):
    if when == "before":
        os._exit(9)
    mail.save = lambda **_: os._exit(9)
    plainly(connection, mail, letter, outcome)
if when:
    sending._send = killed
call_command("remind")
call_command("remind")
"""


@pytest.mark.usefixtures("server")
def test_a_killed_run_loses_nothing_and_a_second_copy_is_known_as_one(shared_database, server, tmp_path):  # noqa: F811
    """At least once: killed before the server has it, the mail goes out with the next run; killed after, it goes out a
    second time under the same Message-ID."""
    server.handler.messages, server.handler.refused = [], set()
    counts = []
    try:
        for when, code in (("before", BEFORE + RUN), ("after", RUN), ("", RUN)):
            process = start(shared_database, code, when=when, port=server.port, var=str(tmp_path))
            _out, err = process.communicate(timeout=120)
            assert process.returncode == (9 if when else 0), err
            counts.append(len(server.handler.messages))
    finally:
        end_all()
    assert counts == [0, 1, 2]  # the last run was two
    assert len({mail["Message-ID"] for mail in server.handler.messages}) == 1

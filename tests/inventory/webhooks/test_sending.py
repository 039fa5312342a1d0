"""Messages as their receiver gets them: in order, signed, again until they are answered, and never what may not go."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from inventory import former, writes
from inventory.accounts.signing_in import sealing
from inventory.organization.models import Grant, Person
from inventory.pages.home.waiting import waiting_for
from inventory.webhooks import making, posting, sending, signing
from inventory.webhooks.models import Delivery, Rule, State
from inventory.webhooks.sending import DELAYS, take_turn
from tests.inventory.webhooks.conftest import SECRET, VEHICLES, later, rule_of
from tests.inventory.webhooks.test_making import change
from tests.rows import SYSTEM, row

pytestmark = pytest.mark.django_db


def states(rule: Rule) -> list[str]:
    return list(rule.deliveries.order_by("pk").values_list("state", flat=True))


def looks() -> list[dt.datetime]:
    tasks = DBTaskResult.objects.filter(task_path__endswith="webhooks.sending.send")
    # What is wanted at once stands there with the last of all days.
    return sorted(tasks.filter(run_after__lt=former.EVER).values_list("run_after", flat=True))


def test_signed_as_standard_webhooks_has_it():
    """The example of its own libraries: standardwebhooks 1.1.0 signs it alike."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signing.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (made["webhook-id"], made["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


def test_a_message_arrives_once_signed_and_is_marked(rule, receiver, here):
    receiver.answers = lambda message: (200, "Tamam, aldım".encode())
    made = row(VEHICLES, here)
    take_turn(rule.pk)
    take_turn(rule.pk)
    (message,) = receiver.got
    assert message.is_signed_by(SECRET) and not message.is_signed_by(signing.new_secret())
    assert abs(int(message.headers["webhook-timestamp"]) - time.time()) < 30
    assert message.headers["content-type"] == "application/json"
    assert message.said["data"]["id"] == made.pk
    kept = Delivery.objects.get()
    assert (kept.state, kept.status, kept.answer, kept.tries) == (State.SENT, 200, "Tamam, aldım", 1)
    assert message.headers["webhook-id"] == kept.message_id


def test_a_rows_messages_come_in_order_and_wait_for_the_first_while_other_rows_go_on(rule, receiver, here):
    broken, fine = row(VEHICLES, here, make="A0"), row(VEHICLES, here, make="B0")
    receiver.answers = lambda message: (503 if message.said["data"]["id"] == broken.pk else 204,)
    change(broken, make="A1")
    change(fine, make="B1")
    change(broken, make="A2")
    take_turn(rule.pk)
    assert [each["data"]["after"]["make"] for each in receiver.said] == ["A0", "B0", "B1"]
    receiver.answers = lambda message: (204,)
    later(rule)
    assert [each["data"]["after"]["make"] for each in receiver.said][3:] == ["A0", "A1", "A2"]
    assert set(states(rule)) == {State.SENT}
    # Both tries of the first are one message.
    assert receiver.got[0].headers["webhook-id"] == receiver.got[3].headers["webhook-id"]


def test_what_fails_is_tried_again_ever_later_and_then_given_up_and_its_owner_is_told(rule, receiver, here, clerk):
    receiver.answers = lambda message: (500, b"olmadi")
    row(VEHICLES, here)
    for delay in DELAYS:
        later(rule)
        kept = Delivery.objects.get()
        assert abs(kept.due_at - timezone.now() - delay) < dt.timedelta(seconds=30)
        assert (kept.state, kept.status, kept.answer) == (State.WAITING, 500, "olmadi")
        before = len(receiver.got)
        # The look that was for a worker who might be killed finds nothing to do, and asks for the right one.
        Rule.objects.update(look_at=timezone.now())
        take_turn(rule.pk)
        assert len(receiver.got) == before and kept.due_at in looks()
    assert waiting_for(clerk) == []
    later(rule)
    assert states(rule) == [State.FAILED] and Delivery.objects.get().tries == 8
    assert len({message.headers["webhook-id"] for message in receiver.got}) == 1
    (reported,) = waiting_for(clerk)
    assert "Muhasebe" in reported.text and reported.number == 1


def test_a_receiver_that_is_away_is_not_called_for_each_of_many(rule, receiver, here):
    receiver.answers = lambda message: (502,)
    for _ in range(16):
        row(VEHICLES, here)
    rests = []
    for _ in range(5):
        take_turn(rule.pk)
        rests.append(round((Rule.objects.get().paused_until - timezone.now()).total_seconds() / 5) * 5)
        Rule.objects.update(paused_until=timezone.now())
    assert (len(receiver.got), rests) == (15, [5, 300, 1800, 1800, 1800])
    Rule.objects.update(paused_until=timezone.now() + dt.timedelta(minutes=30))
    take_turn(rule.pk)
    assert len(receiver.got) == 15
    receiver.answers = lambda message: (204,)
    later(rule)
    assert set(states(rule)) == {State.SENT} and Rule.objects.get().failures == 0


def test_one_row_that_is_refused_keeps_no_other_waiting(rule, receiver, here):
    refused = {row(VEHICLES, here).pk for _ in range(3)}
    receiver.answers = lambda message: (400 if message.said["data"]["id"] in refused else 204,)
    take_turn(rule.pk)
    for _ in range(4):
        row(VEHICLES, here)
    Rule.objects.update(paused_until=None)
    Delivery.objects.filter(tries__gt=0).update(due_at=timezone.now())
    take_turn(rule.pk)
    assert states(rule).count(State.SENT) == 4


def test_after_too_many_failures_the_rule_is_off_and_its_owner_is_told(rule, receiver, here, clerk, settings):
    settings.WEBHOOK_MAX_FAILURES = 4
    receiver.answers = lambda message: (500,)
    row(VEHICLES, here)
    for _ in range(4):
        assert Rule.objects.get().active
        later(rule)
    off = Rule.objects.get()
    assert not off.active and off.stopped_at and len(receiver.got) == 4
    row(VEHICLES, here)
    later(rule)
    assert len(receiver.got) == 4 and Delivery.objects.count() == 1
    (reported,) = waiting_for(clerk)
    assert "kapandı" in reported.text and reported.url.endswith(f"/account/webhooks/{rule.pk}/")


def test_a_success_in_between_begins_the_count_anew(rule, receiver, here, settings):
    settings.WEBHOOK_MAX_FAILURES = 2
    for status in (500, 204, 500):
        receiver.answers = lambda message, status=status: (status,)
        row(VEHICLES, here)
        take_turn(rule.pk)
    assert Rule.objects.get().active and Rule.objects.get().failures == 1


@pytest.mark.parametrize("lost", ["grant", "account", "person", "level of everything", "second factor"])
def test_who_lost_a_right_after_the_event_has_nothing_sent(rule, receiver, here, clerk, lost):
    if lost == "level of everything":
        type(clerk).objects.filter(pk=clerk.pk).update(is_superuser=True)
    elif lost == "second factor":
        Grant.objects.filter(person=clerk.person).update(needs_second_factor=True)
        type(clerk).objects.filter(pk=clerk.pk).update(second_factor_since=timezone.now())
    row(VEHICLES, here)
    if lost == "grant":
        Grant.objects.filter(person=clerk.person).delete()
    elif lost == "account":
        type(clerk).objects.filter(pk=clerk.pk).update(is_active=False)
    elif lost == "second factor":
        type(clerk).objects.filter(pk=clerk.pk).update(second_factor_since=None)
    elif lost == "person":
        Person.objects.filter(pk=clerk.person_id).update(active=False)
    else:
        type(clerk).objects.filter(pk=clerk.pk).update(is_superuser=False)
    take_turn(rule.pk)
    assert receiver.got == [] and states(rule) == [State.CANCELLED]
    assert Delivery.objects.get().answer


def test_who_got_more_rights_loses_no_message(rule, receiver, here, there, clerk):
    row(VEHICLES, here)
    Grant.objects.filter(person=clerk.person).update(level=3)
    Grant.objects.create(person=clerk.person, unit=there, register="", level=1)
    take_turn(rule.pk)
    assert len(receiver.got) == 1


def test_a_deleted_row_is_told_and_so_is_what_happened_before(rule, receiver, here):
    made = row(VEHICLES, here)
    writes.delete(VEHICLES, made, SYSTEM)
    take_turn(rule.pk)
    assert [each["type"] for each in receiver.said] == ["vehicles.created", "vehicles.deleted"]


def test_a_renewed_secret_signs_what_waits(rule, receiver, here):
    row(VEHICLES, here)
    secret = signing.new_secret()
    Rule.objects.update(seal=sealing.sealed(secret))
    take_turn(rule.pk)
    assert receiver.got[0].is_signed_by(secret) and not receiver.got[0].is_signed_by(SECRET)


def test_a_secret_of_another_key_sends_nothing_and_says_so(rule, receiver, here, settings):
    row(VEHICLES, here)
    settings.SEAL_KEY, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "baska", "bambaska", []
    take_turn(rule.pk)
    assert receiver.got == [] and "anahtar" in Delivery.objects.get().answer


def test_a_redirect_is_a_failure_and_leads_nowhere(rule, receiver, here):
    receiver.answers = lambda message: (307, b"", {"Location": receiver.url})
    row(VEHICLES, here)
    take_turn(rule.pk)
    kept = Delivery.objects.get()
    assert (len(receiver.got), kept.state, kept.status) == (1, State.WAITING, 307)
    assert "yönlendir" in kept.answer


def test_of_a_huge_answer_only_the_beginning_is_read(rule, receiver, here):
    receiver.answers = lambda message: (200, (b"\0a" * 5_000 for _ in range(10_000)))
    row(VEHICLES, here)
    began = time.monotonic()
    take_turn(rule.pk)
    kept = Delivery.objects.get()
    assert kept.state == State.SENT and set(kept.answer) == {"a"} and len(kept.answer) <= 300
    assert time.monotonic() - began < 5


def slowly():
    for _ in range(100):
        time.sleep(0.2)
        yield b"."


def test_who_answers_drop_by_drop_is_not_waited_for(rule, receiver, here, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 1)
    answered = posting.post(receiver.url, b"{}", {})
    assert answered.status == 204
    receiver.answers = lambda message: (200, slowly())
    row(VEHICLES, here)
    began = time.monotonic()
    take_turn(rule.pk)
    # That it was taken has been said.
    assert states(rule) == [State.SENT] and time.monotonic() - began < 3


def test_who_does_not_answer_in_time_has_not_answered(rule, receiver, here, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 1)
    receiver.answers = lambda message: time.sleep(3) or (204,)
    row(VEHICLES, here)
    began = time.monotonic()
    take_turn(rule.pk)
    kept = Delivery.objects.get()
    assert (kept.state, kept.tries) == (State.WAITING, 1) and "1 saniye" in kept.answer
    assert time.monotonic() - began < 2.5


# Two workers ----------------------------------------------------------------------------------------------


def test_while_one_worker_sends_another_leaves_it_and_asks_for_one_more_look(rule, receiver, here):
    row(VEHICLES, here)
    until = timezone.now() + dt.timedelta(seconds=40)
    Rule.objects.update(leased_until=until, holder="baska", look_at=None)
    for _ in range(5):
        take_turn(rule.pk)
    assert receiver.got == [] and looks() == [until]


def test_what_a_dead_worker_held_is_taken_up_when_its_lease_is_over(rule, receiver, here):
    row(VEHICLES, here)
    Rule.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1), holder="olen")
    take_turn(rule.pk)
    assert len(receiver.got) == 1 and Rule.objects.get().holder == ""


def test_who_lost_the_lease_sends_no_more(rule, receiver, here):
    for _ in range(3):
        row(VEHICLES, here)

    def overtaken(message):
        Rule.objects.update(holder="baska")
        return (204,)

    # In the thread of the worker, whose connection it is.
    send, seen = sending.posting.post, []

    def post(*given):
        seen.append(given)
        overtaken(None)
        return send(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending.posting, "post", post)
        take_turn(rule.pk)
    assert len(seen) == 1 and Rule.objects.get().holder == "baska"


def test_a_worker_lets_others_work_after_its_turn_and_comes_back(rule, receiver, here, monkeypatch):
    monkeypatch.setattr(sending, "TURN", 0)
    row(VEHICLES, here)
    take_turn(rule.pk)
    assert receiver.got == []
    monkeypatch.setattr(sending, "TURN", 30)
    assert looks()[0] <= timezone.now() + dt.timedelta(seconds=1)
    take_turn(rule.pk)
    assert len(receiver.got) == 1


def test_a_rule_that_is_deleted_meanwhile_ends_the_turn(rule, receiver, here):
    for _ in range(2):
        row(VEHICLES, here)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending.posting, "post", lambda *_: Rule.objects.all().delete() and posting.Answer(204, ""))
        take_turn(rule.pk)
    assert not Delivery.objects.exists()


def test_a_rule_with_nothing_to_send_asks_for_no_look(rule, receiver, here):
    row(VEHICLES, here)
    take_turn(rule.pk)
    Rule.objects.update(look_at=timezone.now())
    asked = len(looks())
    for _ in range(3):
        take_turn(rule.pk)
    assert len(looks()) == asked == 1


# What is kept ---------------------------------------------------------------------------------------------


def test_old_messages_are_swept_and_what_an_open_rule_has_waiting_is_asked_for_again(rule, receiver, here, clerk):
    off = rule_of(clerk, receiver.url, active=False)
    old = timezone.now() - dt.timedelta(days=31)
    for of, state in ((rule, State.SENT), (rule, State.FAILED), (rule, State.WAITING), (off, State.WAITING)):
        made = making.trial(of)
        Delivery.objects.filter(pk=made.pk).update(state=state, made_at=old)
    kept = making.trial(rule)
    DBTaskResult.objects.all().delete()
    call_command("sweep_webhooks")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["waiting", "waiting"]
    assert Delivery.objects.filter(pk=kept.pk).exists()
    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.all()] == [[rule.pk]]


def test_a_clock_that_was_ahead_keeps_no_rule_waiting(rule, receiver, here):
    row(VEHICLES, here)
    ahead = timezone.now() + dt.timedelta(days=400)
    Rule.objects.update(leased_until=ahead, paused_until=ahead, look_at=ahead, holder="olen")
    Delivery.objects.update(due_at=ahead)
    take_turn(rule.pk)
    assert receiver.got == []
    DBTaskResult.objects.all().delete()
    call_command("sweep_webhooks")
    assert DBTaskResult.objects.count() == 1
    take_turn(rule.pk)
    assert len(receiver.got) == 1


def test_imports_and_exports_come_first(rule, here):
    row(VEHICLES, here)
    assert DBTaskResult.objects.get(task_path__endswith="webhooks.sending.send").priority < 0

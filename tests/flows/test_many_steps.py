"""A step that many rows take at once: which do, which do not and why, one entry, one undo."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports import batches, by_hand
from imports.models import Batch
from imports.plans import undoing
from imports.steps import Stopped
from inventory import registers, writes
from inventory.flows.declared import NEW
from inventory.history import Author
from inventory.refusals import Refused
from tests.flows.walks import EVERY, in_state, state_of, states, steps_with, take, with_flow
from tests.pages import posted, signed_in
from tests.rows import SYSTEM, row, set_values, unit, user

pytestmark = pytest.mark.django_db
LEASES = registers.get("lease-contracts")


@pytest.fixture
def editor(here):
    return user("memur", here, (here, LEASES.granted_as, 2))


def taken(client, register, step, rows, **data):
    """The page as the list leads to it, and what it says when it is sent with its own numbers."""
    address = reverse("register-many-steps", args=[register, step])
    asked = {"selected": [each.pk for each in rows]}
    page = client.post(address, asked)
    if page.status_code != 200:
        return page
    sent = asked | posted(page.context["form"]) | {"count": page.context["ready"], "reason": "gereği"} | data
    answer = client.post(address, sent, follow=True)
    if doubts := answer.context.get("doubts"):
        assert doubts
        answer = client.post(address, sent | {"accepted": answer.context["stamp"]}, follow=True)
    return answer


def of(register, made) -> list[str]:
    return [state_of(register, each) for each in made]


@pytest.mark.parametrize("register", EVERY)
def test_every_step_is_taken_by_many_and_taken_back(register, here, steward):
    client = signed_in(steward)
    for step in register.flow.steps:
        source = step.source[0]
        made = [in_state(register, here, source) for _ in range(3)]
        kept = [register.model.objects.filter(pk=each.pk).values().get() for each in made]
        page = taken(client, register, step.name, made)
        assert "3 kayıt değişti." in page.content.decode(), step.name
        assert of(register, made) == [step.target] * 3
        batch = Batch.objects.latest("pk")
        entries = [each.history.latest("history_id") for each in made]
        assert {e.history_change_reason for e in entries} == {f"“{step.label}” adımı · gereği"}
        assert {e.batch_id for e in entries} == {batch.pk}
        assert all(steward.pk in found[step.name] for found in takers(register, made))
        shown = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
        assert all(str(register.column(register.flow.column).choices[s]) in shown for s in (source, step.target))
        undoing.undo(batch, steward, "yanlış")
        for each, before in zip(made, kept, strict=True):
            now = register.model.objects.filter(pk=each.pk).values().get()
            assert {name for name in now if now[name] != before[name]} == {"version"}, step.name


def takers(register, made):
    from inventory.flows import stepping

    found = stepping.takers(register, [each.pk for each in made])
    return [found[each.pk] for each in made]


def test_those_that_may_not_stay_and_the_page_says_why(here, editor, monkeypatch):
    leases = with_flow(monkeypatch, LEASES, not_both=((NEW, "run"),))
    client, there = signed_in(editor), unit("Zabıta Dairesi Başkanlığı")
    ready, ended, far = row(leases, here), in_state(leases, here, "ended"), row(leases, there)
    own = leases.model.of({**_values(ready), "number": "K-9"})
    writes.save(leases, own, Author(editor))
    blank = row(leases, here)
    leases.model.objects.filter(pk=blank.pk).update(contractor="")
    rows = [ready, ended, own, blank, far]
    page = client.post(reverse("register-many-steps", args=[leases, "run"]), {"selected": [each.pk for each in rows]})
    assert page.context["ready"] == 1
    reasons = {why: [each.pk for each in named] for why, named, _more in page.context["refused"]}
    assert [list(reasons.values())] == [[[ended.pk], [own.pk], [blank.pk]]]
    for part in ("yalnızca şu durumda", "bu kaydı siz girdiniz", "şu alanları doldurunuz"):
        assert part in " ".join(reasons)
    assert "1 kayıt değişti." in taken(client, leases, "run", rows).content.decode()
    assert of(leases, rows) == ["running", "ended", "draft", "draft", "draft"]
    # What is asked for once counts for all that lack it; that more rows take the step then is asked again.
    answer = taken(client, leases, "run", [blank], contractor="Yeni A.Ş.")
    assert "yeni sayıyı onaylayınız" in answer.content.decode() and answer.context["ready"] == 1
    assert "1 kayıt değişti." in taken(client, leases, "run", [blank], contractor="Yeni A.Ş.", count=1).content.decode()
    blank.refresh_from_db()
    assert (blank.state, blank.contractor) == ("running", "Yeni A.Ş.")


def _values(made) -> dict:
    return {f.name: getattr(made, f.name) for f in made._meta.concrete_fields if f.editable and not f.primary_key}


def test_a_number_that_moved_is_asked_again_and_a_step_back_needs_a_reason(here, steward):
    client, made = signed_in(steward), [in_state(LEASES, here, "running") for _ in range(2)]
    answer = taken(client, LEASES, "redraft", made, count=3)
    assert "yeni sayıyı onaylayınız" in answer.content.decode() and of(LEASES, made) == ["running"] * 2
    answer = taken(client, LEASES, "redraft", made, reason="")
    assert "gerekçesini yazınız" in answer.content.decode() and of(LEASES, made) == ["running"] * 2
    assert not Batch.objects.exists()


def test_a_reason_that_would_be_cut_off_is_refused(here, steward):
    made, client = row(LEASES, here), signed_in(steward)
    name = len("“Yürürlüğe al” adımı · ")
    answer = taken(client, LEASES, "run", [made], reason="ö" * (251 - name))
    assert answer.context["form"].errors["reason"] and state_of(LEASES, made) == "draft"
    taken(client, LEASES, "run", [made], reason="ö" * (250 - name))
    assert made.history.latest("history_id").history_change_reason == "“Yürürlüğe al” adımı · " + "ö" * (250 - name)


def test_nobody_takes_a_step_that_is_for_those_who_manage(here, editor, steward):
    made = in_state(LEASES, here, "ended")
    page = taken(signed_in(editor), LEASES, "close", [made])
    assert page.context["ready"] == 0 and "yönetenler" in page.content.decode()
    viewer = signed_in(user("okur", here, (here, "", 1)))
    assert (
        viewer.post(reverse("register-many-steps", args=[LEASES, "close"]), {"selected": [made.pk]}).status_code == 404
    )
    address = reverse("register-many-steps", args=[LEASES, "fly"])
    assert signed_in(steward).post(address, {"selected": [made.pk]}).status_code == 404
    assert state_of(LEASES, made) == "ended"
    # Nor past the page.
    for name, why in (("closed", "yönetenler"), ("draft", "adımlarla değişir")):
        with pytest.raises(Refused, match=why):
            set_values(LEASES, LEASES.model.objects.filter(pk=made.pk), {"state": name}, Author(editor))
    assert state_of(LEASES, made) == "ended" and not Batch.objects.exists()


def test_who_may_no_longer_manage_does_not_take_a_closing_back(here, steward):
    made = in_state(LEASES, here, "ended")
    taken(signed_in(steward), LEASES, "close", [made])
    grant = steward.person.grants.get()
    grant.level = 2
    writes.save(registers.get("grants"), grant, SYSTEM)
    fresh = type(steward).objects.get(pk=steward.pk)
    done = undoing.undo(Batch.objects.get(), fresh)
    assert [left.why for left in done.left] == ["“Kapat” adımını yalnızca kaydı yönetenler geri alır."]
    assert state_of(LEASES, made) == "closed"


@pytest.mark.parametrize("force", [False, True])
def test_a_row_that_has_taken_another_step_since_stays(force, here, steward):
    made = [row(LEASES, here, notes="") for _ in range(4)]
    taken(signed_in(steward), LEASES, "run", made)
    take(LEASES, made[0], "end")
    take(LEASES, made[1], "redraft"), take(LEASES, made[1], "run")
    edited = LEASES.model.objects.get(pk=made[2].pk)
    edited.notes = "sonradan"
    writes.save(LEASES, edited, SYSTEM)
    done = undoing.undo(Batch.objects.get(), steward, force=force)
    assert of(LEASES, made) == ["ended", "running", "draft" if force else "running", "draft"]
    assert sorted(left.id for left in done.left) == sorted(each.pk for each in made[: 2 if force else 3])
    edited.refresh_from_db()
    assert edited.notes == ("" if force else "sonradan")


def test_an_effect_in_other_rows_is_taken_back_with_the_step(here, steward, monkeypatch):
    vehicles = registers.get("vehicles")

    def marked(contract, by):
        for each in vehicles.model.objects.filter(responsible_unit=contract.responsible_unit, notes=""):
            each.notes = contract.number
            writes.save(vehicles, each, by)

    car = row(vehicles, here, notes="")
    leases = with_flow(monkeypatch, LEASES, steps=steps_with(LEASES.flow, "run", effect=marked))
    made = [row(leases, here, number=f"K-{n}") for n in range(2)]
    client = signed_in(steward)
    taken(client, leases, "run", made)
    car.refresh_from_db()
    assert car.notes == "K-0"
    batch = Batch.objects.get()
    page = client.get(reverse("import-undo", args=[batch.pk]))
    assert page.context["counts"]["back"] == 3 and str(car) in page.content.decode()
    assert undoing.undo(batch, steward).restored == 3
    car.refresh_from_db()
    assert (car.notes, of(leases, made)) == ("", ["draft"] * 2)


def test_a_step_back_without_a_reason_and_what_is_stopped_or_taken_by_another_are_refused(here, steward, monkeypatch):
    made = in_state(LEASES, here, "running")

    def plan(reason: str) -> Batch:
        rows = by_hand.in_lists(LEASES, LEASES.model.objects.filter(pk=made.pk))
        return by_hand.planned("adım", Author(steward, reason), [by_hand.Part(LEASES, rows, {"state": "draft"})])

    with pytest.raises(Refused, match="gerekçesini yazınız"):
        by_hand.apply(plan(""))
    monkeypatch.setattr(batches, "write", lambda batch: False)
    with pytest.raises(Refused, match="bu arada değişti"):
        by_hand.apply(plan("gereği"))

    def stop(batch):
        raise Stopped("Ayşe")

    monkeypatch.setattr(batches, "write", stop)
    with pytest.raises(Refused, match="Ayşe durdurdu"):
        by_hand.apply(plan("gereği"))
    assert state_of(LEASES, made) == "running" and Batch.objects.count() == 1


def test_all_or_none(here, steward, monkeypatch):
    def fails(contract, by):
        if contract.contractor == "Yanlış":
            raise Refused("olmaz")

    leases = with_flow(monkeypatch, LEASES, steps=steps_with(LEASES.flow, "run", effect=fails))
    made = [row(leases, here), row(leases, here, contractor="Yanlış")]
    page = taken(signed_in(steward), leases, "run", made).content.decode()
    assert "Hiçbir kayıt değişmedi. olmaz" in page
    assert of(leases, made) == ["draft"] * 2 and not Batch.objects.exists()
    assert all(each.history.count() == 1 for each in made)


def test_it_takes_no_more_queries_for_more_rows(here, steward):
    counts = []
    for many in (2, 40):
        made = [row(LEASES, here) for _ in range(many)]
        rows = by_hand.in_lists(LEASES, LEASES.model.objects.filter(pk__in=[each.pk for each in made]))
        part = by_hand.Part(LEASES, rows, {"state": "running"})
        with CaptureQueriesContext(connection) as caught:
            by_hand.apply(by_hand.planned("adım", Author(steward), [part]))
        # A contract is asked about its lines one by one, wherever it is written.
        counts.append(sum('FROM "vehicles_leasedvehicle"' not in query["sql"] for query in caught))
        assert of(LEASES, made) == ["running"] * many
    assert counts[1] <= counts[0], counts


def test_many_rows_are_left_to_a_worker_and_stopped_there(here, steward, monkeypatch):
    monkeypatch.setattr("imports.pages.many.AT_ONCE_ROWS", 2)
    made, client = [row(LEASES, here) for _ in range(3)], signed_in(steward)
    page = taken(client, LEASES, "run", made)
    batch = Batch.objects.get()
    assert page.redirect_chain[-1][0] == reverse("import-batch", args=[batch.pk]) and batch.state == "applying"
    assert "Durdur" in page.content.decode() and of(LEASES, made) == ["draft"] * 3
    client.post(reverse("import-cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "checked" and "durdurdu" in batch.message
    page = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert reverse("import-apply", args=[batch.pk]) in page and reverse("import-drop", args=[batch.pk]) in page
    for name in ("import-again", "import-check", "import-fill-all", "import-later"):
        client.post(reverse(name, args=[batch.pk]))
    counts = {name: batch.counts[name] for name in ("new", "changed", "retiring", "refused")}
    client.post(reverse("import-apply", args=[batch.pk]), counts)
    assert of(LEASES, made) == ["running"] * 3
    batch.refresh_from_db()
    assert batch.state == "applied"
    # Another one is given up.
    taken(client, LEASES, "end", made)
    second = Batch.objects.latest("pk")
    client.post(reverse("import-cancel", args=[second.pk]))
    client.post(reverse("import-drop", args=[second.pk]))
    second.refresh_from_db()
    assert second.state == "dropped" and of(LEASES, made) == ["running"] * 3


def test_a_worker_refuses_what_has_moved_since_and_says_so(here, steward):
    made = [row(LEASES, here) for _ in range(2)]
    part = by_hand.Part(LEASES, [made], {"state": "running"})
    batch = by_hand.planned("adım", Author(steward), [part])
    take(LEASES, made[1], "run")
    batches.ask_to_apply(batch)
    batches.run_apply(batch, before=())
    assert batch.state == "refused" and str(made[1].pk) in batch.message
    assert of(LEASES, made) == ["draft", "running"]


def test_the_list_offers_the_steps_of_the_states_that_it_shows(here, steward, editor):
    for state in states(LEASES):
        in_state(LEASES, here, state)
    client = signed_in(steward)

    def offered(**query) -> set[str]:
        page = client.get(reverse("register-list", args=[LEASES]), query).content.decode()
        return {s.name for s in LEASES.flow.steps if reverse("register-many-steps", args=[LEASES, s.name]) in page}

    assert offered() == {step.name for step in LEASES.flow.steps}
    for state in states(LEASES):
        assert offered(state=state) == {s.name for s in LEASES.flow.steps if state in s.source}
    client = signed_in(user("okur", here, (here, "", 1)))
    assert offered() == set()

"""Steps on pages: their buttons, the page that takes one, the tabs of a list, the history."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory import registers, writes
from inventory.flows.declared import NEW
from inventory.history import Author
from inventory.past import opened
from tests.flows.walks import EVERY, begin, in_state, state_of, states, take, with_flow
from tests.pages import posted, signed_in
from tests.rows import row, user

pytestmark = pytest.mark.django_db
LEASES = registers.get("lease-contracts")
# The list, and what is counted after it.
ADDRESSES = ("register-list", "register-totals")


def url(register, made, step=None) -> str:
    if step is None:
        return reverse("register-detail", args=[register, made.pk])
    return reverse("register-step", args=[register, made.pk, step])


def buttons(client, register, made) -> set[str]:
    """The steps whose pages the row's page leads to."""
    page = client.get(url(register, made)).content.decode()
    return {step.name for step in register.flow.steps if f'href="{url(register, made, step.name)}"' in page}


def shown_tabs(client, register, **query) -> dict[str, int | None]:
    tabs = client.get(reverse("register-totals", args=[register]), query).context["tabs"]
    return {tab.text: tab.count for tab in tabs}


@pytest.mark.parametrize("register", EVERY)
def test_the_row_offers_the_steps_that_its_reader_may_take(register, here, there, admin):
    slug = register.granted_as
    viewer, editor = user("goren", here, (here, slug, 1)), user("duzenleyen", here, (here, slug, 2))
    steward = user("sorumlu", here, (here, slug, 3))
    for state in states(register):
        made = in_state(register, here, state)
        steps = {step.name: step for step in register.flow.steps if state in step.source}
        easy = {name for name, step in steps.items() if step.level == "change" and not register.stewards_only}
        assert buttons(signed_in(viewer), register, made) == set()
        assert buttons(signed_in(editor), register, made) == easy
        for account in (steward, admin):
            assert buttons(signed_in(account), register, made) == set(steps)
        label = str(register.column(register.flow.column).choices[state])
        assert label in signed_in(viewer).get(url(register, made)).content.decode()
    stranger = user("yabanci", there, (there, "", 3))
    if register.scope is not None and not register.public:
        assert signed_in(stranger).get(url(register, made)).status_code == 404


@pytest.mark.parametrize("register", EVERY)
def test_who_may_not_change_the_row_finds_no_step(register, here, there):
    slug = register.granted_as
    viewer, stranger = user("goren", here, (here, slug, 1)), user("yabanci", there, (there, "", 3))
    made = row(register, here)
    for account in (viewer, stranger):
        for step in register.flow.steps:
            for ask in (signed_in(account).get, signed_in(account).post):
                assert ask(url(register, made, step.name)).status_code == 404
    assert (state_of(register, made), register.model.history.filter(id=made.pk).count()) == (begin(register), 1)


def test_a_step_that_is_none_and_a_register_without_steps_are_a_404(here, admin):
    client = signed_in(admin)
    assert client.get(url(LEASES, row(LEASES, here), "fly")).status_code == 404
    vehicles = registers.get("vehicles")
    assert client.get(url(vehicles, row(vehicles, here), "run")).status_code == 404


@pytest.mark.parametrize("register", EVERY)
def test_every_step_is_taken_on_its_page_and_named_in_the_history(register, here, admin):
    client = signed_in(admin)
    for step in register.flow.steps:
        made = in_state(register, here, step.source[0])
        address = url(register, made, step.name)
        answer = client.get(address)
        assert answer.status_code == 200 and str(step.label) in answer.content.decode()
        data = posted(answer.context["form"]) | {"reason": "belgesi geldi"}
        answer = client.post(address, data)
        if answer.status_code == 200:
            # Doubted, such as the end of a contract whose last day is still to come.
            answer = client.post(address, data | {"accepted": answer.context["form"].stamp})
        assert answer.status_code == 302
        assert state_of(register, made) == step.target
        for page in (url(register, made), reverse("register-history", args=[register, made.pk])):
            assert f"“{step.label}” adımı · belgesi geldi" in client.get(page).content.decode()


def test_a_contract_that_ends_before_its_last_day_is_asked_about(here, admin):
    client, made = signed_in(admin), in_state(LEASES, here, "running")
    address = url(LEASES, made, "end")
    data = posted(client.get(address).context["form"])
    (doubt,) = client.post(address, data).context["form"].doubts
    assert "henüz gelmedi" in doubt and state_of(LEASES, made) == "running"
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert client.post(address, data | {"ends_on": yesterday.strftime("%d.%m.%Y")}).status_code == 302


@pytest.mark.parametrize("register", EVERY)
def test_a_step_back_without_reason_is_asked_for_it(register, here, admin):
    client, order = signed_in(admin), states(register)
    for step in register.flow.steps:
        if order.index(step.target) > order.index(step.source[0]):
            continue
        made = in_state(register, here, step.source[0])
        address = url(register, made, step.name)
        answer = client.post(address, posted(client.get(address).context["form"]))
        assert "Geri adımın gerekçesini yazınız" in answer.content.decode()
        assert state_of(register, made) == step.source[0]


def test_what_is_missing_is_asked_for_and_what_is_doubted_is_said(here, admin):
    limit = registers.get("limits").model(code="first-year", name="İlk yıl", value=1900)
    writes.save(registers.get("limits"), limit, Author())
    client, made = signed_in(admin), row(LEASES, here, signed_on=None)
    address = url(LEASES, made, "run")
    data = posted(client.get(address).context["form"])
    answer = client.post(address, data)
    assert "“Sözleşme tarihi” boş bırakılamaz" in answer.content.decode()
    assert (state_of(LEASES, made), answer.status_code) == ("draft", 200)
    answer = client.post(address, data | {"signed_on": "05.01.1826"})
    assert "yıl olağan dışı" in answer.content.decode() and state_of(LEASES, made) == "draft"
    assert "Taslak" in answer.content.decode()
    accepted = {"signed_on": "05.01.1826", "accepted": answer.context["form"].stamp}
    assert client.post(address, data | accepted).status_code == 302
    assert state_of(LEASES, made) == "running"
    # What the model refuses is said in its place, and the row stays.
    address = url(LEASES, made, "end")
    data = posted(client.get(address).context["form"]) | {"ends_on": "01.01.1990"}
    answer = client.post(address, data)
    answer = client.post(address, data | {"accepted": getattr(answer.context["form"], "stamp", "")})
    assert "Bitiş tarihi başlangıçtan önce olamaz" in answer.content.decode()
    assert "Yürürlükte</strong> → <strong>Sona erdi" in answer.content.decode()
    assert state_of(LEASES, made) == "running"


def test_what_is_wrong_is_said_together_with_what_is_doubted(here, admin):
    limit = registers.get("limits").model(code="first-year", name="İlk yıl", value=1900)
    writes.save(registers.get("limits"), limit, Author())
    client, made = signed_in(admin), in_state(LEASES, here, "running")
    address = url(LEASES, made, "end")
    data = posted(client.get(address).context["form"]) | {"ends_on": "01.01.1826"}
    form = client.post(address, data).context["form"]
    assert any("yıl olağan dışı" in sentence for sentence in form.doubts)
    assert form.errors.as_text().count("Bitiş tarihi başlangıçtan önce olamaz") == 1
    assert state_of(LEASES, made) == "running"


@pytest.mark.parametrize("version", [None, "", " ", "x", "-1", "9" * 40])
def test_a_form_without_a_version_that_can_be_read_is_a_conflict(here, admin, version):
    client, made = signed_in(admin), row(LEASES, here)
    address = url(LEASES, made, "run")
    data = {k: v for k, v in posted(client.get(address).context["form"]).items() if k != "version"}
    data |= {} if version is None else {"version": version}
    assert "başkası tarafından değiştirildi" in client.post(address, data, follow=True).content.decode()
    # Also where something else is wrong in it: then that is said first.
    answer = client.post(address, data | {"signed_on": "dün"})
    assert answer.status_code == 200 and "is-invalid" in answer.content.decode()
    assert state_of(LEASES, made) == "draft"


def test_the_second_of_two_is_shown_what_stands(here, admin):
    client, made = signed_in(admin), row(LEASES, here)
    data = posted(client.get(url(LEASES, made, "run")).context["form"])
    changed = LEASES.model.objects.get(pk=made.pk)
    changed.notes = "Onun notu"
    writes.save(LEASES, changed, Author(user=admin))
    answer = client.post(url(LEASES, made, "run"), data, follow=True)
    assert "başkası tarafından değiştirildi" in answer.content.decode()
    assert state_of(LEASES, made) == "draft"
    take(LEASES, made, "run")
    answer = client.post(url(LEASES, made, "run"), data, follow=True)
    assert "yalnızca şu durumda atılır: Taslak" in answer.content.decode()
    data |= {"version": "x", "ends_on": "31.12.2025"}
    assert client.post(url(LEASES, made, "end"), data).status_code == 302
    assert state_of(LEASES, made) == "running"


def test_who_may_not_take_both_steps_reads_why_on_the_page(here, admin, monkeypatch):
    leases = with_flow(monkeypatch, LEASES, not_both=((NEW, "run"),))
    made = row(leases, here)
    with opened():
        leases.model.history.filter(id=made.pk).update(history_user=admin)
    client = signed_in(admin)
    page = client.get(url(leases, made)).content.decode()
    assert "bu kaydı siz girdiniz" in page and buttons(client, leases, made) == set()
    assert "bu kaydı siz girdiniz" in client.post(url(leases, made, "run"), follow=True).content.decode()
    assert state_of(leases, made) == "draft"


@pytest.mark.parametrize("register", EVERY)
def test_the_tabs_count_what_the_list_would_show(register, here, there, admin):
    for number, state in enumerate(states(register)):
        for _ in range(number + 1):
            in_state(register, here, state)
    hidden = in_state(register, there, states(register)[-1])
    own = user("goren", here, (here, "", 1))
    client, texts = signed_in(own), register.column(register.flow.column).choices
    counts = shown_tabs(client, register)
    assert counts == {"Tümü": sum(range(len(texts) + 1))} | {str(t): n + 1 for n, t in enumerate(texts.values())}
    assert sum(shown_tabs(signed_in(admin), register).values()) == 2 * (counts["Tümü"] + 1)
    for tab in client.get(reverse("register-totals", args=[register])).context["tabs"]:
        pages = [client.get(f"{reverse(name, args=[register])}?{tab.query}") for name in ADDRESSES]
        assert len(pages[0].context["page"].lines) == pages[1].context["count"] == tab.count
        for page in pages:
            assert [each.text for each in page.context["tabs"] if each.is_shown] == [tab.text]
        # A tab narrows the list, not the other tabs.
        assert {each.text: each.count for each in pages[1].context["tabs"]} == counts
    # The other filters do.
    found = shown_tabs(client, register, q=str(hidden))
    assert found["Tümü"] == sum(found.values()) / 2 < counts["Tümü"]


@pytest.mark.parametrize("register", EVERY)
def test_the_list_has_its_tabs_before_they_are_counted(register, here, admin):
    client, query = signed_in(admin), {"q": str(row(register, here)), "sort": f"-{register.flow.column}", "page": "1"}
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("register-list", args=[register]), query)
    assert not [each["sql"] for each in captured if "GROUP BY" in each["sql"]]
    counted = client.get(reverse("register-totals", args=[register]), query)
    before, after = page.context["tabs"], counted.context["tabs"]
    assert [(tab.text, tab.query, tab.is_shown) for tab in before] == [
        (tab.text, tab.query, tab.is_shown) for tab in after
    ]
    assert {tab.count for tab in before} == {None} and {tab.count for tab in after} == {0, 1}
    # The counted ones take their place, which there is once in either.
    for answer in (page, counted):
        assert answer.content.decode().count('id="states"') == 1
    assert "hx-swap-oob" in counted.content.decode() and "hx-swap-oob" not in page.content.decode()


@pytest.mark.parametrize("register", EVERY)
def test_a_past_day_has_the_tabs_of_that_day(register, here, admin):
    step = next(step for step in register.flow.steps if begin(register) in step.source)
    made, second = row(register, here), row(register, here)
    take(register, made, step.name)
    today = timezone.localdate()
    with opened():
        past = register.model.history.filter(id__in=[made.pk, second.pk])
        past.filter(history_type="+").update(history_date=timezone.now() - dt.timedelta(days=30))
        # As it stands in entries from before the register had states.
        past.filter(id=second.pk).update(**{register.flow.column: ""})
    texts = {state: str(text) for state, text in register.column(register.flow.column).choices.items()}
    client = signed_in(admin)
    then = shown_tabs(client, register, as_of=(today - dt.timedelta(days=2)).strftime("%d.%m.%Y"))
    assert then == {"Tümü": 2} | dict.fromkeys(texts.values(), 0) | {texts[begin(register)]: 1, "Durumu bilinmeyen": 1}
    now = shown_tabs(client, register, as_of=today.strftime("%d.%m.%Y"))
    assert (now[texts[step.target]], now[texts[begin(register)]]) == (1, 0)
    before = shown_tabs(client, register, as_of=(today - dt.timedelta(days=90)).strftime("%d.%m.%Y"))
    assert set(before.values()) == {None}


@pytest.mark.parametrize("register", EVERY)
def test_tabs_and_steps_cost_the_same_queries_for_few_and_many(register, here, admin, monkeypatch):
    client = signed_in(admin)

    def queries(address) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    made = row(register, here)
    addresses = [*(reverse(name, args=[register]) for name in ADDRESSES), url(register, made)]
    few = [queries(address) for address in addresses]
    for state in states(register):
        in_state(register, here, state)
    for step in ("run", "redraft") * 3 if register is LEASES else ():
        take(register, made, step)
    assert [queries(address) for address in addresses] == few


def test_a_register_without_a_flow_has_no_tabs_and_no_steps(here, admin):
    vehicles, client = registers.get("vehicles"), signed_in(admin)
    made = row(vehicles, here)
    for name in ADDRESSES:
        answer = client.get(reverse(name, args=[vehicles]))
        assert answer.context["tabs"] == [] and "state-tabs" not in answer.content.decode()
    assert "state-strip" not in client.get(url(vehicles, made)).content.decode()


@pytest.mark.parametrize("register", EVERY)
def test_the_history_page_says_that_the_state_stays(register, here, admin):
    step = next(step for step in register.flow.steps if begin(register) in step.source)
    made = row(register, here)
    take(register, made, step.name)
    page = signed_in(admin).get(reverse("register-history", args=[register, made.pk])).content.decode()
    assert "yalnızca adımlarla değişir" in page

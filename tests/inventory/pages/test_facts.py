"""A row's page: its head, what falls due, what is empty, what may not be seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from itertools import chain

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import timezone

from inventory import access, registers, writes
from inventory.computed.columns import on, validities
from inventory.history import Author
from inventory.pages.facts import at_a_glance
from inventory.registers import Register
from tests.pages import EVERY, sample, signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, NETWORK = registers.get("vehicles"), registers.get("network")
TODAY = timezone.localdate


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def admin(here):
    return user("yonetici", here, is_superuser=True)


def page(account, register, made, name: str = "register-detail", query: str = ""):
    answer = signed_in(account).get(reverse(name, args=[register, made.pk]) + query)
    assert answer.status_code == 200
    return answer


def names(facts) -> list[str]:
    return [fact.column.name for fact in facts]


def as_the_page_reads_it(register, made, account):
    rows = access.visible_to(register, account).select_related(*register.joined)
    read = on(rows, validities(register), None).get(pk=made.pk)
    access.veil(register, account, [read])
    return read


def changed(register: Register, **values) -> Register:
    """The register's declaration with other values, which is read again."""
    kept = {each.name: getattr(register, each.name) for each in fields(Register)}
    return Register(**kept | values)


def test_a_head_names_columns_that_the_rows_hold():
    for wrong in ("colr", "inspection_until"):
        with pytest.raises(ImproperlyConfigured, match=wrong):
            changed(VEHICLES, head=("kind", wrong))
    inspections = registers.get("inspections")
    assert inspections.head == ("vehicle", "done_on", "valid_until", "result")
    assert changed(VEHICLES, head=()).head[:3] == ("inventory_no", "plate", "kind")


@pytest.mark.parametrize("register", EVERY)
def test_each_column_is_said_once_without_a_query_of_its_own(register, here, admin, django_assert_max_num_queries):
    read = as_the_page_reads_it(register, sample(register, here), admin)
    # Which steps may be taken is asked: by their levels, and who took those that nobody takes both of.
    with django_assert_max_num_queries(3 if register.flow else 0):
        shown = at_a_glance(register, read, admin)
    said = names(shown["head"]) + [due.column.name for due in shown["dues"] if due.column.name in register.columns]
    said += names(chain.from_iterable((*part.filled, *part.empty) for part in shown["sections"]))
    said += [shown["state"].name] if "state" in shown else []
    assert sorted(said) == sorted(register.columns)


def test_what_is_empty_is_folded_and_the_head_keeps_its_places(here, admin):
    made = row(VEHICLES, here, colour="", notes="", cost=None, is_official=False)
    answer = page(admin, VEHICLES, made)
    assert names(answer.context["head"]) == list(VEHICLES.head)
    assert {fact.column.name: fact.text for fact in answer.context["head"]}["cost"] == ""
    empty = [name for part in answer.context["sections"] for name in names(part.empty)]
    assert {"colour", "notes"} <= set(empty) and not {"cost", "is_official", "plate"} & set(empty)
    text = answer.content.decode()
    assert text.count('<details class="empty-facts d-print-none">') == sum(
        bool(part.empty) for part in answer.context["sections"]
    )
    assert "1 boş alanı göster" in text


def test_a_section_of_nothing_is_one_line_and_not_printed(here, admin):
    made = row(VEHICLES, here, status_on=None, status_reason="")
    text = " ".join(page(admin, VEHICLES, made).content.decode().split())
    assert "<summary> Sorumluluk ve durum: 2 boş alanı göster </summary>" in text
    assert '<h2 class="card-title">Sorumluluk ve durum</h2>' not in text
    assert '<section class="card mb-3 d-print-none" aria-label="Sorumluluk ve durum">' in text


def test_what_may_not_be_seen_is_not_empty(here):
    other = row(NETWORK, unit("Zabıta Dairesi Başkanlığı"))
    made = row(NETWORK, here, linked_to=other)
    sections = page(user("okur", here, (here, "", 1)), NETWORK, made).context["sections"]
    (fact,) = [fact for part in sections for fact in part.filled if fact.column.name == "linked_to"]
    assert (fact.text, fact.url) == ("(size görünmüyor)", "")


@pytest.mark.parametrize(
    ("days", "state", "said"), [(-3, "overdue", "Süresi geçmiş"), (3, "soon", "Yaklaşıyor"), (900, "valid", "Geçerli")]
)
def test_what_falls_due_is_said_with_its_day_in_colour_and_in_words(days, state, said, here, admin):
    made = row(NETWORK, here, licence_until=TODAY() + dt.timedelta(days))
    answer = page(admin, NETWORK, made)
    (due,) = answer.context["dues"]
    day = (TODAY() + dt.timedelta(days)).strftime("%d.%m.%Y")
    assert (due.column.name, due.text, due.state, due.said) == ("licence_until", day, state, said)
    assert f'<span class="badge due-{state} text-nowrap">{said}</span>' in answer.content.decode()


def test_what_a_vehicle_lacks_is_said_with_the_way_to_add_it(here, admin):
    made = row(VEHICLES, here)
    lacking = {due.column.name: due for due in page(admin, VEHICLES, made).context["dues"]}
    assert lacking["inspection_until"].state == "missing" and lacking["inspection_until"].new[0].slug == "inspections"
    reader = user("okur", here, (here, "", 1))
    assert all(due.new is None for due in page(reader, VEHICLES, made).context["dues"])


def test_a_deleted_row_is_shown_whole_and_folded_and_a_past_days_list_leads_to_it(here, admin):
    made = row(VEHICLES, here, colour="", cost=None)
    past = page(admin, VEHICLES, made, query=f"?at=list&as_of={TODAY():%Y-%m-%d}")
    assert names(past.context["head"]) == list(VEHICLES.head)
    pk = made.pk
    writes.delete(VEHICLES, made, Author(reason="mükerrer"))
    made.pk = pk
    gone = page(admin, VEHICLES, made, "register-history")
    shown = gone.context["sections"]
    assert {"colour", "cost"} <= {name for part in shown for name in names(part.empty)}
    assert {"plate", "inventory_no", "kind"} <= {name for part in shown for name in names(part.filled)}
    assert "boş alanı göster" in gone.content.decode()


def test_records_stand_beside_lines_and_items_below(here, admin):
    made = row(VEHICLES, here)
    inspections = registers.get("inspections")
    days = [dt.date(2024, 5, 1), dt.date(2026, 5, 1), dt.date(2025, 5, 1)]
    for day in days:
        row(inspections, here, vehicle=made, done_on=day, valid_until=day + dt.timedelta(365))
    shown = page(admin, VEHICLES, made).context["records"]
    assert not any(records["wide"] for records in shown)
    (lines,) = [records["lines"] for records in shown if records["register"] is inspections]
    assert [cells[0].text for _pk, cells in lines] == ["01.05.2026", "01.05.2025", "01.05.2024"]
    contract = row(registers.get("lease-contracts"), here)
    (lines,) = page(admin, registers.get("lease-contracts"), contract).context["records"]
    assert lines["wide"]


def test_a_blank_that_means_something_is_not_empty(here, admin):
    grants = registers.get("grants")
    everywhere = user("denetci", here, (None, "", 1)).person.grants.get()
    said = {fact.column.name: fact.text for fact in page(admin, grants, everywhere).context["head"]}
    assert (said["unit"], said["register"]) == ("Her yer", "Bütün kütükler")


def test_what_somebody_wrote_is_text_and_keeps_its_lines(here, admin):
    made = row(VEHICLES, here, notes="<b>Kaza</b>\nikinci satır", make="<i>BMC")
    text = page(admin, VEHICLES, made).content.decode()
    assert "&lt;b&gt;Kaza&lt;/b&gt;<br>ikinci satır" in text and "&lt;i&gt;BMC</dd>" in text
    assert "<b>Kaza" not in text and "<i>BMC" not in text

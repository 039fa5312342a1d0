"""Lines in the form of the row that they belong to: added, changed, taken out, and judged together with it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory import registers, writes
from inventory.columns import Column
from inventory.organization.models import Grant
from inventory.pages import lines as lines_page
from inventory.registers import Register
from tests.lines.rows import DAY, LEASES, LINES, VEHICLES, car, contract, line
from tests.pages import posted as form_posted
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease(here):
    return contract(here)


def edit(register: Register, made) -> str:
    return reverse("register-edit", args=[register, made.pk])


def posted(client, url: str, **changes) -> dict[str, str]:
    """What the page at the address would post, its lines as well, with changes."""
    context = client.get(url).context
    data = {}
    for form in (context["form"], *(form for lines in context["lines"] for form in lines.forms)):
        data |= form_posted(form)
    return data | changes


def new(number: int = 0, **values) -> dict[str, str]:
    return {f"{LINES.slug}-new{number}-{name}": str(value) for name, value in values.items()}


def of(made, **values) -> dict[str, str]:
    return {f"{LINES.slug}-{made.pk}-{name}": str(value) for name, value in values.items()}


def test_a_contract_is_entered_with_its_vehicles(admin, here):
    client = signed_in(admin)
    cars = [car(here) for _ in range(3)]
    data = {"number": "K-1", "state": "draft", "contractor": "Firma", "responsible_unit": here.pk}
    data |= {"starts_on": "01.01.2025", "ends_on": "31.12.2026", "monthly_price": "1.500,50"}
    data |= {name: text for n, each in enumerate(cars) for name, text in new(n, vehicle=each.pk).items()}
    data |= new(1, monthly_price="2.000,00", ends_on="30.06.2026")
    answer = client.post(reverse("register-new", args=[LEASES]), data)
    made = LEASES.model.objects.get()
    assert answer.status_code == 302, answer.context["form"].errors
    found = LINES.model.objects.order_by("pk").values_list("vehicle", "starts_on", "ends_on", "monthly_price")
    own = (made.starts_on, made.ends_on, made.monthly_price)
    assert [(v, *rest) for v, *rest in found] == [
        (cars[0].pk, *own),
        (cars[1].pk, own[0], DAY(2026, 6, 30), 2000),
        (cars[2].pk, *own),
    ]
    moments = {entry.history_date for entry in LINES.model.history.all()} | {made.history.get().history_date}
    assert len(moments) == 1


def test_lines_are_added_changed_and_taken_out_with_the_row_or_not_at_all(admin, here, lease):
    client = signed_in(admin)
    kept, changed, gone = (line(lease, car(here)) for _ in range(3))
    other = car(here)
    data = posted(client, edit(LEASES, lease), contractor="Yeni Firma")
    data |= of(changed, monthly_price="7,50") | of(gone, remove="on") | new(vehicle=other.pk)
    wrong = data | of(kept, ends_on="01.01.2030")
    answer = client.post(edit(LEASES, lease), wrong)
    page = answer.content.decode()
    assert answer.status_code == 200 and "tarihlerin dışına çıkılamaz" in page and "01.01.2030" in page
    lease.refresh_from_db()
    assert lease.contractor != "Yeni Firma" and LINES.model.objects.count() == 3
    assert client.post(edit(LEASES, lease), data).status_code == 302
    lease.refresh_from_db()
    assert lease.contractor == "Yeni Firma"
    found = dict(LINES.model.objects.values_list("vehicle", "monthly_price"))
    assert found == {kept.vehicle_id: 1000, changed.vehicle_id: Decimal("7.50"), other.pk: 1000}
    assert LINES.model.history.filter(id=kept.pk).count() == 1, "a line that came as it stands is not written"


def test_a_contract_and_its_lines_end_earlier_or_later_in_one_step(admin, here, lease):
    client = signed_in(admin)
    made = line(lease, car(here))
    for end in ("30.06.2026", "31.12.2027"):
        data = posted(client, edit(LEASES, lease), ends_on=end) | of(made, ends_on=end)
        assert client.post(edit(LEASES, lease), data).status_code == 302
        made.refresh_from_db()
        lease.refresh_from_db()
        assert made.ends_on == lease.ends_on and made.ends_on.strftime("%d.%m.%Y") == end


def test_what_is_hardly_right_about_a_line_is_asked_once(admin, here, lease):
    client = signed_in(admin)
    own = row(VEHICLES, here, ownership="owned", status="in_use", plate="41 AAA 111")
    data = posted(client, edit(LEASES, lease)) | new(vehicle=own.pk)
    answer = client.post(edit(LEASES, lease), data)
    (doubt,) = answer.context["form"].doubts
    assert doubt.count("41 AAA 111") == 1 and not LINES.model.objects.exists()
    accepted = {"accepted": answer.context["form"].stamp}
    assert client.post(edit(LEASES, lease), data | accepted).status_code == 302
    assert LINES.model.objects.get().vehicle == own


def test_a_wrong_and_a_doubted_line_are_said_together_each_in_its_place(admin, here, lease):
    client = signed_in(admin)
    own, twice = row(VEHICLES, here, ownership="owned", status="in_use"), line(lease, car(here)).vehicle
    data = posted(client, edit(LEASES, lease)) | new(0, vehicle=own.pk) | new(1, vehicle=twice.pk)
    answer = client.post(edit(LEASES, lease), data | new(2, vehicle="", monthly_price="abc"))
    (lines,) = answer.context["lines"]
    assert "monthly_price" in lines.forms[3].errors and LINES.model.objects.count() == 1
    answer = client.post(edit(LEASES, lease), data)
    (lines,) = answer.context["lines"]
    assert [bool(form.errors) for form in lines.forms] == [False, False, True, False]
    assert any("kiralık değil" in text for text in answer.context["form"].doubts)
    assert "zaten var" in answer.content.decode()


def test_somebody_elses_change_of_a_line_is_not_overwritten(admin, here, lease):
    client = signed_in(admin)
    made = line(lease, car(here))
    data = posted(client, edit(LEASES, lease))
    theirs = LINES.model.objects.get()
    theirs.monthly_price = 5
    writes.save(LINES, theirs, SYSTEM)
    # What only they changed stays, and mine beside it.
    assert client.post(edit(LEASES, lease), data | of(made, ends_on="30.06.2026")).status_code == 302
    made.refresh_from_db()
    assert (made.monthly_price, made.ends_on) == (5, DAY(2026, 6, 30))
    # What both changed is asked.
    mine = data | of(made, monthly_price="9,00")
    answer = client.post(edit(LEASES, lease), mine)
    # It is copied to merge it, so a line has but its own.
    form = answer.context["lines"][0].forms[0]
    assert all(name.startswith(form.prefix) for name in form.data)
    assert answer.status_code == 200 and "Aylık bedel (TL): 5,00" in answer.content.decode()
    made.refresh_from_db()
    assert made.monthly_price == 5
    version = {name: value for name, value in mine.items() if name.endswith("version")} | of(made, version=made.version)
    assert client.post(edit(LEASES, lease), mine | version).status_code == 302
    made.refresh_from_db()
    assert made.monthly_price == 9
    # Nor is a line taken out that somebody changed; one that is out already is named.
    answer = client.post(edit(LEASES, lease), data | of(made, remove="on"))
    assert answer.status_code == 200 and LINES.model.objects.exists()
    writes.delete(LINES, LINES.model.objects.get(), SYSTEM)
    answer = client.post(edit(LEASES, lease), data, follow=True)
    assert "1 satır siz düzenlerken çıkarılmıştı" in answer.content.decode()


def test_a_line_that_somebody_changed_goes_once_their_change_was_seen(admin, here, lease):
    client = signed_in(admin)
    made = line(lease, car(here))
    data = posted(client, edit(LEASES, lease)) | of(made, remove="on")
    theirs = LINES.model.objects.get()
    theirs.monthly_price = 5
    writes.save(LINES, theirs, SYSTEM)
    answer = client.post(edit(LEASES, lease), data)
    assert "Aylık bedel (TL): 5,00" in answer.content.decode() and LINES.model.objects.exists()
    again = {name: text for form in answer.context["lines"][0].forms for name, text in form_posted(form).items()}
    assert client.post(edit(LEASES, lease), data | again).status_code == 302
    assert not LINES.model.objects.exists()


def test_a_vehicle_is_taken_out_and_comes_back_with_other_days(admin, here, lease):
    client = signed_in(admin)
    made = line(lease, car(here))
    data = posted(client, edit(LEASES, lease)) | of(made, remove="on", monthly_price="abc")
    answer = client.post(edit(LEASES, lease), data | new(vehicle=made.vehicle_id, starts_on="01.02.2025"))
    # Neither is what goes judged, nor does it stand against what comes.
    assert answer.status_code == 302
    assert LINES.model.objects.get().starts_on == DAY(2025, 2, 1)


def test_of_two_new_lines_that_are_one_the_second_is_wrong(admin, here, lease):
    client = signed_in(admin)
    twice = car(here).pk
    data = posted(client, edit(LEASES, lease)) | new(0, vehicle=car(here).pk)
    answer = client.post(edit(LEASES, lease), data | new(1, vehicle=twice) | new(2, vehicle=twice))
    assert [bool(form.errors) for form in answer.context["lines"][0].forms] == [False, False, True]
    assert "İki kayıt aynı olurdu" in answer.content.decode() and not LINES.model.objects.exists()


def test_a_form_is_saved_with_all_its_lines_though_others_came_since(admin, here, lease, monkeypatch):
    client = signed_in(admin)
    monkeypatch.setattr(lines_page, "MOST", 2)
    first, second = (line(lease, car(here)) for _ in range(2))
    data = posted(client, edit(LEASES, lease)) | of(second, monthly_price="7,00")
    third = line(lease, car(here))
    answer = client.post(edit(LEASES, lease), data, follow=True)
    prices = dict(LINES.model.objects.values_list("pk", "monthly_price"))
    assert prices == {first.pk: 1000, second.pk: 7, third.pk: 1000}
    assert "çıkarılmıştı" not in answer.content.decode()
    assert client.get(edit(LEASES, lease)).context["lines"][0].are_too_many


def test_more_new_lines_than_a_form_takes_are_refused(admin, here, lease, monkeypatch):
    client = signed_in(admin)
    monkeypatch.setattr(lines_page, "MOST", 2)
    data = posted(client, edit(LEASES, lease))
    for number in range(3):
        data |= new(number, vehicle=car(here).pk)
    answer = client.post(edit(LEASES, lease), data)
    assert "en çok 2 yeni satır" in answer.content.decode() and not LINES.model.objects.exists()


def test_what_no_form_sends_is_no_line(admin, here, lease):
    client = signed_in(admin)
    line(lease, car(here))
    elsewhere = line(contract(here), car(here))
    for names in ("new" + "9" * 30, "newN", "new-1", "abc"):
        sent = {f"{LINES.slug}-{names}-{name}": "1" for name in ("version", "vehicle", "remove")}
        answer = client.post(edit(LEASES, lease), posted(client, edit(LEASES, lease)) | sent, follow=True)
        assert "çıkarılmıştı" not in answer.content.decode()
    data = posted(client, edit(LEASES, lease)) | of(elsewhere, version=elsewhere.version, remove="on")
    client.post(edit(LEASES, lease), data)
    assert LINES.model.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_vehicle_that_goes_while_its_line_is_saved_is_said(admin, here, lease, monkeypatch):
    client = signed_in(admin)
    going = car(here)
    data = posted(client, edit(LEASES, lease)) | new(vehicle=going.pk)
    check = writes.check

    def gone_meanwhile(register, *arguments):
        check(register, *arguments)
        if register is LINES:
            VEHICLES.model.objects.filter(pk=going.pk)._raw_delete("default")

    monkeypatch.setattr(writes, "check", gone_meanwhile)
    answer = client.post(edit(LEASES, lease), data)
    assert "Sayfayı yenileyip yeniden deneyiniz" in answer.content.decode() and not LINES.model.objects.exists()


def test_a_form_that_was_opened_without_a_line_leaves_it(admin, here, lease):
    client = signed_in(admin)
    data = posted(client, edit(LEASES, lease))
    made = line(lease, car(here))
    assert client.post(edit(LEASES, lease), data).status_code == 302
    assert LINES.model.objects.get() == made


def test_lines_of_another_unit_are_neither_shown_nor_changed(here, lease):
    there = unit("Zabıta Dairesi Başkanlığı")
    clerk = user("memur", here, (here, "vehicles", Grant.Level.CHANGE))
    near, far = line(lease, car(here)), line(lease, car(there))
    client = signed_in(clerk)
    page = client.get(edit(LEASES, lease))
    (lines,) = page.context["lines"]
    assert [form.instance.pk for form in lines.forms if form.stands] == [near.pk]
    assert str(far.vehicle) not in page.content.decode()
    # Taking out is for those who manage, as deleting is.
    assert "Satır çıkarmaya yetkiniz yok" in page.content.decode() and "Çıkar</th>" not in page.content.decode()
    data = posted(client, edit(LEASES, lease)) | of(far, version=far.version, remove="on", monthly_price="1,00")
    data |= of(near, remove="on", monthly_price="2,00")
    assert client.post(edit(LEASES, lease), data).status_code == 302
    assert dict(LINES.model.objects.values_list("pk", "monthly_price")) == {near.pk: 2, far.pk: 1000}
    # Nor is a vehicle of another unit taken in.
    answer = client.post(edit(LEASES, lease), posted(client, edit(LEASES, lease)) | new(vehicle=car(there).pk))
    assert answer.status_code == 200 and LINES.model.objects.count() == 2


def test_a_contract_refused_for_its_unit_does_not_blame_its_vehicles(here):
    there = unit("Zabıta Dairesi Başkanlığı")
    client = signed_in(user("memur", here, (here, "vehicles", Grant.Level.CHANGE)))
    data = {"number": "2025/18", "contractor": "Filo", "responsible_unit": there.pk, "starts_on": "01.01.2025"}
    data |= {"ends_on": "31.12.2025"} | new(vehicle=car(here).pk)
    answer = client.post(reverse("register-new", args=[LEASES]), data)
    (lines,) = answer.context["lines"]
    assert "yetkiniz dışındaki" in answer.content.decode() and not any(form.errors for form in lines.forms)
    assert not LEASES.model.objects.exists()


def test_the_form_asks_as_many_queries_for_a_hundred_lines_as_for_two(admin, here, lease):
    client = signed_in(admin)
    counts = []
    for many in (2, 40):
        for _ in range(many):
            line(lease, car(here))
        client.get(edit(LEASES, lease))
        with CaptureQueriesContext(connection) as asked:
            client.get(edit(LEASES, lease))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_parents_page_sums_the_lines(admin, here, lease):
    client = signed_in(admin)
    for _ in range(12):
        line(lease, car(here))
    page = client.get(reverse("register-detail", args=[LEASES, lease.pk])).content.decode()
    assert "12 satır" in page and "12.000,00" in page
    # All of them, or its print would sum what it does not show.
    assert all(str(each.vehicle) in page for each in LINES.model.objects.select_related("vehicle"))


def test_the_lines_of_a_closed_contract_are_changed_as_it_is(admin, here):
    client = signed_in(admin)
    lease = contract(here, state="running")
    made = line(lease, car(here))
    for step in ("end", "close"):
        lease = LEASES.model.objects.get()
        writes.step(LEASES, lease, step, {"ends_on": lease.ends_on} if step == "end" else {}, SYSTEM)
    data = posted(client, edit(LEASES, lease), notes="Ek protokol") | of(made, monthly_price="3,00")
    assert client.post(edit(LEASES, lease), data).status_code == 302
    made.refresh_from_db()
    assert made.monthly_price == 3 and LEASES.model.objects.get().state == "closed"


def test_only_a_parent_that_every_row_has_may_have_lines():
    declared = registers.get("inspections")
    values = {
        name: getattr(declared, name) for name in ("slug", "model", "group", "columns", "listed", "identity", "order")
    }
    with pytest.raises(ImproperlyConfigured):
        Register(**values, parents=("vehicle",), scope="vehicle__responsible_unit", line_of="place")


def test_every_register_with_lines_shows_them_in_its_form(admin, here):
    client = signed_in(admin)
    lined = [register for register in registers.every() if register.lines()]
    assert lined
    for register in lined:
        made = row(register, here)
        context = client.get(edit(register, made)).context
        assert [lines.register for lines in context["lines"]] == register.lines()
        for lines in context["lines"]:
            assert all(isinstance(column, Column) for column in lines.columns)


def test_the_history_of_the_row_says_which_lines_went_and_who_took_them_out(admin, here, lease):
    there = unit("Zabıta Dairesi Başkanlığı")
    near, far = line(lease, car(here, plate="41 AAA 111")), line(lease, car(there, plate="41 BBB 222"))
    client = signed_in(admin)
    data = posted(client, edit(LEASES, lease), reason="iade edildi") | of(near, remove="on") | of(far, remove="on")
    assert client.post(edit(LEASES, lease), data).status_code == 302
    address = reverse("register-history", args=[LEASES, lease.pk])
    page = client.get(address).content.decode()
    assert "Kiralanan araçlar: çıkarılanlar" in page and "iade edildi" in page
    assert "41 AAA 111" in page and "41 BBB 222" in page
    assert reverse("register-history", args=[LINES, near.pk]) in page
    clerk = user("memur", here, (here, "vehicles", Grant.Level.VIEW))
    page = signed_in(clerk).get(address).content.decode()
    assert "41 AAA 111" in page and "41 BBB 222" not in page
    # What is gone since keeps the name that it had.
    writes.delete(VEHICLES, near.vehicle, SYSTEM)
    writes.delete(VEHICLES, far.vehicle, SYSTEM)
    lease.refresh_from_db()
    writes.delete(LEASES, lease, SYSTEM)
    for reader, names in ((client, {"41 AAA 111", "41 BBB 222"}), (signed_in(clerk), {"41 AAA 111"})):
        page = reader.get(address).content.decode()
        assert "Bu kayıt silinmiş" in page
        assert {name for name in ("41 AAA 111", "41 BBB 222") if name in page} == names


def test_changed_lines_are_written_with_as_many_queries_for_forty_as_for_two(admin, here):
    client, counts = signed_in(admin), []
    for many in (2, 40):
        lease = contract(here)
        made = [line(lease, car(here)) for _ in range(many)]
        prices = {name: text for each in made for name, text in of(each, monthly_price="1.234,00").items()}
        data = posted(client, edit(LEASES, lease), **prices)
        with CaptureQueriesContext(connection) as asked:
            assert client.post(edit(LEASES, lease), data).status_code == 302
        counts.append(len(asked))
        prices = LINES.model.objects.filter(contract=lease).values_list("monthly_price", flat=True)
        assert set(prices) == {Decimal(1234)} and len(prices) == many
        assert all(each.history.count() == 2 for each in made)
    assert counts[0] == counts[1], counts

"""Many lines at once: pasted into their contract, or taken from a list; checked and undone as an import is."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from imports.models import Batch
from imports.pages import pasted as pasted_page
from inventory.organization.models import Grant
from tests.lines.rows import LEASES, LINES, VEHICLES, car, contract, line
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
PASTE = reverse("register-lines", args=[LINES])


@pytest.fixture
def lease(here):
    return contract(here, number="2025/17")


def pasted(client, of, text: str) -> Batch:
    answer = client.post(PASTE, {"contract": str(of.pk), "text": text})
    assert answer.status_code == 302, answer.context["form"].errors
    return Batch.objects.latest("pk")


def applied(client, batch: Batch) -> None:
    client.post(reverse("import-apply", args=[batch.pk]), batch.counts)
    batch.refresh_from_db()
    assert batch.state == Batch.State.APPLIED, batch.message


def prices() -> dict[str, str]:
    return {str(each.vehicle.plate): str(each.monthly_price) for each in LINES.model.objects.select_related("vehicle")}


def test_371_vehicles_are_pasted_at_once_and_taken_back(admin, here, lease):
    client = signed_in(admin)
    cars = [car(here, plate=f"41 TST {number:03d}") for number in range(1, 372)]
    batch = pasted(client, lease, "\n".join(each.plate for each in cars))
    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 371), batch.message
    assert not LINES.model.objects.exists()
    applied(client, batch)
    made = LINES.model.objects.filter(contract=lease)
    assert made.count() == 371
    assert set(made.values_list("starts_on", "ends_on")) == {(lease.starts_on, lease.ends_on)}
    page = client.get(reverse("register-detail", args=[LEASES, lease.pk])).content.decode()
    assert "371 satır" in page and "371.000,00" in page
    client.post(reverse("import-undo", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == Batch.State.UNDONE and not LINES.model.objects.exists()


def test_columns_follow_the_vehicle_or_have_headings_of_their_own(admin, here, lease):
    client = signed_in(admin)
    for number in range(1, 5):
        car(here, plate=f"41 TST {number:03d}")
    applied(client, pasted(client, lease, "41 TST 001\t01.02.2025\t\t1.250,50\n\n41 tst 002\n"))
    assert prices() == {"41 TST 001": "1250.50", "41 TST 002": "1000.00"}
    applied(client, pasted(client, lease, "Aylık bedel (TL)\tAraç\n7,25\t41 TST 003\n8\t41TST004"))
    assert prices() | {"41 TST 003": "7.25", "41 TST 004": "8.00"} == prices()
    answer = client.post(PASTE, {"contract": lease.pk, "text": "41 TST 001\t1\t2\t3\t4\t5"})
    assert "başlıksız en çok 4 olur" in str(answer.context["form"].errors)


@pytest.mark.parametrize(
    "text",
    [
        "Plaka\tAracın birimi\n41 TST 001\ta, b, c\n41 TST 002\ta, b, c",
        "41 TST 001;01.02.2025\r\n41 TST 002;01.02.2025",
        '"41 TST\n001"\t\t\t\t\n\t\t\t\t\t\t\n"41 TST 002"',
    ],
    ids=["commas", "semicolons", "line breaks and blanks"],
)
def test_a_paste_is_read_as_it_was_copied(admin, here, lease, text):
    for number in (1, 2):
        car(here, plate=f"41 TST {number:03d}")
    batch = pasted(signed_in(admin), lease, text)
    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 2), batch.message


def test_a_quotation_mark_that_is_left_open_is_said_at_once(admin, here, lease):
    answer = signed_in(admin).post(PASTE, {"contract": lease.pk, "text": '41 TST 001\n"41 TST 002\n41 TST 003'})
    assert "2. satırda açılan tırnak" in str(answer.context["form"].errors) and not Batch.objects.exists()


def test_without_headings_a_price_is_no_day(admin, here, lease):
    client = signed_in(admin)
    for number in range(1, 4):
        car(here, plate=f"41 TST {number:03d}")
    batch = pasted(client, lease, "41 TST 001\t21.000\n41 TST 002\t9.500,50")
    applied(client, batch)
    assert prices() == {"41 TST 001": "21000.00", "41 TST 002": "9500.50"}
    applied(client, pasted(client, lease, "41 TST 003\t01.03.2025\t750"))
    made = LINES.model.objects.get(vehicle__plate="41 TST 003")
    assert (made.starts_on.isoformat(), made.ends_on, str(made.monthly_price)) == (
        "2025-03-01",
        lease.ends_on,
        "750.00",
    )


def test_lines_that_are_there_stay_as_they_are(admin, here, lease):
    client = signed_in(admin)
    there, other = car(here, plate="41 TST 001"), car(here, plate="41 TST 002")
    line(lease, there)
    batch = pasted(client, lease, "41 TST 001\n41 TST 002")
    assert (batch.counts["new"], batch.counts["unchanged"]) == (1, 1)
    applied(client, batch)
    assert LINES.model.objects.count() == 2
    again = pasted(client, lease, f"{there.plate}\n{other.plate}")
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 2)


def test_lines_that_name_a_contract_of_their_own_are_refused(admin, here, lease):
    client = signed_in(admin)
    answer = client.post(PASTE, {"contract": lease.pk, "text": "Plaka\tSözleşme\n41 TST 001\t2024/3"})
    assert "“Sözleşme” sütununu çıkarınız" in str(answer.context["form"].errors)


def test_pasted_lines_are_corrected_where_they_were_pasted(admin, here, lease):
    client = signed_in(admin)
    car(here, plate="41 TST 001")
    batch = pasted(client, lease, "41 TST 00l\t750,5")
    assert batch.state == Batch.State.REFUSED
    again = f"{PASTE}?batch={batch.pk}"
    page = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert again in page and "“Satırları düzelt”" in page and "Başka dosya yükle" not in page
    form = client.get(again).context["form"]
    assert str(form["contract"].value()) == str(lease.pk)
    applied(client, pasted(client, lease, form["text"].value().replace("00l", "001")))
    assert prices() == {"41 TST 001": "750.50"}
    other = signed_in(user("baska", here, (None, "vehicles", Grant.Level.MANAGE)))
    assert other.get(again).context["form"]["text"].value() is None
    batch.file.storage.delete(batch.file.name)
    assert client.get(again).context["form"]["text"].value() == ""


def test_a_file_that_was_uploaded_is_no_pasted_text(admin, here, lease):
    client = signed_in(admin)
    file = SimpleUploadedFile("satırlar.tsv", "Araç\tAylık bedel (TL)\n41 ŞĞİ 001\t5\n".encode("cp1254"))
    data = {"file": file, "mode": "upsert", "blank": "leave", "later": "keep", "all-contract": lease.pk}
    client.post(reverse("register-import", args=[LINES]), data)
    batch = Batch.objects.get()
    assert batch.constants["contract"]["means"] == str(lease.pk)
    assert "Başka dosya yükle" in client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert client.get(f"{PASTE}?batch={batch.pk}").context["form"]["text"].value() is None


@pytest.mark.parametrize("batch", ["", "x", "-1", "9" * 40])
def test_a_batch_that_is_none_fills_nothing_in(admin, lease, batch):
    form = signed_in(admin).get(f"{PASTE}?batch={batch}&contract={lease.pk}").context["form"]
    assert form["text"].value() is None and str(form["contract"].value()) == str(lease.pk)


def test_a_number_that_is_unknown_is_refused_with_its_line(admin, here, lease):
    client = signed_in(admin)
    car(here, plate="41 TST 001")
    batch = pasted(client, lease, "41 TST 001\n41 YOK 999")
    assert batch.state == Batch.State.REFUSED
    page = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert "41 YOK 999" in page and not LINES.model.objects.exists()


def test_a_selection_becomes_lines(admin, here, lease):
    client = signed_in(admin)
    cars = [car(here) for _ in range(3)]
    listed = client.get(reverse("register-list", args=[VEHICLES])).content.decode()
    take = reverse("register-lines-take", args=[LINES, "vehicle"])
    assert f'formaction="{take}"' in listed
    page = client.post(take, {"selected": [cars[0].pk, cars[2].pk], "query": ""})
    text = page.context["form"]["text"].value()
    assert text.splitlines()[1:] == [cars[0].plate, cars[2].plate]
    applied(client, pasted(client, lease, text))
    assert set(LINES.model.objects.values_list("vehicle", flat=True)) == {cars[0].pk, cars[2].pk}
    everything = client.post(take, {"all": "1", "query": f"q={cars[1].inventory_no}"})
    assert everything.context["form"]["text"].value().splitlines()[1:] == [cars[1].plate]
    # What has no plate, or one that another had before it, goes by its number.
    gone = row(VEHICLES, here, plate=cars[0].plate, status="disposed", status_on="2024-01-01", status_reason="hurda")
    bare = car(here, plate="", fleet_no="F-1")
    page = client.post(take, {"selected": [gone.pk, cars[0].pk, bare.pk, cars[2].pk], "query": ""})
    named = page.context["form"]["text"].value().splitlines()[1:]
    assert named == [cars[0].inventory_no, cars[2].plate, gone.inventory_no, bare.inventory_no]


def test_no_more_are_pasted_than_a_text_may_hold(admin, here, lease, monkeypatch):
    client = signed_in(admin)
    monkeypatch.setattr(pasted_page, "MOST", 2)
    for _ in range(3):
        car(here)
    answer = client.post(PASTE, {"contract": lease.pk, "text": "a\nb\nc"})
    assert "En çok 2 satır" in str(answer.context["form"].errors) and not Batch.objects.exists()
    take = reverse("register-lines-take", args=[LINES, "vehicle"])
    answer = client.post(take, {"all": "1", "query": ""}, follow=True)
    assert "En çok 2 kayıt" in answer.content.decode()
    for blank in ("", "  \n \t\n", "Araç", "Vehicle\tMonthly price (TL)"):
        assert client.post(PASTE, {"contract": lease.pk, "text": blank}).context["form"].errors


def test_rights_hold_for_the_contract_and_for_each_vehicle(here, lease):
    there = unit("Zabıta Dairesi Başkanlığı")
    far = contract(there)
    near_car, far_car = car(here, plate="41 TST 001"), car(there, plate="41 TST 002")
    take = reverse("register-lines-take", args=[LINES, "vehicle"])
    reader = signed_in(user("okur", here, (here, "vehicles", Grant.Level.VIEW)))
    for answer in (reader.get(PASTE), reader.post(PASTE, {"contract": lease.pk, "text": "x"}), reader.post(take)):
        assert answer.status_code == 404
    clerk = signed_in(user("memur", here, (here, "vehicles", Grant.Level.CHANGE)))
    answer = clerk.post(PASTE, {"contract": far.pk, "text": near_car.plate})
    assert answer.status_code == 200 and "contract" in answer.context["form"].errors
    batch = pasted(clerk, lease, f"{near_car.plate}\n{far_car.plate}")
    assert batch.state == Batch.State.REFUSED
    text = clerk.post(take, {"selected": [near_car.pk, far_car.pk]}).context["form"]["text"].value()
    assert far_car.inventory_no not in text and far_car.plate not in text
    stranger = signed_in(user("yabanci", here))
    assert stranger.get(PASTE).status_code == 404


def test_registers_without_lines_have_no_such_page(admin, here):
    client = signed_in(admin)
    assert client.get(reverse("register-lines", args=[VEHICLES])).status_code == 404
    assert client.post(reverse("register-lines-take", args=[VEHICLES, "kind"])).status_code == 404
    assert client.post(reverse("register-lines-take", args=[LINES, "contract"])).status_code == 404
    made = row(VEHICLES, here)
    assert not re.search(r"/lines/", client.get(reverse("register-detail", args=[VEHICLES, made.pk])).content.decode())


def test_a_pasted_heading_that_nobody_knows_is_refused_before_a_price_is_lost(admin, here, lease):
    client = signed_in(admin)
    for number in (1, 2):
        car(here, plate=f"41 TST 00{number}")
    answer = client.post(PASTE, {"contract": str(lease.pk), "text": "Plaka\tUcreti\n41 TST 001\t2.500,50"})
    (error,) = answer.context["form"].errors["text"]
    assert "“Ucreti”" in error and "Aylık bedel (TL)" in error and not Batch.objects.exists()
    applied(client, pasted(client, lease, "Araç\tAylık bedel (TL)\n41 TST 001\t2.500,50"))
    applied(client, pasted(client, lease, "Plaka No\tAylık kira bedeli\n41 TST 002\t7,50"))
    assert prices() == {"41 TST 001": "2500.50", "41 TST 002": "7.50"}

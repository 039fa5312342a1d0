"""What a file shall hold: its columns by a saved set, its form, and the records of its rows."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from inventory import registers
from inventory.computed.columns import shown
from inventory.models import SavedView
from inventory.organization.models import Unit
from tests.pages import signed_in
from tests.rows import identity_number, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, INSPECTIONS = registers.get("vehicles"), registers.get("inspections")


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


def sheets(answer) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    return {sheet.title: [line for line in sheet.values if line[0] != "Toplam"] for sheet in book}


def url(query: str = "") -> str:
    return f"{reverse('register-export-choose', args=['vehicles'])}?{query}"


def test_the_records_of_the_chosen_vehicles_come_along_on_sheets_of_their_own(here):
    ford, fiat = row(VEHICLES, here, make="Ford"), row(VEHICLES, here, make="Fiat")
    wanted, _other = row(INSPECTIONS, here, vehicle=ford), row(INSPECTIONS, here, vehicle=fiat)
    client = signed_in(user("bahceci", here, (here, "vehicles", 1)))
    order = {"format": "xlsx", "columns": "shown", "parts": ["vehicles", "inspections"]}
    found = sheets(client.post(url("make=ford&columns=make,kind"), order))
    assert found["Araçlar"] == [("Envanter no", "Marka", "Tür"), (ford.inventory_no, "Ford", str(ford.kind))]
    head, *lines = found["Muayeneler"]
    assert len(head) == len(shown(INSPECTIONS)) + 1
    assert [(line[0], line[1]) for line in lines] == [(str(wanted.pk), str(ford))]
    about = dict(found["Dosya bilgisi"])
    assert (about["Kayıt sayısı"], about["Muayeneler"], about["Marka"]) == ("1", "1", "ford")


@pytest.mark.parametrize("form", ["csv", "plain", "ods", "xlsx"])
def test_records_alone_are_filtered_by_their_vehicles(here, form, tmp_path, import_register):
    ford, fiat = row(VEHICLES, here, make="Ford"), row(VEHICLES, here, make="Fiat")
    row(INSPECTIONS, here, vehicle=ford), row(INSPECTIONS, here, vehicle=fiat)
    client = signed_in(user("bahceci", here, (here, "vehicles", 1)))
    answer = client.post(url("make=ford"), {"format": form, "columns": "all", "parts": ["inspections"]})
    assert answer["Content-Disposition"].startswith('attachment; filename="muayeneler-')
    file = tmp_path / f"liste.{answer['Content-Disposition'].rsplit('.')[-1][:-1]}"
    file.write_bytes(answer.getvalue())
    code, result = import_register("inspections", file, "--check-only")
    assert (code, result["rows"], result["unchanged"]) == (0, 1, 1)


def test_what_is_not_hers_to_see_is_not_offered_and_not_given(here):
    row(VEHICLES, here, make="Ford")
    assert signed_in(user("yazilim", here, (here, "software", 1))).get(url()).status_code == 404
    client = signed_in(user("bahceci", here, (here, "vehicles", 1)))
    offered = [slug for slug, _title in client.get(url()).context["form"].fields["parts"].choices]
    assert offered == ["vehicles", *(child.slug for child, _column in VEHICLES.children())]
    assert "inspections" in offered and "software-uses" not in offered
    answer = client.post(url(), {"format": "xlsx", "columns": "all", "parts": ["software"]})
    assert answer.context["form"].errors.keys() == {"parts"}
    # Nor by a query of one's own making.
    found = sheets(client.get(reverse("register-export", args=["vehicles"]), {"parts": "software", "columns": "make"}))
    assert list(found) == ["Araçlar", "Dosya bilgisi"]


def test_a_csv_file_holds_one_list(here):
    row(VEHICLES, here)
    client = signed_in(user("bahceci", here, (here, "vehicles", 1)))
    answer = client.post(url(), {"format": "csv", "columns": "all", "parts": ["vehicles", "inspections"]})
    assert "tek liste" in answer.content.decode()
    answer = client.get(
        reverse("register-export", args=["vehicles"]), {"format": "csv", "parts": "vehicles,inspections"}, follow=True
    )
    assert "tek liste" in answer.content.decode()


def save(client: Client, **values) -> None:
    values = {"query": "make=ford&columns=make,plate", "kind": "columns", "name": "Kısa", "audience": ""} | values
    client.post(reverse("saved-view-save", args=["vehicles"]), values)


def test_a_column_set_is_used_on_the_list_and_in_a_file(here):
    made = row(VEHICLES, here, make="Ford")
    client = signed_in(user("bahceci", here, (here, "vehicles", 1)))
    save(client)
    kept = SavedView.objects.get()
    assert (kept.kind, kept.query) == ("columns", "columns=make%2Cplate")
    page = client.get(reverse("register-list", args=["vehicles"]), {"model": "x", "columns": "plate"})
    # The filter in force stays, the columns are the set's.
    assert page.context["column_sets"] == [(kept, "model=x&columns=make%2Cplate")]
    assert page.context["views"] == []
    answer = client.post(url(), {"format": "xlsx", "columns": str(kept.pk), "parts": ["vehicles"]})
    assert sheets(answer)["Araçlar"] == [("Envanter no", "Marka", "Plaka"), (made.inventory_no, "Ford", made.plate)]


def test_a_set_is_shared_with_ones_unit_and_below_or_with_everybody(here):
    above, below = user("ust", here, (here, "vehicles", 1)), unit("Çim Şube Müdürlüğü", here)
    there = user("yan", unit("Zabıta Dairesi Başkanlığı"), (None, "vehicles", 1))
    inside = user("alt", below, (None, "vehicles", 1))
    client = signed_in(above)
    for audience in ("me", "unit", "all"):
        save(client, name=f"takım {audience}", audience=audience)
        save(client, name=f"görünüm {audience}", kind="view", audience=audience)

    def seen(account) -> tuple[set[str], set[str]]:
        context = signed_in(account).get(reverse("register-list", args=["vehicles"])).context
        return {view.name for view in context["views"]}, {one.name for one, _query in context["column_sets"]}

    assert seen(above) == ({"görünüm me", "görünüm unit", "görünüm all"}, {"takım me", "takım unit", "takım all"})
    assert seen(inside) == ({"görünüm unit", "görünüm all"}, {"takım unit", "takım all"})
    assert seen(there) == ({"görünüm all"}, {"takım all"})
    mine = SavedView.objects.get(name="takım all")
    assert signed_in(there).post(reverse("saved-view-delete", args=["vehicles", mine.pk])).status_code == 404
    assert client.post(reverse("saved-view-delete", args=["vehicles", mine.pk])).status_code == 302
    assert not SavedView.objects.filter(name="takım all").exists()


def test_who_has_no_unit_reads_so(here):
    account = user("sistem", here, is_superuser=True)
    account.person = None
    account.save()
    client = signed_in(account)
    save(client, audience="unit")
    assert not SavedView.objects.exists()
    assert "birime bağlı değil" in client.get(reverse("register-list", args=["vehicles"])).content.decode()


def test_the_name_of_a_file_tells_what_it_was_narrowed_by_and_when(here):
    row(VEHICLES, here, make="Ford")
    client = signed_in(user("bahceci", here, (here, "vehicles", 1)))
    export = reverse("register-export", args=["vehicles"])
    for query, name in (
        ("make=ford&format=xlsx", r"araclar-ford-\d{4}-\d\d-\d\d-\d{4}\.xlsx"),
        ("format=csv", r"araclar-\d{4}-\d\d-\d\d-\d{4}\.csv"),
        ("q=../%22ı%0aş&format=ods", r"araclar-i-s-\d{4}-\d\d-\d\d-\d{4}\.ods"),
        (f"q={'uzun ' * 30}&format=csv", r"araclar-(uzun-){11}uzun-\d{4}-\d\d-\d\d-\d{4}\.csv"),
        # Whose number it is stands in no name of a file.
        (f"q={identity_number(7)}&format=csv", r"araclar-\d{4}-\d\d-\d\d-\d{4}\.csv"),
    ):
        answer = client.get(f"{export}?{query}")
        assert re.search(f'filename="{name}"', answer["Content-Disposition"]), (query, answer["Content-Disposition"])
        b"".join(answer.streaming_content)

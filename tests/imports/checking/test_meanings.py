"""Texts that name nothing are asked once, answered, remembered, listed, and taken back."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imports import batches, profiles
from imports.models import Batch, Meaning, Profile
from imports.words.known import text_key
from inventory import registers
from inventory.assets.vehicles.models import Vehicle
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
HEADINGS = ["Plaka", "Araç cinsi", "Durum", "Sorumlu birim"]


@pytest.fixture
def client(fleet):
    client = Client()
    client.force_login(fleet)
    return client


def messy(*numbers: int, cins="Pikap", status="Çalışıyor", where="Parklar Md.") -> list[list]:
    return [HEADINGS, *([f"41 ABC {n}", cins, status, where] for n in numbers)]


def warnings(batch) -> str:
    with batch.plan() as plan:
        return " ".join(each.message for each in plan.warnings())


def answer(client, batch, **means) -> Batch:
    names = {unknown["column"]: f"meaning-{place}" for place, unknown in enumerate(batch.unknown)}
    given = {names[column]: value for column, value in means.items()}
    client.post(reverse("import-answer", args=[batch.pk]), given)
    batch.refresh_from_db()
    return batch


def test_each_unknown_text_is_asked_once_with_its_rows(parks, fleet, checked):
    batch = checked(VEHICLES, messy(101, 102, 103), fleet, mapping={"Araç cinsi": "kind"})
    asked = {one["column"]: (one["text"], one["count"], one["rows"]) for one in batch.unknown}
    assert asked == {
        "kind": ("Pikap", 3, [2, 3, 4]),
        "status": ("Çalışıyor", 3, [2, 3, 4]),
        "responsible_unit": ("Parklar Md.", 3, [2, 3, 4]),
    }
    assert batch.state == "refused" and batch.counts["refused"] == 3


def test_answers_settle_this_file_and_the_next_and_are_reported(parks, fleet, client, checked):
    pickup = VEHICLES.column("kind").related_model.objects.get(name="Kamyonet")
    batch = checked(VEHICLES, messy(101), fleet, mapping={"Araç cinsi": "kind"})
    batch = answer(client, batch, kind=pickup.pk, status="in_use", responsible_unit=parks.pk)
    assert (batch.state, batch.unknown, batch.counts["new"]) == ("checked", [], 1)
    assert "“Pikap”, daha önce verilen yanıta göre “Kamyonet” olarak okundu." in warnings(batch)
    assert "“Çalışıyor”, daha önce verilen yanıta göre “Kullanımda” olarak okundu." in warnings(batch)
    following = checked(VEHICLES, messy(102, 103), fleet, mapping={"Araç cinsi": "kind"})
    assert (following.state, following.counts["new"]) == ("checked", 2)
    batches.run_apply(following)
    assert {v.kind for v in Vehicle.objects.all()} == {pickup}


def test_an_answer_taken_back_is_asked_again_and_helps_nobody_else(parks, fleet, client, checked):
    batch = answer(client, checked(VEHICLES, messy(101), fleet), responsible_unit=parks.pk)
    assert {one["column"] for one in batch.unknown} == {"status", "kind"}
    other = user("oteki", parks, (parks, "vehicles", 2))
    assert "responsible_unit" in [one["column"] for one in checked(VEHICLES, messy(102), other).unknown]
    page = client.get(reverse("import-remembered")).content.decode()
    assert "Parklar Md." in page and parks.name in page
    client.post(reverse("import-forget", args=[Meaning.objects.get().pk]))
    assert "responsible_unit" in [one["column"] for one in checked(VEHICLES, messy(103), fleet).unknown]


def test_what_is_known_is_read_as_it_is_whatever_was_answered(parks, fleet, checked):
    other = unit("Fen İşleri Dairesi Başkanlığı")
    key = text_key(VEHICLES.column("responsible_unit"), parks.name)
    about = {"register": "vehicles", "column": "responsible_unit", "text": parks.name, "key": key}
    Meaning.objects.create(user=fleet, means=other.pk, **about)
    batch = checked(VEHICLES, messy(101, cins="Kamyonet", status="Kullanımda", where=parks.name), fleet)
    with batch.plan() as plan:
        (line,) = plan.lines("new")
    assert line.values["responsible_unit"] == parks.pk


def test_an_answer_that_may_not_be_chosen_is_refused(parks, fleet, client, checked):
    closed = unit("Kapanan Birim", valid_until="2020-01-01")
    for means in (closed.pk, 10**17, "x", -1):
        batch = answer(client, checked(VEHICLES, messy(101), fleet), responsible_unit=means)
        assert batch.state == "refused" and not Meaning.objects.exists()
    batch = answer(client, checked(VEHICLES, messy(101), fleet), status="gone")
    assert batch.state == "refused" and not Meaning.objects.exists()


def test_only_the_one_who_uploaded_answers(parks, fleet, checked):
    batch = checked(VEHICLES, messy(101), fleet)
    other = Client()
    other.force_login(user("oteki", parks, (parks, "vehicles", 3)))
    assert other.post(reverse("import-answer", args=[batch.pk]), {"meaning-0": parks.pk}).status_code == 404


# Profiles ---------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(parks, fleet, client, checked):
    pickup = VEHICLES.column("kind").related_model.objects.get(name="Kamyonet")
    batch = checked(VEHICLES, messy(101), fleet, mapping={"Araç cinsi": "kind"}, blank="clear")
    return answer(client, batch, kind=pickup.pk, status="in_use", responsible_unit=parks.pk)


def saved(client, batch, **more) -> Profile:
    client.post(reverse("import-keep-profile", args=[batch.pk]), {"name": "Sigorta listesi"} | more)
    return Profile.objects.get()


def test_a_profile_reads_the_next_file_without_a_question(parks, fleet, client, answered, sheet_file):
    profile = saved(client, answered)
    Meaning.objects.filter(user=fleet).delete()
    path = sheet_file(*messy(102))
    with path.open("rb") as file:
        form = {"file": file, "profile": profile.pk, "mode": "upsert", "blank": "leave", "locale": ""}
        page = client.post(reverse("register-import", args=["vehicles"]), form, follow=True)
    batch = page.context["batch"]
    assert (batch.state, batch.counts["new"], batch.blank) == ("checked", 1, "clear")
    # A file of that sender which lacks one of its headings is read, too.
    other = batches.upload(VEHICLES, fleet, ContentFile(sheet_file(["Plaka"], ["41 ABC 101"]).read_bytes()), "a.xlsx")
    profiles.use(other, profile)
    batches.run_check(other)
    assert other.state in ("checked", "refused"), other.message


def test_a_fitting_profile_is_offered_and_taken(parks, fleet, client, answered, checked):
    profile = saved(client, answered)
    batch = checked(VEHICLES, messy(102), fleet)
    assert profiles.suggested(batch) == profile
    assert "“Sigorta listesi” profiline" in client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    client.post(reverse("import-use-profile", args=[batch.pk]), {"profile": profile.pk})
    batch.refresh_from_db()
    assert (batch.state, batch.profile) == ("checked", profile)


def test_a_profile_holds_answers_about_its_own_columns_only(parks, fleet, client, answered):
    about = {"register": "vehicles", "column": "ownership", "text": "Bizim", "key": "bizim", "means": "owned"}
    Meaning.objects.create(user=fleet, **about)
    assert set(saved(client, answered).meanings.values_list("column", flat=True)) == {
        "kind", "status", "responsible_unit",
    }  # fmt: skip


def test_a_profile_is_shared_within_its_unit_only(parks, fleet, client, answered):
    branch = unit("Fidanlık Şube Müdürlüğü", parent=parks)
    works = unit("Fen İşleri Dairesi Başkanlığı")
    colleague, below, stranger = (
        user(name, where, (where, "vehicles", 2)) for name, where in (("a", parks), ("b", branch), ("c", works))
    )
    profile = saved(client, answered)
    for someone in (colleague, below, stranger):
        assert not profiles.visible_profiles(someone).exists()
    profile = saved(client, answered, shared="on")
    assert profiles.visible_profiles(colleague).get() == profile == profiles.visible_profiles(below).get()
    assert not profiles.visible_profiles(stranger).exists()
    guest = Client()
    guest.force_login(colleague)
    assert guest.post(reverse("import-profile-delete", args=[profile.pk])).status_code == 404


def test_a_profile_is_carried_as_json_by_names_and_not_by_ids(parks, fleet, client, answered):
    profile = saved(client, answered)
    result = json.loads(client.get(reverse("import-profile", args=[profile.pk])).content)
    assert {(one["column"], one["means"]) for one in result["meanings"]} == {
        ("kind", "Kamyonet"), ("status", "in_use"), ("responsible_unit", parks.name),
    }  # fmt: skip
    result["meanings"].append({"column": "kind", "text": "Uçak", "means": "Uçan halı"})
    other = user("oteki", parks, (parks, "vehicles", 2))
    guest = Client()
    guest.force_login(other)
    file = SimpleUploadedFile("p.json", json.dumps(result).encode())
    page = guest.post(reverse("import-take-profile"), {"file": file}, follow=True).content.decode()
    assert "“Sigorta listesi” profili eklendi." in page and "Uçak" in page
    taken = Profile.objects.get(owner=other)
    assert taken.choices == profile.choices
    assert set(taken.meanings.values_list("column", "key", "means")) == set(
        profile.meanings.values_list("column", "key", "means")
    )


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something else"},
        {"register": "nothing"},
        {"name": ""},
        {"name": 5},
        {"choices": {"header_row": "x"}},
        {"choices": {"mode": "delete"}},
        {"choices": {"mapping": {"a": 1}}},
        {"choices": []},
        {"meanings": [{"column": "no_such", "text": "a", "means": "b"}]},
        {"meanings": [{"column": "kind"}]},
        {"register": "users"},
    ],
)
def test_a_file_that_is_no_profile_is_refused_with_a_sentence(client, parks, change):
    values = {"format": profiles.FORMAT, "register": "vehicles", "name": "a", "choices": {}, "meanings": []} | change
    for content in (json.dumps(values), json.dumps(values)[:-3], "[" * 100_000):
        file = SimpleUploadedFile("p.json", content.encode())
        page = client.post(reverse("import-take-profile"), {"file": file}, follow=True)
        assert page.status_code == 200 and "alert-danger" in page.content.decode()
    assert not Profile.objects.exists()


# Choices for each heading -----------------------------------------------------------------------------------


def test_a_blank_clears_in_one_column_and_leaves_in_the_others(parks, checked):
    row(VEHICLES, parks, plate="41 ABC 101", make="Ford", notes="not")
    batch = checked(VEHICLES, [["Plaka", "Marka", "Açıklama"], ["41 ABC 101", None, None]], blanks={"notes": "clear"})
    with batch.plan() as plan:
        (line,) = plan.lines("changed")
    assert [tuple(change) for change in line.changes] == [("notes", "not", "")]


def test_group_names_are_carried_down_where_it_is_chosen(parks, fleet, client, checked):
    rows = [["Sorumlu birim", "Plaka", "Tür"], [parks.name, "41 ABC 101", "Kamyonet"]]
    rows += [[None, f"41 ABC {n}", "Kamyonet"] for n in (102, 103)]
    batch = checked(VEHICLES, rows, fleet)
    assert batch.counts["refused"] == 2
    assert [h["fillable"] for h in batch.headings] == [True, False, False]
    assert "yalnızca grupların ilk satırında" in client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    client.post(reverse("import-fill-down", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"], batch.filled) == ("checked", 3, ["Sorumlu birim"])


def test_two_header_rows_and_each_headings_share_of_filled_cells(parks, checked):
    rows = [["Araç", "Araç", "Birim"], ["Plaka", "Tür", "Sorumlu birim"]]
    rows += [["41 ABC 101", "Kamyonet", parks.name], ["41 ABC 102", None, parks.name]]
    batch = checked(VEHICLES, rows, header_row=1, header_rows=2)
    assert batch.read["header_rows"] == 2
    assert [heading["share"] for heading in batch.headings] == [100, 50, 100]


def test_a_column_is_full_only_when_every_cell_is(parks, checked):
    rows = [["Plaka", "Not", "Marka"], *([f"41 ABC {n}", "var" if n > 100 else None, None] for n in range(100, 400))]
    rows[5][2] = "Ford"
    assert [heading["share"] for heading in checked(VEHICLES, rows).headings] == [100, 99, 1]

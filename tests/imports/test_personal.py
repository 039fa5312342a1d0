"""Identity numbers in sheets: out only when asked for and recorded, in by their check digits, shown masked."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from imports import batches
from imports.comparing import comparisons
from imports.comparing.models import Comparison
from imports.exporting import jobs
from imports.exporting.models import Export
from inventory import registers, writes
from inventory.organization.models import Grant, Person
from inventory.trail.models import Event
from tests.pages import signed_in
from tests.rows import SYSTEM, identity_number, row, unit, user
from tests.web.browsers import text_of

pytestmark = pytest.mark.django_db
PEOPLE = registers.get("people")
NUMBER, OTHER = identity_number(14), identity_number(15)
MASK = "*********" + NUMBER[-2:]
ORDER = {"format": "xlsx", "columns": "shown", "parts": ["people"]}


@pytest.fixture
def here():
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def ayse(here) -> Person:
    return row(PEOPLE, here, staff_no="S900", name="Ayşe Yılmaz", identity_no=NUMBER, active=True)


@pytest.fixture
def clerk(here):
    return user("memur", here, (here, "people", 2))


def book_of(answer) -> dict[str, list[tuple]]:
    return {sheet.title: list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(answer.getvalue()))}


def taken_out() -> list[tuple]:
    found = Event.objects.filter(kind="personal_out").order_by("id")
    return [(each.username, each.register, each.details["rows"], each.details["columns"]) for each in found]


# Out --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["columns=all", "columns=name,identity_no", "columns=all&personal=1"])
@pytest.mark.parametrize("form", ["xlsx", "csv", "plain", "ods"])
def test_no_file_has_the_column_unless_it_is_asked_for(here, ayse, clerk, query, form):
    client = signed_in(clerk)
    one_click = client.get(f"{reverse('register-export', args=[PEOPLE])}?{query}&format={form}")
    chosen = client.post(
        f"{reverse('register-export-choose', args=[PEOPLE])}?{query}", ORDER | {"format": form, "columns": "all"}
    )
    filled = client.get(f"{reverse('register-template', args=[PEOPLE])}?rows=shown&{query}")
    for answer in (one_click, chosen, filled):
        content = text_of(answer.getvalue())
        assert answer.status_code == 200 and "Ayşe Yılmaz" in content
        assert NUMBER not in content and MASK not in content and "T.C." not in content
    assert taken_out() == []


def test_it_goes_out_when_asked_for_by_who_may_change_the_rows_and_is_reported(here, ayse, clerk):
    client, url = signed_in(clerk), f"{reverse('register-export-choose', args=[PEOPLE])}?name=Ay%C5%9Fe&columns=name"
    assert "denetim izine yazılır" in client.get(url).content.decode()
    sheets = book_of(client.post(url, ORDER | {"personal": "on"}))
    assert sheets["Kişiler"][0][1:] == ("Ad soyad", "T.C. kimlik no")
    assert sheets["Kişiler"][1][1:] == ("Ayşe Yılmaz", NUMBER)
    about = dict(line[:2] for line in sheets["Dosya bilgisi"])
    assert "T.C. kimlik no" in about["Kişisel veri"] and "denetim izine" in about["Kişisel veri"]
    assert taken_out() == [("memur", "people", 1, ["identity_no"])]
    assert NUMBER not in str(list(Event.objects.values_list("text", "details")))


def test_who_may_not_change_every_row_of_the_list_gets_a_sentence_and_no_file(here, ayse, clerk):
    row(PEOPLE, unit("Zabıta Dairesi Başkanlığı"))
    url = reverse("register-export-choose", args=[PEOPLE])
    answer = signed_in(clerk).post(url, ORDER | {"personal": "on"})
    assert "değiştirebildiğiniz kayıtlar" in answer.content.decode() and "attachment" not in str(answer.headers)
    onlooker = signed_in(user("bakan", here, (None, "people", 1)))
    assert "personal" not in onlooker.get(url).context["form"].fields
    sheets = book_of(onlooker.post(url, ORDER | {"personal": "on", "columns": "all"}))
    assert "T.C. kimlik no" not in sheets["Kişiler"][0] and NUMBER not in str(sheets)
    assert taken_out() == []


def test_a_file_in_the_background_asks_again_whether_she_may(here, ayse, clerk, settings):
    settings.EXPORT_AT_ONCE_ROWS = 0
    client, url = signed_in(clerk), f"{reverse('register-export-choose', args=[PEOPLE])}?name=Ay%C5%9Fe"
    for _ in range(2):
        client.post(url, ORDER | {"personal": "on"})
        jobs.run(Export.objects.latest("pk"))
    first, second = Export.objects.order_by("pk")
    assert taken_out() == [("memur", "people", 1, ["identity_no"])] * 2
    assert NUMBER in str(book_of(client.get(reverse("export-file", args=[first.pk]))))
    grant = Grant.objects.get(person=clerk.person)
    grant.level = Grant.Level.VIEW
    writes.save(registers.get("grants"), grant, SYSTEM)
    assert client.get(reverse("export-file", args=[second.pk])).url == reverse("exports")
    client.post(url, ORDER)
    third = Export.objects.latest("pk")
    Export.objects.filter(pk=third.pk).update(query=first.query)
    third.refresh_from_db()
    jobs.run(third)
    assert (third.state, bool(third.file)) == (Export.State.FAILED, False)


def test_an_empty_template_has_room_for_it(here, ayse, clerk):
    content = text_of(signed_in(clerk).get(reverse("register-template", args=[PEOPLE])).getvalue())
    assert "T.C. kimlik no" in content and NUMBER not in content and MASK not in content


# In ---------------------------------------------------------------------------------------------------------------


def findings(batch) -> list[tuple[str, str, str]]:
    with batch.plan() as plan:
        return [(each.column, each.value, each.message) for each in plan.errors()]


def changes(batch) -> list[tuple]:
    with batch.plan() as plan:
        return [tuple(change) for line in plan.lines("changed") for change in line.changes]


@pytest.mark.parametrize("cell", [int(OTHER), float(OTHER), f" {OTHER[:3]} {OTHER[3:]}", f"{OTHER[0]},{OTHER[1:]}E+10"])
def test_a_number_comes_in_as_people_and_excel_write_it(here, ayse, clerk, checked, cell):
    batch = checked(PEOPLE, [["Sicil no", "TC Kimlik No"], ["S900", cell]], clerk)
    assert changes(batch) == [("identity_no", MASK, "*********" + OTHER[-2:])]
    page = signed_in(clerk).get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert OTHER not in page and NUMBER not in page and "*********" + OTHER[-2:] in page
    assert OTHER not in json.dumps(batch.headings)
    batches.run_apply(batch)
    ayse.refresh_from_db()
    assert ayse.identity_no == OTHER


@pytest.mark.parametrize("rows", [[["Sicil no", "Ad soyad"], ["S900", "Ayşe Yılmaz"]],
                                  [["Sicil no", "T.C. kimlik no"], ["S900", MASK]],
                                  [["Sicil no", "T.C. kimlik no"], ["S900", f" {MASK} "]]])  # fmt: skip
@pytest.mark.parametrize("blank", ["leave", "clear"])
def test_a_sheet_without_the_column_or_with_its_mask_changes_nothing(here, ayse, clerk, checked, rows, blank):
    batch = checked(PEOPLE, rows, clerk, blank=blank)
    assert (batch.counts["unchanged"], batch.counts["changed"], findings(batch)) == (1, 0, [])


def test_a_mask_of_another_and_a_mask_in_a_new_row_are_refused(here, ayse, clerk, checked):
    head = ["Sicil no", "Ad soyad", "Birim", "T.C. kimlik no"]
    batch = checked(PEOPLE, [head, ["S900", "", "", "*********00"], ["S950", "Yeni", here.name, MASK]], clerk)
    assert batch.counts["refused"] == 2
    for _column, value, message in findings(batch):
        assert "Gizli biçimdeki numara" in message and value.startswith("*********")


def test_a_wrong_number_is_refused_and_repeated_nowhere(here, ayse, clerk, checked):
    wrong = NUMBER[:4] + str(9 - int(NUMBER[4])) + NUMBER[5:]
    batch = checked(PEOPLE, [["Sicil no", "Kimlik No"], ["S900", wrong]], clerk)
    ((column, value, message),) = findings(batch)
    assert column == "Kimlik No" and "kimlik numarası değil" in message
    assert wrong not in value + message + json.dumps(batch.headings)
    client = signed_in(clerk)
    for name in ("import-batch", "import-preview"):
        answer = client.get(reverse(name, args=[batch.pk]))
        assert wrong not in (str(book_of(answer)) if answer.streaming else answer.content.decode()), name


def test_a_number_of_somebody_else_is_refused_without_telling_whose(here, ayse, clerk, checked):
    row(PEOPLE, here, identity_no=OTHER)
    batch = checked(PEOPLE, [["Sicil no", "TCKN"], ["S900", OTHER]], clerk)
    ((_column, value, message),) = findings(batch)
    assert message == "Bu T.C. kimlik no başka bir kişide kayıtlı." and OTHER not in value


def test_a_number_under_a_heading_that_nobody_knows_is_masked_among_the_samples(here, ayse, clerk, checked):
    batch = checked(PEOPLE, [["Sicil no", "Qwx"], ["S900", OTHER]], clerk)
    assert OTHER not in json.dumps(batch.headings)


def test_who_takes_an_uploaded_file_out_again_reads_the_numbers_in_it(here, ayse, clerk, checked):
    keeper = signed_in(user("sorumlu", here, (None, "people", 3)))
    with_numbers = checked(PEOPLE, [["Sicil no", "TCKN"], ["S900", OTHER], ["S999", "1"]], clerk)
    without = checked(PEOPLE, [["Sicil no", "Unvan"], ["S900", "Şef"]], clerk)
    for name, batch in (("import-file", with_numbers), ("import-refused", with_numbers), ("import-file", without)):
        answer = keeper.get(reverse(name, args=[batch.pk]))
        assert answer.status_code == 200 and answer.getvalue()
    found = Event.objects.filter(kind="personal_out").values_list("username", "register", "text")
    assert list(found) == [("sorumlu", "people", "liste.xlsx: T.C. kimlik no")] * 2


def test_a_comparison_shows_both_sides_masked(here, ayse, clerk, sheet_file):
    another = row(PEOPLE, here, staff_no="S901")
    same = [["S901", "*********" + another.identity_no[-2:]]]
    path = sheet_file(["Sicil no", "TCKN"], ["S900", OTHER], *same, ["S950", identity_number(16)], ["", "12345678901"])
    made = batches.upload(PEOPLE, clerk, ContentFile(path.read_bytes()), path.name, into=Comparison, source="SGK")
    comparisons.run(made)
    values = {line.row: line for line in made.lines.all()}
    (pair,) = values[2].pairs
    assert (pair.ours, pair.theirs) == (MASK, "*********" + OTHER[-2:])
    assert values[3].verdict == "same"
    stored = json.dumps([*made.lines.values("title", "packed", "searched"), made.headings, made.read])
    assert not {NUMBER, OTHER, identity_number(16), "12345678901"} & set(stored.replace('"', " ").split())

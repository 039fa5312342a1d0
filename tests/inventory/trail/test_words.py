"""The trail in words: a sentence for every page that leaves an entry, with names, numbers and ways to what it means."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from imports.models import Batch
from inventory import registers, writes
from inventory.history import Author
from inventory.listing.filters import filter_class
from inventory.trail import keeping
from inventory.trail.asked import described
from inventory.trail.models import Event
from inventory.trail.names import Names
from inventory.trail.watching import _SILENT
from inventory.trail.words import in_words, sentence_of
from tests.pages import EVERY, posted, signed_in
from tests.rows import SYSTEM, identity_number, person, row, unit, user
from tests.web import addresses

pytestmark = pytest.mark.django_db
VEHICLES, UNITS = registers.get("vehicles"), registers.get("units")
_READING = {"GET", "HEAD"}
# They answer a POST as they answer a GET, or to nobody who is logged in.
_NO_DEED = {"password_changed", "password_choose", "api-unknown"} | {
    name for name in (each.name for each in addresses.every()) if name.startswith("features") and "item" not in name
}
_VALUES = {"register": "vehicles", "pk": 7, "step": "x", "column": "plate", "shape": "points"}


def methods(view) -> set[str]:
    """Those that a view's decorators let through, or that its class has; none where it says nothing."""
    if (of := getattr(view, "cls", None)) is not None:
        return {name.upper() for name in of.http_method_names if hasattr(of, name)} - {"OPTIONS"}
    found: set[str] = set()
    while view is not None:
        cells = zip(getattr(view, "__code__", methods.__code__).co_freevars, view.__closure__ or (), strict=False)
        found |= {each for name, cell in cells if name == "request_method_list" for each in cell.cell_contents}
        view = getattr(view, "__wrapped__", None)
    return found


def shown(browser, **query) -> list[str]:
    """The lines of the trail's page, without their time, newest first."""
    return [f"{line.kind}: {line.sentence}" for line in browser.get(reverse("trail"), query).context["lines"]]


def entry(text: str, kind: str = "change", **values) -> Event:
    return Event(at=timezone.now(), kind=kind, text=text, username="yonetici", **values)


@pytest.mark.parametrize("address", addresses.every(), ids=lambda address: address.route)
def test_every_page_that_may_leave_an_entry_has_a_sentence(address):
    allowed = methods(address.view)
    if (not allowed or allowed - _READING) and address.name not in _SILENT | _NO_DEED:
        sentence = sentence_of(address.name)
        assert sentence and (sentence.text or sentence.file), address.name


@pytest.mark.parametrize("address", addresses.every(), ids=lambda address: address.route)
def test_no_entry_shows_an_address_or_a_query(address, admin):
    values = {name: _VALUES.get(name, 7) for _kind, name in address.parts}
    asked = {"query": "format=xlsx&q=abc&kind=3&kind=4&unknown=%22&page=2", "then": "/imports/7/"}
    of = "vehicles" if "register" in values else ""
    row_id = values.get("pk")
    for kind, method in (("change", "POST"), ("setup", "POST"), ("went_out", "GET"), ("went_out", "POST")):
        text = f"{method} {address.at(values)}"
        (line,) = in_words([entry(text, kind, register=of, row_id=row_id, details=asked)], admin)
        said = " ".join([line.sentence, *line.more])
        assert line.sentence.strip()
        assert not re.search(r"POST|GET|\w=|&|%|\?|/\w+/|\0", said), said


def test_an_export_says_how_many_rows_of_which_filter(here, admin):
    other = unit("Fen İşleri Dairesi Başkanlığı")
    for where in (here, here, other):
        row(VEHICLES, where)
    browser = signed_in(admin)
    asked = {"responsible_unit": here.pk, "status": "in_use", "format": "csv", "columns": "plate"}
    browser.get(reverse("register-export", args=[VEHICLES]), asked).getvalue()
    (line,) = browser.get(reverse("trail"), {"kind": "went_out"}).context["lines"]
    assert line.sentence == "2 araç dosya olarak verildi"
    (more,) = line.more
    assert f"Sorumlu birim: {here}" in more and "Durum: " in more and "in_use" not in more and "Biçim: CSV" in more
    assert browser.get(line.url).context["listing"].matching.count() == 2
    # Before pages reported the numbers there was the query alone.
    asked = {"query": f"responsible_unit={here.pk}"}
    old = entry("GET /vehicles/export/", "went_out", register="vehicles", details=asked)
    (line,) = in_words([old], admin)
    assert line.sentence == "Araçlar dosya olarak verildi" and f"Sorumlu birim: {here}" in line.more[0]


def test_a_bulk_edit_says_what_became_what_and_leads_to_its_rows(here, admin):
    other = unit("Fen İşleri Dairesi Başkanlığı")
    cars = [row(VEHICLES, here) for _number in range(2)]
    browser, address = signed_in(admin), reverse("register-bulk", args=[VEHICLES])
    form = {"selected": [car.pk for car in cars], "count": 2, "reason": "devir"}
    form |= {"change_responsible_unit": "on", "responsible_unit": other.pk}
    assert browser.post(address, form | {"step": "write"}).status_code == 302
    (line,) = browser.get(reverse("trail"), {"kind": "change"}).context["lines"]
    assert line.sentence == "2 araç toplu değiştirildi"
    assert line.more == [f"Sorumlu birim: {here} → {other} (2 kayıt)"]
    assert line.url == reverse("import-batch", args=[Batch.objects.get().pk])
    # Stored are numbers: who may not see a unit does not read its name.
    assert Event.objects.get(kind="change").details["changes"] == [
        ["vehicles", "responsible_unit", here.pk, other.pk, 2]
    ]


def test_what_the_reader_may_not_see_is_not_named(here):
    there = unit("Gizli İşler Müdürlüğü")
    car, clerk = row(VEHICLES, there), user("memur", here, (here, "", 1))
    changes = [["vehicles", "kind", car.kind_id, None, 1]]
    first = entry(f"POST /vehicles/{car.pk}/edit/", register="vehicles", row_id=car.pk, details={"changes": changes})
    batch = Batch.objects.create(register="vehicles", name="Gizli.xlsx", size=1)
    second = entry(f"POST /imports/{batch.pk}/apply/", register="vehicles", row_id=batch.pk, details={"rows": 3})
    lines = in_words([first, second], clerk)
    assert lines[0].sentence == f"Araç no {car.pk} değiştirildi"
    assert lines[1].sentence == f"Araçlar · Aktarım no {batch.pk} uygulandı: 3 kayıt"
    assert in_words([second], None)[0].sentence == "Aktarım “Gizli.xlsx” uygulandı: 3 kayıt"


def test_an_identity_number_that_somebody_searched_for_is_masked(admin):
    number = identity_number(5)
    asked = {"query": f"q={number}"}
    (line,) = in_words([entry("GET /people/export/", "went_out", register="people", details=asked)], admin)
    assert number not in " ".join(line.more) and number[-2:] in line.more[0]


def test_a_row_that_is_gone_has_the_name_that_it_had(here, admin):
    car = row(VEHICLES, here)
    pk, name = car.pk, str(car)
    writes.delete(VEHICLES, car, Author(user=admin))
    (line,) = in_words([entry(f"POST /vehicles/{pk}/delete/", register="vehicles", row_id=pk)], admin)
    assert line.sentence == f"Araç “{name}” silindi"
    assert signed_in(admin).get(line.url).status_code == 200


def test_what_only_prepares_is_no_change(here, admin):
    row(VEHICLES, here)
    browser = signed_in(admin)
    file = SimpleUploadedFile("liste.csv", b"plaka\n41 ABC 123\n")
    browser.post(reverse("register-compare", args=[VEHICLES]), {"file": file, "source": "Sigorta"})
    (line,) = shown(browser, kind="setup")
    assert line == "Hazırlık ve ayar: Karşılaştırma “Sigorta” için liste yüklendi"
    assert shown(browser, kind="change") == []


def test_a_new_row_is_named_by_where_the_page_led(here, admin):
    browser = signed_in(admin)
    form = {"name": "Yeni Müdürlük", "kind": "directorate", "parent": here.pk}
    assert browser.post(reverse("register-new", args=[UNITS]), form).status_code == 302
    assert shown(browser, kind="change") == ["Değişiklik: Birim “Yeni Müdürlük” eklendi"]


def test_the_page_takes_as_many_queries_for_forty_entries_as_for_four(here, admin):
    browser = signed_in(admin)

    def many(number: int) -> int:
        for _number in range(number):
            car = row(VEHICLES, unit(f"Birim {car_number()}", here))
            keeping.record("change", register="vehicles", row_id=car.pk, text=f"POST /vehicles/{car.pk}/edit/")
            gone = row(VEHICLES, here)
            pk = gone.pk
            writes.delete(VEHICLES, gone, SYSTEM)
            keeping.record("change", register="vehicles", row_id=pk, text=f"POST /vehicles/{pk}/delete/")
            asked = f"responsible_unit={car.responsible_unit_id}&kind={car.kind_id}"
            keeping.record("went_out", register="vehicles", text="GET /vehicles/export/", query=asked)
        with CaptureQueriesContext(connection) as queries:
            assert len(browser.get(reverse("trail")).context["lines"]) >= number
        return len(queries)

    assert many(2) == many(20)


def car_number() -> int:
    return UNITS.model.objects.count()


def test_the_files_say_what_the_page_says(here, admin):
    someone = person("Ayşe Yılmaz", here)
    keeping.record("change", user=admin, register="people", row_id=someone.pk, text=f"POST /people/{someone.pk}/edit/")
    answer = signed_in(admin).get(reverse("trail-file"), {"format": "csv", "kind": "change"})
    content = b"".join(answer.streaming_content).decode()
    assert f"Kişi “{someone}” değiştirildi" in content and "POST" not in content
    (line,) = shown(signed_in(admin), kind="went_out")
    assert line == "Dışarı verilen dosya: Denetim izi dosya olarak verildi"


def test_what_was_refused_is_not_said_to_be_done(here, admin):
    browser = signed_in(admin)
    assert browser.post(reverse("user-active", args=[admin.pk])).status_code == 302
    assert shown(browser, kind="change") == ["Değişiklik: Reddedildi: Hesap “yonetici” kapatıldı veya yeniden açıldı"]


def test_what_became_of_a_status_stands_in_the_trail(here, admin):
    car, browser = row(VEHICLES, here), signed_in(admin)
    form = {"status": "retired", "status_on": "01.01.2026", "status_reason": "Hurda"}
    assert browser.post(reverse("register-retire", args=[VEHICLES, car.pk]), form).status_code == 302
    (line,) = browser.get(reverse("trail"), {"kind": "change"}).context["lines"]
    assert line.sentence == f"Araç “{car}”: hizmet durumu değiştirildi"
    assert line.more == ["Durum: Kullanımda → Hizmet dışı"]
    with translation.override("en"):
        assert in_words([line.event], admin)[0].more == ["Status: In use → Retired"], "in its reader's language"


def test_a_record_begun_on_its_parents_page_is_named_itself(here, admin):
    """The page leads back to the parent, whose number is no record's."""
    car, inspections = row(VEHICLES, here), registers.get("inspections")
    browser = signed_in(admin)
    url = f"{reverse('register-new', args=[inspections])}?vehicle={car.pk}"
    data = posted(browser.get(url).context["form"]) | {"done_on": "01.02.2026", "valid_until": "01.02.2028"}
    assert browser.post(url, data).status_code == 302
    (made,) = inspections.model.objects.all()
    (line,) = browser.get(reverse("trail"), {"kind": "change"}).context["lines"]
    assert line.url == reverse("register-history", args=[inspections, made.pk]) and str(made) in line.what
    old = entry(f"POST {url}", register="inspections", details={"then": reverse("register-detail", args=[VEHICLES, 7])})
    assert "7" not in in_words([old], admin)[0].sentence


_HOSTILE = (
    "",
    "\0",
    "x" * 3000,
    "9" * 40,
    "-1",
    "NaN",
    "31.02.2026",
    "<script>",
    "%(what)s",
    "29.7,40.7,29.8,40.8",
    "[[",
)


@pytest.mark.parametrize("register", EVERY)
def test_every_filter_is_put_into_words_whatever_was_typed(register):
    for name in filter_class(register).base_filters:
        for text in _HOSTILE:
            described(register, QueryDict(urlencode({name: text})), Names(None))


def test_an_export_of_an_area_leaves_a_trail_that_opens(here, admin):
    row(VEHICLES, here)
    browser = signed_in(admin)
    assert browser.get("/vehicles/export/", {"within": "29.7,40.7,29.8,40.8", "format": "csv"}).status_code == 200
    assert browser.get(reverse("home")).status_code == 200
    (line,) = browser.get(reverse("trail"), {"kind": "went_out"}).context["lines"]
    assert "Harita alanı: haritada çizilen dikdörtgen" in line.more[0]


def test_an_entry_without_words_does_not_take_the_page_away(here, admin):
    keeping.record("change", user=admin, text="POST /vehicles/new/", register="vehicles", then="//[")
    (line,) = signed_in(admin).get(reverse("trail"), {"kind": "change"}).context["lines"]
    assert line.sentence == "POST /vehicles/new/"


@pytest.mark.parametrize(
    "typed", ["{}", " {}", "{0[0]} {0[1]}{0[2]}{0[3]} {0[4]}{0[5]}{0[6]} {0[7]}{0[8]}{0[9]}{0[10]}"]
)
def test_what_identifies_a_person_stands_neither_in_the_words_nor_in_the_link(typed, here, admin):
    number = identity_number(5)
    browser = signed_in(admin)
    browser.get(reverse("register-export", args=["people"]), {"q": typed.format(number), "format": "csv"})
    page = browser.get(reverse("trail"), {"kind": "went_out"}).content.decode()
    assert number not in page and typed.format(number).strip() not in page
    assert number not in re.sub(r"[\s+]|%20", "", page)


def bulk_notes(browser, cars, text: str) -> None:
    form = {"selected": [car.pk for car in cars], "count": len(cars), "reason": "sayım", "step": "write"}
    answer = browser.post(reverse("register-bulk", args=[VEHICLES]), form | {"change_notes": "on", "notes": text})
    assert answer.status_code == 302


def test_what_identifies_a_person_is_not_kept_with_a_change(here, admin):
    """Nobody takes an entry back, so that it is masked when it is written."""
    number = identity_number(5)
    bulk_notes(signed_in(admin), [row(VEHICLES, here, notes=f"Sürücü {number}")], "yok")
    changes = Event.objects.get(kind="change").details["changes"]
    assert number not in str(changes) and "Sürücü ****" in str(changes)


def test_changes_that_differ_in_each_row_are_not_all_kept(here, admin, monkeypatch):
    monkeypatch.setattr("imports.by_hand.MOST_CHANGES", 4)
    monkeypatch.setattr("imports.pages.many.MOST_CHANGES", 4)
    browser = signed_in(admin)
    for number, last in ((4, "ve başka değişiklikler"), (3, "Açıklama: ")):
        Event.objects.forget_before(timezone.now())
        bulk_notes(browser, [row(VEHICLES, here, notes=f"eski {number} {n}") for n in range(number)], "yeni")
        (line,) = browser.get(reverse("trail"), {"kind": "change"}).context["lines"]
        assert line.more[-1].startswith(last) and len(line.more) == min(4, number)

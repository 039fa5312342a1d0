"""The made-up data adds up to every line of the published figures, and goes without a trace."""

import datetime as dt
import json
from decimal import Decimal
from io import StringIO
from itertools import pairwise

import pytest
import shapely
from django.core.management import call_command
from django.db.models import Count, F
from django.utils import timezone

from imports.models import Batch
from inventory import demo, registers, writes
from inventory.assets.equipment.models import Equipment
from inventory.documents.models import Document, Link
from inventory.listing.totals import exact_sum
from inventory.models import DemoMark, Kind
from inventory.organization.models import Grant, Person, Unit, User
from inventory.reference import AUTHOR, data, kind_lines
from inventory.reports.physical_resources import physical_resources
from inventory.trail.models import Event
from inventory.writes import Author
from tests.rows import row

SLUGS = ("property", "vehicles", "network", "equipment")


def counted(slug: str, **filters) -> dict[str, int]:
    rows = registers.get(slug).model.objects.filter(**filters).order_by()
    return dict(rows.values_list("kind__code").annotate(n=Count("id")))


def published(slug: str, column: str = "count") -> dict[str, int]:
    return {code: int(line[column]) for code, line in kind_lines(registers.get(slug)) if int(line[column])}


@pytest.fixture(scope="class")
def made(django_db_setup, django_db_blocker):
    """The demo in the database for this class, taken back after them."""
    from django.conf import settings
    from django.db import transaction

    with django_db_blocker.unblock():
        before, settings.DEBUG = settings.DEBUG, True
        atomic = transaction.atomic()
        atomic.__enter__()
        call_command("load_reference", stdout=StringIO())
        output = StringIO()
        call_command("demo", stdout=output)
        yield output.getvalue()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)
        settings.DEBUG = before


@pytest.mark.django_db
class TestFigures:
    @pytest.fixture(autouse=True)
    def _made(self, made):
        pass

    def test_properties(self):
        register = registers.get("property")
        assert counted("property") == published("property")
        areas = register.model.objects.order_by().values_list("kind__code").annotate(a=exact_sum("area_m2"))
        assert dict(areas) == {code: Decimal(line["area_m2"]) for code, line in kind_lines(register)}
        total = register.model.objects.aggregate(a=exact_sum("area_m2"))["a"]
        assert (register.model.objects.count(), total) == (3_993, Decimal("10554471.87"))

    def test_vehicles(self):
        assert counted("vehicles", ownership="owned") == published("vehicles", "owned")
        assert counted("vehicles", ownership="leased") == published("vehicles", "leased")
        assert registers.get("vehicles").model.objects.count() == 624 + 877

    @pytest.mark.parametrize(("slug", "total"), [("network", 1_707), ("equipment", 16_743)])
    def test_devices(self, slug, total):
        assert counted(slug) == published(slug)
        assert registers.get(slug).model.objects.count() == total

    def test_software(self):
        uses = registers.get("software-uses").model.objects.select_related("unit", "software")
        lines = sorted((use.unit.name if use.unit else use.get_reach_display(), use.software.name) for use in uses)
        software = registers.get("software")
        assert lines == sorted((row["used_by"], row["software"]) for row in data(software, "used_by.csv"))
        offered = software.model.objects.filter(audience__in=("citizens", "both")).values_list("name", flat=True)
        assert sorted(offered) == sorted(row["name"] for row in data(software, "citizen_applications.csv"))

    def test_the_report_has_every_line_of_the_data_files(self):
        output = StringIO()
        call_command("report", "physical-resources", json=True, stdout=output)
        result = json.loads(output.getvalue(), parse_float=Decimal)
        kinds = {slug: [line for _, line in kind_lines(registers.get(slug))] for slug in result if slug in SLUGS}
        assert {line["code"]: (line["count"], Decimal(line["area_m2"])) for line in result["property"]} == {
            line["code"]: (int(line["count"]), Decimal(line["area_m2"])) for line in kinds["property"]
        }
        assert {line["name"]: (line["owned"], line["leased"]) for line in result["vehicles"]} == {
            line["name"]: (int(line["owned"]), int(line["leased"])) for line in kinds["vehicles"]
        }
        for slug in ("network", "equipment"):
            assert {line["name"]: line["count"] for line in result[slug]} == {
                line["name"]: int(line["count"]) for line in kinds[slug]
            }
        software = registers.get("software")
        assert sorted((line["unit"], line["name"]) for line in result["software"]) == sorted(
            (row["used_by"], row["software"]) for row in data(software, "used_by.csv")
        )
        assert result["totals"]["property"] == {"count": 3_993, "area_m2": Decimal("10554471.87")}
        assert result["totals"]["vehicles"] == {"owned": 624, "leased": 877, "total": 1_501}

    def test_it_looks_alive(self):
        assert Unit.objects.filter(kind=Unit.Kind.BRANCH).count() == 104
        assert Person.objects.count() >= 600
        vehicles = registers.get("vehicles").model.objects
        assert vehicles.exclude(plate="").count() > 1_000
        assert vehicles.filter(plate="").exclude(fleet_no="").exists()
        assert Equipment.objects.exclude(holder=None).exists()
        districts = registers.get("property").model.objects.order_by().values("district").distinct().count()
        assert districts == 12

    def test_the_map_has_something_of_every_register(self):
        for register in registers.every("asset"):
            located = register.model.objects.exclude(location__cell=None)
            assert located.values("location__district").distinct().count() >= 5, register.slug
        properties = registers.get("property").model.objects
        assert not properties.exclude(district=F("location__district")).exists()
        masts = registers.get("network").model.objects.filter(kind__name="Radyolink Cihazı")
        assert all(name.endswith("Kule") for name in masts.values_list("location__name", flat=True))
        assert masts.exclude(linked_to=None).exclude(linked_to__location=F("location")).exists()

    def test_parcels_have_the_area_of_their_deed_and_lie_side_by_side(self):
        rows = registers.get("property").model.objects.filter(location__source="parcel")
        rows = list(rows.values_list("area_m2", "location__area_m2", "location__footprint"))
        assert max(abs(drawn / area - 1) for area, drawn, _ in rows) < Decimal("0.02")
        outlines = shapely.from_wkb([bytes(shape) for *_, shape in rows])
        one, _ = shapely.STRtree(outlines).query(outlines, predicate="overlaps")
        assert len(one) / 2 < len(rows) / 50

    def test_every_row_says_where_it_comes_from(self):
        for register in registers.every("asset", "record"):
            made = register.model.history.exclude(history_change_reason=AUTHOR.reason)  # those of the reference lists
            reasons = made.order_by().values_list("history_change_reason", flat=True).distinct()
            assert all(reason.endswith(demo.REASON) for reason in reasons), register.slug

    @pytest.mark.parametrize("days", [30, 365, 700])
    def test_a_past_day_had_fewer_items_and_no_other_ones(self, days):
        day = timezone.localdate() - dt.timedelta(days=days)
        report = physical_resources(None, day)
        for slug, measure in (*((s, "total" if s == "vehicles" else "count") for s in SLUGS), ("software", "count")):
            now = physical_resources(None).tables[slug].totals[measure]
            assert now * 2 // 3 < report.tables[slug].totals[measure] < now, slug
        assert report.tables["property"].totals["area_m2"] > 0

    def test_items_moved_rested_and_came_in_order(self):
        begins = timezone.now() - dt.timedelta(days=731)
        for register in registers.every("asset"):
            past = list(register.model.history.order_by("id", "history_id"))
            assert begins < past[0].history_date
            steps = [(old, new) for old, new in pairwise(past) if old.id == new.id]
            assert all(old.history_date <= new.history_date <= timezone.now() for old, new in steps), register.slug
            moved = sum(old.responsible_unit_id != new.responsible_unit_id for old, new in steps)
            rested = sum(new.status == "retired" for _old, new in steps)
            assert moved > 20 and rested > 10, register.slug
            assert not register.model.objects.filter(status="retired").exists()
            made = next(new for old, new in pairwise(past) if old.id != new.id and new.acquired_on is not None)
            assert made.history_type == "+" and timezone.localdate(made.history_date) >= made.acquired_on

    def test_a_second_run_makes_nothing(self):
        count, output = Equipment.objects.count(), StringIO()
        call_command("demo", stdout=output)
        assert "zaten var" in output.getvalue()
        assert Equipment.objects.count() == count

    def test_the_accounts_work_and_are_reported(self, made, client):
        for name in ("yonetici", "emlak", "destek", "bilgi", "birim", "denetci"):
            assert name in made
            assert User.objects.get(username=name).check_password("Demo-2024!kayit")
        assert [u.username for u in User.objects.filter(is_superuser=True)] == ["yonetici"]


@pytest.mark.django_db
def test_it_goes_without_a_trace_but_for_what_became_real(settings, monkeypatch):
    settings.DEBUG = True
    # A tenth of everything is enough to show it, and takes a tenth of the time.
    shortened = {"count", "owned", "leased"}

    def few(register):
        for code, line in kind_lines(register):
            yield code, {k: str(min(3, int(v))) if k in shortened else v for k, v in line.items()}

    monkeypatch.setattr(demo, "kind_lines", few)
    call_command("load_reference", stdout=StringIO())
    before = {r.slug: r.model.objects.count() for r in registers.every()}
    past = {r.slug: r.model.history.count() for r in registers.every()}
    call_command("demo", stdout=StringIO())
    documents = Document.objects.order_by("pk")
    assert 15 <= documents.count() <= 30 and all(each.stored.size for each in documents)
    assert Link.objects.filter(document=documents.last()).count() > 1
    # What somebody has changed stays, and so does what it belongs to.
    real = documents.filter(links__register="vehicles").first()
    real.notes = "Gerçek belge"
    writes.save(registers.get("documents"), real, Author(reason="gerçek"))
    kept = Equipment.objects.exclude(holder=None).select_related("responsible_unit__parent").latest("pk")
    kept.notes = "Gerçek cihaz"
    writes.save(registers.get("equipment"), kept, Author(reason="gerçek"))
    output = StringIO()
    call_command("demo", remove=True, stdout=output)
    assert "Bilişim donanımı: 1 kayıt kaldı" in output.getvalue()
    after = {r.slug: r.model.objects.count() for r in registers.every()}
    # What the row that became real names stays with it: its holder, her branch, the place.
    left = {slug: after[slug] - before[slug] for slug in after if after[slug] != before[slug]}
    own = ("documents", "vehicles", "equipment", "people", "units", "locations")
    assert (left["documents"], left["vehicles"], left["equipment"]) == (1, 1, 1) and set(left) <= set(own)
    assert Link.objects.get().row_of().pk and Document.objects.get() == real
    assert registers.get("property").model.history.count() == past["property"]
    assert not DemoMark.objects.exists()
    assert not User.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.django_db
def test_an_account_that_did_something_is_closed_with_the_demo_and_opened_with_the_next(settings, monkeypatch):
    settings.DEBUG = True
    monkeypatch.setattr(demo, "kind_lines", lambda register: [])
    call_command("demo", stdout=StringIO())
    accounts = {user.username: user for user in User.objects.all()}
    assert all(str(user) == user.person.name != user.username for user in accounts.values())
    place = registers.get("locations").model(name="Gerçek yer")
    writes.save(registers.get("locations"), place, Author(user=accounts["emlak"]))
    Batch.objects.create(register="vehicles", user=accounts["destek"], size=1)
    output = StringIO()
    call_command("demo", remove=True, stdout=output)
    assert "Kapatılan hesaplar: destek, emlak" in output.getvalue()
    assert sorted(User.objects.values_list("username", flat=True)) == ["destek", "emlak"]
    assert not any(u.is_active or u.check_password("Demo-2024!kayit") for u in User.objects.all())
    # Who is nobody has no name.
    assert [str(u) for u in User.objects.order_by("username")] == ["destek", "emlak"]
    assert Event.objects.filter(text__startswith="emlak", text__contains="hesap kapatıldı").exists()
    call_command("demo", stdout=StringIO())
    assert all(u.is_open and u.check_password("Demo-2024!kayit") for u in User.objects.all())
    assert all(str(user) == user.person.name for user in User.objects.all())
    assert User.objects.count() == len(accounts)
    assert Grant.objects.filter(person__account__username="emlak").count() == 2


@pytest.mark.django_db
def test_the_person_of_an_account_whom_somebody_names_is_there_for_the_next_demo(settings, monkeypatch):
    settings.DEBUG = True
    monkeypatch.setattr(demo, "kind_lines", lambda register: [])
    call_command("demo", stdout=StringIO())
    holder = User.objects.get(username="emlak").person
    # With a place of the demo, too, and not on its own: the demo's next names both again.
    row(registers.get("equipment"), Unit.objects.get(pk=holder.unit_id), holder=holder)
    call_command("demo", remove=True, stdout=StringIO())
    call_command("demo", stdout=StringIO())
    assert User.objects.get(username="emlak").person == holder


@pytest.mark.django_db
def test_no_account_with_a_public_password_where_debug_is_off(settings, monkeypatch):
    settings.DEBUG = False
    monkeypatch.setattr(demo, "kind_lines", lambda register: [])
    call_command("load_reference", stdout=StringIO())
    output = StringIO()
    call_command("demo", stdout=output)
    assert "Hesap açılmadı" in output.getvalue()
    assert not User.objects.exists()


def test_parts_add_up():
    dice = demo.World().dice
    for total, count in ((7, 7), (8, 7), (10_554, 37), (1, 1)):
        found = demo.parts(total, count, dice)
        assert (sum(found), len(found), min(found) >= 1) == (total, count, True)


@pytest.mark.django_db
def test_reference_lists_are_loaded_once_and_then_the_users_own():
    call_command("load_reference", stdout=StringIO())
    group = Kind.objects.get(register="property", code="1.1.4")
    assert (group.name, group.is_group) == ("", True)
    group.name = "Sosyal ve kültürel tesisler"
    writes.save(registers.get("kinds"), group, Author())
    renamed = Unit.objects.get(short_name="Fen İşleri")
    renamed.name = "Yol ve Altyapı Dairesi Başkanlığı"
    writes.save(registers.get("units"), renamed, Author())
    counts = {r.slug: r.model.objects.count() for r in registers.every()}
    assert (counts["districts"], counts["neighbourhoods"], counts["movable-codes"]) == (12, 472, 517)
    assert Unit.objects.filter(kind=Unit.Kind.DIRECTORATE).count() == 25
    output = StringIO()
    call_command("load_reference", stdout=output)
    assert "hepsi var" in output.getvalue()
    assert {r.slug: r.model.objects.count() for r in registers.every()} == counts
    assert Kind.objects.get(pk=group.pk).name == "Sosyal ve kültürel tesisler"

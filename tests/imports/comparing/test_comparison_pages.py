import io

import pytest
from django.urls import get_resolver, reverse
from openpyxl import load_workbook

from imports.comparing import comparisons, tasks
from imports.comparing.models import Comparison
from imports.models import Batch
from inventory.assets.vehicles.models import Vehicle
from tests.imports.comparing.conftest import HEADINGS
from tests.pages import signed_in
from tests.rows import unit, user

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def load(client, path, query="", **data):
    url = reverse("register-compare", args=["vehicles"])
    with path.open("rb") as file:
        data = {"source": "Sigorta listesi", "locale": "", "file": file} | data
        return client.post(f"{url}?{query}", data, follow=True)


def page_of(comparison) -> str:
    return reverse("comparison", args=[comparison.pk])


def report_of(client, comparison) -> dict[str, list[tuple]]:
    answer = client.get(reverse("comparison-report", args=[comparison.pk]))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


@pytest.fixture
def rows() -> list[list]:
    """One the same, one that differs, one that we have not; 41 ABC 102 is lacking."""
    return [HEADINGS, ["41abc100", "Ford", 2015], ["41 ABC 101", "FIAT", 2016], ["34 ZYL 100", "Fiat", 2020]]


def test_from_the_list_to_a_signed_report(clerk, fleet, sheet_file, rows):
    fleet(3)
    client = signed_in(clerk)
    listed = client.get(reverse("register-list", args=["vehicles"]), {"colour": "Beyaz", "page": 1})
    assert f"{reverse('register-compare', args=['vehicles'])}?colour=Beyaz" in text_of(listed)
    asked = text_of(client.get(reverse("register-compare", args=["vehicles"]), {"colour": "Beyaz"}))
    assert "<strong>3</strong> kayıt" in asked and "Renk: Beyaz" in asked and "hizmet dışı olanlar aranmaz" in asked

    page = load(client, sheet_file(["", ""], *rows, name="sigorta.csv"), "colour=Beyaz")
    comparison = page.context["comparison"]
    assert (comparison.state, comparison.query, comparison.user) == ("open", "colour=Beyaz", clerk)
    assert [count for _v, _label, count, _open in page.context["tiles"]] == [1, 1, 1, 0, 1]
    assert "Onayla</button>" not in text_of(page) and "Model yılı" in text_of(page)
    here = client.get(page_of(comparison), {"verdict": "here"})
    assert [line.title for line, _pairs in here.context["lines"]] == ["41 ABC 102"]

    settle = reverse("comparison-settle", args=[comparison.pk])
    (line,) = comparison.lines.filter(verdict="differs")
    client.post(settle, {"one": f"{line.pk}:theirs", "note": "ruhsata bakıldı"})
    for verdict, decision in (("here", "ours"), ("there", "look")):
        client.post(settle, {"all": "1", "query": f"verdict={verdict}", "decision": decision})
    page = client.get(page_of(comparison))
    assert (page.context["settled"], page.context["waiting"]) == (3, 0)
    draft = report_of(client, comparison)
    assert ("Onay", "Taslak: henüz onaylanmadı, kararlar değişebilir") in [row[:2] for row in draft["Özet"]]

    sign = reverse("comparison-sign", args=[comparison.pk])
    assert "kutuyu işaretleyiniz" in text_of(client.post(sign, follow=True))
    done = client.post(sign, {"sure": "1"}, follow=True)
    comparison.refresh_from_db()
    assert (comparison.state, comparison.signed_by) == ("signed", clerk) and comparison.report
    assert "Artık değişmez" in text_of(done) and done.context["form"] is None
    Vehicle.objects.filter(plate="41 ABC 101").update(make="Renault")
    kept = report_of(client, comparison)
    about = dict(row[:2] for row in kept["Özet"])
    assert about["Onaylayan"] == str(clerk) and about["Renk"] == "Beyaz" and about["Dosya"] == "sigorta.csv"
    assert about["Dosya özeti (SHA-256)"] == comparison.sha256
    head, make, year = kept["Farklı"]
    assert head[:5] == ("Satır", "Kayıt", "Alan", "Bizde", "Listede")
    assert make[1:5] == ("41 ABC 101", "Marka", "Ford", "FIAT") and year[2:5] == ("Model yılı", "2015", "2016")
    assert make[6:9] == ("Onlarınkini al", "ruhsata bakıldı", str(clerk))
    assert [row[1] for row in kept["Yalnızca bizde"]] == ["Kayıt", "41 ABC 102"]
    assert [row[1] for row in kept["Yalnızca listede"]] == ["Kayıt", "34 ZYL 100"]
    assert [row[1] for row in kept["Aynı"]] == ["Kayıt", "41 ABC 100"]
    late = client.post(settle, {"one": f"{line.pk}:ours"}, follow=True)
    line.refresh_from_db()
    assert line.decision == "theirs" and "değiştirilemez" in text_of(late)
    assert Vehicle.objects.count() == 3 and not Batch.objects.exists()


def test_theirs_is_taken_by_an_ordinary_import(clerk, fleet, sheet_file):
    fleet(3)
    rows = [
        [*HEADINGS, "Renk"],
        ["41ABC100", "Fiat", "bilinmiyor", "'=Mavi"],
        ["41ABC101", "Fiat", 2019, "Beyaz"],
        ["34ZYL100", "Fiat", 2020, ""],
    ]
    client = signed_in(clerk)
    comparison = load(client, sheet_file(*rows, name="liste.csv")).context["comparison"]
    settle, take = (reverse(f"comparison-{name}", args=[comparison.pk]) for name in ("settle", "take"))
    assert "kalmadı" in text_of(client.post(take, {"verdict": "differs"}, follow=True))
    first = comparison.lines.get(title="41 ABC 100")
    client.post(settle, {"selected": [first.pk], "decision": "theirs"})
    client.post(settle, {"all": "1", "query": "verdict=there", "decision": "theirs"})
    page = client.get(page_of(comparison))
    assert page.context["takeable"] == {"differs": 1, "there": 1}
    checked = client.post(take, {"verdict": "differs"}, follow=True).context["batch"]
    assert (checked.state, checked.mode, checked.user) == ("checked", "update", clerk)
    assert (checked.counts["rows"], checked.counts["changed"]) == (1, 1)
    with checked.plan() as plan:
        (line,) = plan.lines("changed")
        assert [(c.column, c.old, c.new) for c in line.changes] == [
            ("make", "Ford", "Fiat"),
            ("colour", "Beyaz", "=Mavi"),
        ]
    client.post(reverse("import-apply", args=[checked.pk]), checked.counts)
    taken = Vehicle.objects.get(plate="41 ABC 100")
    assert (taken.make, taken.colour, taken.model_year) == ("Fiat", "=Mavi", 2015)
    assert str(comparison.pk) in taken.history.first().history_change_reason
    new = client.post(take, {"verdict": "there"}, follow=True).context["batch"]
    assert (new.mode, new.counts["rows"]) == ("add", 1) and new.state == "refused"  # a vehicle wants a unit and a kind
    assert client.post(take, {"verdict": "here"}).status_code == 404


def test_lines_are_filtered_and_paged_with_queries_that_do_not_grow(
    clerk, fleet, sheet_file, django_assert_max_num_queries
):
    fleet(130)
    makes = ["Fiat", "Ford"]
    rows = [HEADINGS, *([f"41 ABC {100 + n}", makes[n % 2], 2016] for n in range(130))]
    client = signed_in(clerk)
    comparison = load(client, sheet_file(*rows)).context["comparison"]
    with django_assert_max_num_queries(20):
        page = client.get(page_of(comparison), {"verdict": "differs", "column": "make", "page": 2})
    assert page.context["page"].paginator.count == 65 and len(page.context["lines"]) == 15
    assert "?verdict=differs&amp;column=make&amp;page=1#lines" in text_of(page).replace(
        "column=make&amp;verdict=differs", "verdict=differs&amp;column=make"
    )
    found = client.get(page_of(comparison), {"verdict": "differs", "q": "abc 129"})
    assert [line.title for line, _pairs in found.context["lines"]] == ["41 ABC 129"]
    settle = reverse("comparison-settle", args=[comparison.pk])
    answer = client.post(settle, {"all": "1", "query": "verdict=differs&column=make", "decision": "look"})
    assert answer.url == f"{page_of(comparison)}?verdict=differs&column=make#lines"
    assert comparison.lines.filter(decision="look").count() == 65
    waiting = client.get(page_of(comparison), {"verdict": "differs", "decision": "open"})
    assert waiting.context["page"].paginator.count == 65
    odd = {"verdict": "x", "column": "chassis_no", "page": "-1", "decision": "?"}
    assert client.get(page_of(comparison), odd).context["verdict"] == "differs"
    for one in ("", "x:ours", "99999999999999999999:ours", "1:wrong"):
        assert client.post(settle, {"one": one, "decision": "look"}).status_code in (302, 404)
    assert comparison.lines.filter(decision="look").count() == 65


def test_headings_are_corrected_and_decisions_are_not_lost_unasked(clerk, fleet, sheet_file):
    fleet(1)
    client = signed_in(clerk)
    page = load(client, sheet_file(["Plaka", "Kasa rengi nedir"], ["41 ABC 100", "Mavi"]))
    comparison, form = page.context["comparison"], page.context["form"]
    assert comparison.counts["same"] == 1
    data = {field.html_name: field.value() or "" for field in form} | {"column-1": "colour"}
    again = reverse("comparison-again", args=[comparison.pk])
    client.post(again, data)
    comparison.refresh_from_db()
    assert (comparison.counts["differs"], comparison.mapping["Kasa rengi nedir"]) == (1, "colour")
    comparisons.settle(comparison, comparison.lines.all(), "look", "", clerk)
    assert "kutuyu işaretleyiniz" in text_of(client.post(again, data | {"column-1": ""}, follow=True))
    assert comparison.lines.filter(decision="look").count() == 1
    client.post(again, data | {"column-1": "", "sure": "1"})
    comparison.refresh_from_db()
    assert comparison.counts["same"] == 1 and not comparison.lines.exclude(decision="").exists()


def test_a_large_list_is_compared_and_reported_by_the_worker(clerk, fleet, sheet_file, rows, monkeypatch):
    fleet(3)
    monkeypatch.setattr("imports.comparing.views.AT_ONCE_ROWS", 1)
    client = signed_in(clerk)
    comparison = load(client, sheet_file(*rows)).context["comparison"]
    assert comparison.state == "uploaded"
    waiting = client.get(reverse("comparison-progress", args=[comparison.pk]))
    assert "HX-Refresh" not in waiting and "every 2s" in text_of(waiting)
    assert client.get(reverse("comparison-report", args=[comparison.pk])).status_code == 404
    tasks.compare.func(comparison.pk, "tr")
    tasks.compare.func(comparison.pk, "tr")
    assert client.get(reverse("comparison-progress", args=[comparison.pk]))["HX-Refresh"] == "true"
    assert comparison.lines.count() == 4
    client.post(
        reverse("comparison-settle", args=[comparison.pk]),
        {"selected": list(comparison.lines.values_list("pk", flat=True)), "decision": "ours"},
    )
    client.post(reverse("comparison-sign", args=[comparison.pk]), {"sure": "1"})
    comparison.refresh_from_db()
    assert comparison.state == "signed" and not comparison.report
    assert "Onaylayan" in dict(row[:2] for row in report_of(client, comparison)["Özet"])
    tasks.keep_report.func(comparison.pk, "tr")
    comparison.refresh_from_db()
    assert comparison.report


def test_who_sees_and_settles_a_comparison(parks, clerk, fleet, sheet_file, rows):
    fleet(3)
    comparison = load(signed_in(clerk), sheet_file(*rows)).context["comparison"]
    names = [
        n
        for n in get_resolver().reverse_dict
        if isinstance(n, str) and n.startswith("comparison") and n != "comparisons"
    ]
    urls = {name: reverse(name, args=[comparison.pk]) for name in names}
    assert len(urls) >= 9
    people = {
        "another editor": (user("baska", parks, (parks, "vehicles", 2)), False),
        "a viewer": (user("goren", parks, (parks, "vehicles", 1)), False),
        "a steward of one unit": (user("yerel", parks, (parks, "vehicles", 3)), False),
        "a steward of another register": (user("emlak", parks, (None, "property", 3)), False),
        "the register's steward": (user("sorumlu", parks, (None, "vehicles", 3)), True),
    }
    for who, (account, sees) in people.items():
        client = signed_in(account)
        assert client.get(urls["comparison"]).status_code == (200 if sees else 404), who
        assert (comparison in client.get(reverse("comparisons")).context["page"]) == sees, who
        if not sees:
            answers = [getattr(client, method)(url).status_code for url in urls.values() for method in ("get", "post")]
            assert set(answers) <= {404, 405}, who
        else:
            assert client.post(urls["comparison-delete"], {"sure": "1"}).status_code == 404
    viewer = signed_in(people["a viewer"][0])
    own = load(viewer, sheet_file(*rows)).context["comparison"]
    assert own.state == "open" and own.user == people["a viewer"][0]
    assert viewer.post(reverse("comparison-take", args=[own.pk]), {"verdict": "differs"}).status_code == 404
    clerk.person.grants.all().delete()
    assert signed_in(clerk).get(urls["comparison"]).status_code == 404


def test_lines_of_rows_that_left_the_users_sight_are_not_shown(clerk, fleet, sheet_file, rows):
    fleet(3)
    client = signed_in(clerk)
    comparison = load(client, sheet_file(*rows)).context["comparison"]
    Vehicle.objects.filter(plate="41 ABC 101").update(responsible_unit=unit("Zabıta Dairesi Başkanlığı"))
    page = client.get(page_of(comparison), {"verdict": "differs"})
    assert page.context["lines"] == []
    assert len(report_of(client, comparison)["Farklı"]) == 1


def test_own_comparisons_are_deleted_until_they_are_signed(clerk, fleet, sheet_file, rows):
    fleet(3)
    client = signed_in(clerk)
    comparison = load(client, sheet_file(*rows)).context["comparison"]
    delete = reverse("comparison-delete", args=[comparison.pk])
    client.post(delete)
    assert Comparison.objects.exists()
    assert "Henüz karşılaştırma yok" in text_of(client.post(delete, {"sure": "1"}, follow=True))
    signed = load(client, sheet_file(*rows)).context["comparison"]
    comparisons.settle(signed, signed.lines.all(), "ours", "", clerk)
    comparisons.sign(signed, clerk)
    client.post(reverse("comparison-delete", args=[signed.pk]), {"sure": "1"})
    assert Comparison.objects.filter(pk=signed.pk).exists()


def test_a_file_that_cannot_be_read_says_why_on_its_page(clerk, tmp_path):
    (tmp_path / "bozuk.xlsx").write_bytes(b"PK\x03\x04 bozuk")
    page = load(signed_in(clerk), tmp_path / "bozuk.xlsx")
    assert page.context["comparison"].state == "failed" and page.context["form"] is None
    assert page.context["comparison"].message in page.content.decode()


def test_the_menu_leads_to_comparisons_also_who_imports_nothing(parks, clerk):
    url = reverse("comparisons")
    for account in (clerk, user("goren", parks, (parks, "vehicles", 1))):
        assert f'href="{url}"' in text_of(signed_in(account).get(reverse("home")))
    assert f'href="{url}"' not in text_of(signed_in(user("yetkisiz", parks)).get(reverse("home")))

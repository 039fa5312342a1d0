"""Papers: what a print holds, who reads it, and its templates' versions."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from inventory import registers, writes
from inventory.documents import reference as documents
from inventory.organization.models import Grant
from inventory.papers import defaults, filling, printing, reference, values
from inventory.papers.models import PaperTemplate, Print, Version
from inventory.refusals import Refused
from tests.inventory.papers.files import docx, here_filled, rezipped, said
from tests.lines.rows import car, contract, line
from tests.pages import signed_in
from tests.paper import SOFFICE, needs_libreoffice, pages, printed
from tests.rows import SYSTEM, person, row, unit, user

VEHICLES, EQUIPMENT, PEOPLE = (registers.get(slug) for slug in ("vehicles", "equipment", "people"))


# Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def in_process(monkeypatch):
    """Filled here: the child has its own tests, and each takes a second."""
    from inventory import hooks

    def tried(file, name, reader, function):
        file.seek(0)
        return list(filling.filled(file, name, None, ""))

    monkeypatch.setattr(hooks, "in_child", [tried])


@pytest.fixture
def here(db, in_process):
    reference.load()
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return user("memur", here, (here, "", 1))


def asked(client, register, made, template: str, form: str = "file"):
    version = PaperTemplate.objects.get(name=template).current
    return client.post(reverse("row-papers", args=[register, made.pk]), {"version": version.pk, "as": form})


@pytest.mark.parametrize("register", registers.every("asset"), ids=str)
def test_the_card_of_any_item_says_what_its_page_says(register, here, clerk):
    made = row(register, here)
    client = signed_in(clerk)
    assert "Varlık kartı" in client.get(reverse("row-papers", args=[register, made.pk])).content.decode()
    answer = asked(client, register, made, "Varlık kartı")
    text = said(answer.content)
    paper = Print.objects.get()
    for part in (
        made.inventory_no,
        str(made.responsible_unit),
        paper.code,
        "resmî formu değildir",
        f"/q/{paper.code}/",
    ):
        assert part in text
    page = client.get(reverse("item", args=[paper.code.lower()]))
    assert "hâlâ son durumu" in page.content.decode() and paper.sha256 in page.content.decode()
    made.notes = "değişti"
    writes.save(register, made, SYSTEM)
    assert "sonra değişti" in client.get(reverse("item", args=[paper.code])).content.decode()
    asked(client, register, made, "Varlık kartı")
    template = PaperTemplate.objects.get(name="Varlık kartı")
    writes.delete(registers.get("paper-templates"), template, SYSTEM)
    assert "Daha yeni" in client.get(reverse("item", args=[paper.code])).content.decode()
    writes.delete(register, made, SYSTEM)
    assert "silindi" in client.get(reverse("item", args=[paper.code])).content.decode()


def test_a_persons_list_and_a_units_hold_what_the_reader_may_see(here, clerk):
    there = unit("Zabıta Dairesi Başkanlığı")
    holder = person("Ayşe Şık", here)
    mine, hidden = (row(EQUIPMENT, of, holder=holder) for of in (here, there))
    gone = row(EQUIPMENT, here, holder=holder, status="disposed", status_reason="hurda")
    client = signed_in(clerk)
    for register, made, template in (
        (PEOPLE, holder, "Kişinin üzerindeki varlıklar"),
        (registers.get("units"), here, "Birimin dayanıklı taşınırları"),
    ):
        text = said(asked(client, register, made, template).content)
        assert mine.inventory_no in text and str(made) in text
        assert hidden.inventory_no not in text and gone.inventory_no not in text


def test_masks_stay_masks(here, clerk):
    holder = row(PEOPLE, here, identity_no="10000000146")
    made = PaperTemplate(name="Kimlik", subject="people")
    writes.create_many(registers.get("paper-templates"), [made], SYSTEM)
    printing.keep_version(made, docx("{{ identity_no }}"), "docx", None, counts=True)
    text = said(asked(signed_in(clerk), PEOPLE, holder, "Kimlik").content)
    assert "*********46" in text and "10000000146" not in text


def test_a_paper_with_more_lines_than_it_holds_is_refused_and_not_cut(here, clerk, monkeypatch):
    lease = contract(here)
    for _time in range(3):
        line(lease, car(here))
    register = registers.get("lease-contracts")
    assert len(values.values_of(register.slug, register, lease, clerk)["leased_vehicles"]) == 3
    monkeypatch.setattr(values, "MOST_LINES", 2)
    with pytest.raises(Refused, match="en çok 2 kayıt"):
        values.values_of(register.slug, register, lease, clerk)


def test_a_print_stays_the_last_state_for_a_reader_of_another_language(here, clerk):
    made = row(VEHICLES, here)
    asked(signed_in(clerk), VEHICLES, made, "Varlık kartı")
    page = reverse("item", args=[Print.objects.get().code])
    reader = signed_in(clerk)
    reader.post(reverse("set_language"), {"language": "en"})
    assert reader.get(page).context["is_last"]


def test_a_print_is_its_printers_and_its_page_the_rows_readers(here, clerk):
    made = row(VEHICLES, here)
    asked(signed_in(clerk), VEHICLES, made, "Varlık kartı")
    code = Print.objects.get().code
    stranger = signed_in(user("yabanci", unit("Zabıta"), (unit("Fen İşleri"), "", 3)))
    reader = signed_in(user("okuyan", here, (here, "", 1)))
    file, page = reverse("print-file", args=[code]), reverse("item", args=[code])
    assert [c.get(page).status_code for c in (stranger, reader, signed_in(clerk))] == [404, 200, 200]
    assert [c.get(file).status_code for c in (stranger, reader, signed_in(clerk))] == [404, 404, 200]
    assert stranger.post(reverse("row-papers", args=[VEHICLES, made.pk])).status_code == 404
    assert not VEHICLES.model.objects.filter(inventory_no=code).exists() and code.startswith("P-")


def test_a_print_does_not_outlive_the_right_to_its_row(here, clerk):
    made, own = row(VEHICLES, here), user("basan", here, (here, "vehicles", 1))
    asked(signed_in(own), VEHICLES, made, "Varlık kartı")
    code = Print.objects.get().code
    urls = [reverse("item", args=[code]), reverse("print-file", args=[code])]

    def seen(*who) -> list[list[int]]:
        return [[signed_in(each).get(url).status_code for url in urls] for each in who]

    admin = user("yonetici", here, is_superuser=True)
    made.responsible_unit = unit("Fen İşleri")
    writes.save(VEHICLES, made, SYSTEM)
    assert seen(own, clerk, admin) == [[404, 404], [404, 404], [200, 200]]
    writes.delete(VEHICLES, made, SYSTEM)
    assert seen(own, clerk, admin) == [[200, 200], [404, 404], [200, 200]]
    Grant.objects.filter(person=own.person_id).delete()
    assert seen(own) == [[404, 404]]


def test_a_double_click_gives_the_same_print_again(here, clerk):
    made, others = row(VEHICLES, here), user("okuyan", here, (here, "", 1))
    first, second = (asked(signed_in(clerk), VEHICLES, made, "Varlık kartı") for _click in range(2))
    assert first.content == second.content and Print.objects.count() == 1
    asked(signed_in(others), VEHICLES, made, "Varlık kartı")
    assert Print.objects.count() == 2
    Print.objects.update(printed_at=timezone.now() - dt.timedelta(seconds=11))
    asked(signed_in(clerk), VEHICLES, made, "Varlık kartı")
    assert Print.objects.count() == 3


def uploaded(client, template, content: bytes, name: str = "x.docx"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("paper-upload", args=[template.pk]), {"file": file}, follow=True).content.decode()


def test_a_version_counts_once_it_has_been_tried_and_an_older_one_can_return(here):
    made = row(VEHICLES, here)
    admin = signed_in(user("yonetici", here, is_superuser=True))
    template = PaperTemplate.objects.get(name="Varlık kartı")
    assert "“inventory_no” mi demek istediniz" in uploaded(admin, template, docx("{{ inventry_no }}"))
    assert "makro" in uploaded(admin, template, rezipped(docx("x"), **{"word/vbaProject.bin": b"x"}))
    assert ".docx ya da .xlsx" in uploaded(admin, template, b"x", "x.pdf")
    assert "2. sürüm yüklendi" in uploaded(admin, template, docx("Yeni {{ inventory_no }}"))
    use, try_out = (reverse(f"paper-version-{name}", args=[template.pk, 2]) for name in ("use", "try"))
    assert "henüz denenmedi" in admin.post(use, follow=True).content.decode()
    assert "bulunamadı" in admin.post(try_out, {"row": "yok"}, follow=True).content.decode()
    assert made.inventory_no in said(admin.post(try_out, {"row": made.inventory_no.lower()}).content)
    assert template.current.number == 1
    assert "2. sürümle" in admin.post(use, follow=True).content.decode()
    assert template.current.number == 2
    admin.post(reverse("paper-version-use", args=[template.pk, 1]))
    assert template.current.number == 1
    page = admin.get(reverse("register-detail", args=["paper-templates", template.pk])).content.decode()
    assert "Geçerli" in page and "{{ inventory_no }}" in page


def test_templates_are_for_those_who_manage_the_list(here, clerk):
    version = Version.objects.first()
    client = signed_in(clerk)
    urls = [reverse("paper-upload", args=[version.template_id])]
    urls += [reverse(f"paper-version-{name}", args=[version.template_id, 1]) for name in ("use", "try")]
    assert {client.post(url).status_code for url in urls} == {404}
    assert client.get(reverse("paper-version-file", args=[version.template_id, 1])).status_code == 404


def test_a_print_is_a_confidential_document_of_the_row_in_place_of_the_last(here, clerk, settings):
    documents.load()
    made, kept = row(VEHICLES, here), registers.get("documents").model
    asked(signed_in(clerk), VEHICLES, made, "Varlık kartı")
    assert not kept.objects.exists()  # a reader adds nothing to the row
    settings.DOCUMENT_MAX_FILES = 1
    writer = signed_in(user("yazan", here, (here, "", 2)))
    for text in ("bir", "iki"):
        made.notes = text
        writes.save(VEHICLES, made, SYSTEM)
        asked(writer, VEHICLES, made, "Varlık kartı")
    old, new = kept.objects.order_by("pk")
    assert (old.replaced_by, new.replaced_by) == (new, None)
    assert new.confidential and new.doc_no == Print.objects.order_by("pk").last().code
    page = reverse("register-detail", args=["documents", new.pk])
    assert [c.get(page).status_code for c in (signed_in(clerk), writer)] == [404, 200]


@pytest.mark.once
def test_the_first_templates_are_right():
    for _name, subject, suffix, content in defaults.papers():
        given = values.names(subject)
        filled = {
            name: "x" if attributes is None else [dict.fromkeys(attributes, "Ğ")] for name, attributes in given.items()
        }
        assert "resmî formu değildir" in said(here_filled(content, suffix, filled, given)["file"])


@needs_libreoffice
def test_libreoffice_makes_a_pdf_of_it_and_its_lack_is_said(here, clerk, tmp_path):
    units, name = registers.get("units"), "Birimin dayanıklı taşınırları"
    client, page = signed_in(clerk), reverse("row-papers", args=[units, here.pk])
    assert "LibreOffice olmadığı" in client.get(page).content.decode()
    version = PaperTemplate.objects.get(name=name).current.pk
    refused = client.post(page, {"version": version, "as": "pdf"}, follow=True)
    assert "LibreOffice yok" in refused.content.decode()
    with override_settings(SOFFICE=SOFFICE):
        answer = asked(client, units, here, name, "pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    file = tmp_path / "x.pdf"
    file.write_bytes(answer.content)
    (paper,) = pages(file)
    assert paper.is_landscape and str(here) in paper.text and "resmî formu değildir" in paper.text
    with override_settings(SOFFICE="/bin/false"), pytest.raises(Refused, match="PDF yapılamadı"):
        printing.pdf_of(b"x", "docx")


@pytest.mark.once
@needs_libreoffice
def test_the_first_templates_open_in_an_office(tmp_path):
    files = []
    for number, (_name, subject, suffix, content) in enumerate(defaults.papers()):
        filled = {
            name: "ğüşİöç" if attributes is None else [dict.fromkeys(attributes, "Ğ")]
            for name, attributes in values.names(subject).items()
        }
        files.append(tmp_path / f"{number}.{suffix}")
        files[-1].write_bytes(here_filled(content, suffix, filled, values.names(subject))["file"])
    assert {file.suffix for file in files} == {".docx", ".xlsx"}
    for name, (first, *_more) in printed(files, tmp_path).items():
        assert "resmî formu değildir" in first.text, name

"""Labels: what a phone reads from the printed sheet, where they lie, who gets which, and what a printer gets."""

from __future__ import annotations

import resource
import time
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from django.core.exceptions import ValidationError
from django.urls import reverse

from inventory import registers
from inventory.papers import label_views, labels, reference
from inventory.papers.labels import Label
from inventory.papers.models import LabelFormat
from inventory.trail.models import Event
from tests.pages import ASSETS, signed_in
from tests.rows import row, unit, user

VEHICLES = registers.get("vehicles")
SHEET = LabelFormat(
    name="Avery L7162", page_width=210, page_height=297, across=2, down=8, label_width=Decimal("99.06"),
    label_height=Decimal("33.87"), margin_left=Decimal("4.67"), margin_top=Decimal("13.05"), gap_across=Decimal("2.54"),
    gap_down=0,
)  # fmt: skip
SMALL = LabelFormat(
    name="Avery L4736", page_width=210, page_height=297, across=4, down=12, label_width=Decimal("45.7"),
    label_height=Decimal("21.2"), margin_left=Decimal("9.85"), margin_top=Decimal("21.3"), gap_across=Decimal("2.5"),
    gap_down=0,
)  # fmt: skip
HIGH = LabelFormat(name="Yüksek", page_width=30, page_height=45, label_width=30, label_height=45)
TAPE = LabelFormat(
    name="Şerit", page_width=60, page_height=24, label_width=58, label_height=18, margin_left=1, margin_top=3
)


def some(count: int) -> list[Label]:
    return [
        Label(
            f"A-{n:06d}",
            f"https://envanter.kocaeli.example/q/A-{n:06d}/",
            f"Dizüstü bilgisayar Ğğ İı Şş “{n}” ThinkPad T14 Gen 4 depodaki yedek",
            "Bilgi İşlem Dairesi Başkanlığı Yazılım Şube Müdürlüğü",
        )
        for n in range(1, count + 1)
    ]


def scanned(pdf: bytes, dpi: int = 300) -> list[list[tuple[str, float, float]]]:
    """Page by page what is read from it as it is printed: (text, left, top) in millimetres, row by row."""
    pages = []
    for page in pypdfium2.PdfDocument(pdf):
        image = page.render(scale=dpi / 72, grayscale=True).to_numpy()
        found = [
            (code.text, code.position.top_left.x / dpi * 25.4, code.position.top_left.y / dpi * 25.4)
            for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
        ]
        pages.append(sorted(found, key=lambda one: (round(one[2]), one[1])))
    return pages


@pytest.mark.once
@pytest.mark.parametrize("form", [SHEET, SMALL, HIGH, TAPE], ids=str)
def test_every_code_of_a_printed_sheet_is_read_back_in_order(form):
    made = some(form.on_a_page + 2)
    pages = scanned(labels.as_pdf(form, made))
    assert [text for page in pages for text, _x, _y in page] == [label.url for label in made]
    assert len(pages) == labels.pages(form, len(made))


@pytest.mark.once
def test_a_sheet_that_is_half_used_is_begun_at_the_first_free_label():
    pages = scanned(labels.as_pdf(SHEET, some(3), start=15))
    assert [len(page) for page in pages] == [2, 1]
    left, right = pages[0]
    assert 4.67 < left[1] < 4.67 + 99 / 2 < 106.27 < right[1]
    assert left[2] > 13.05 + 7 * 33.87
    assert pages[1][0][2] < 13.05 + 33.87


@pytest.mark.once
@pytest.mark.parametrize("form", [SHEET, SMALL, HIGH, TAPE], ids=str)
def test_the_texts_stand_on_the_label_and_turkish_letters_are_letters(form):
    (label,) = some(1)
    page = pypdfium2.PdfDocument(labels.as_pdf(form, [label]))[0]
    text = page.get_textpage()
    said = text.get_text_range()
    assert label.number in said and "Bilgi İ" in said
    left, _bottom, right, _top = zip(*(text.get_rect(n) for n in range(text.count_rects())), strict=True)
    width = float(form.margin_left + form.label_width) / 25.4 * 72
    assert min(left) > float(form.margin_left) and max(right) < width
    assert "Ğğ" in said and (form is SMALL or "İı Şş" in said.replace("\r\n", " "))


@pytest.mark.once
def test_a_text_in_letters_that_the_font_lacks_makes_a_label_all_the_same():
    made = [
        Label("A-000001", "https://x.example/q/A-000001/", "日本語 🚒 \u200f", ""),
        Label("A-2", "https://x.example/q/A-2/", "", ""),
    ]
    (page,) = scanned(labels.as_pdf(SHEET, made))
    assert [text for text, _x, _y in page] == [label.url for label in made]


@pytest.mark.once
def test_many_labels_are_drawn_in_bounded_time_and_memory():
    made, before = some(label_views.MOST_LABELS // 3), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    pdf = labels.as_pdf(SMALL, made)
    took, after = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{took:.1f} s, {(after - before) / 1e3:.0f} MB, a file of {len(pdf) / 1e6:.1f} MB")
    assert took < 10 and after - before < 40_000 and len(pdf) < 2e6


@pytest.mark.once
def test_a_printer_is_told_nothing_by_a_text():
    (label,) = some(1)
    evil = Label(label.number, label.url, "^XZ^XA~JA_5E\n\\&", "Ğ^FS")
    text = labels.as_zpl(TAPE, [label, evil]).decode()
    assert text.count("^XA") == text.count("^XZ") == 2 and "~" not in text
    assert f"^FDMA,{label.url}^FS" in text and "^CI28" in text
    assert "_5EXZ_5EXA_7EJA_5F5E _5C&" in text


@pytest.mark.once
def test_labels_that_do_not_lie_on_the_page_are_refused():
    wrong = LabelFormat(**{f.name: getattr(SHEET, f.name) for f in LabelFormat._meta.fields} | {"across": 3})
    with pytest.raises(ValidationError, match="sığmıyor") as refusal:
        wrong.clean()
    assert set(refusal.value.message_dict) == {"page_width"}


# The page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def here(db):
    reference.load()
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return user("memur", here, (here, "", 1))


def asked(client, register, **values):
    form = LabelFormat.objects.get(name__startswith="Avery L7163").pk
    return client.post(reverse("register-labels", args=[register]), {"format": form, "start": 1, "as": "pdf", **values})


def read(answer) -> list[str]:
    assert answer.headers["Content-Disposition"] == 'attachment; filename="etiketler.pdf"'
    return [text for page in scanned(answer.content, dpi=200) for text, _x, _y in page]


@pytest.mark.parametrize("register", ASSETS)
def test_the_rows_of_any_register_get_labels_that_lead_to_them(register, here, clerk):
    made = row(register, here)
    client = signed_in(clerk)
    (url,) = read(asked(client, register, all=1, query=""))
    assert url == f"http://testserver/q/{made.inventory_no}/"
    assert client.get(url).headers["Location"] == reverse("register-detail", args=[register, made.pk])
    page = client.get(reverse("register-labels", args=[register]), {"selected": made.pk})
    assert page.context["count"] == 1


def test_the_order_and_the_filter_are_the_lists_and_a_selection_is_kept_to(here, clerk):
    made = [
        row(VEHICLES, here, plate=f"41 ABC 0{n}", make=make) for n, make in ((11, "Ford"), (12, "Fiat"), (13, "Ford"))
    ]
    client = signed_in(clerk)
    urls = [f"http://testserver/q/{one.inventory_no}/" for one in made]
    assert read(asked(client, VEHICLES, all=1, query="make=Ford&sort=-plate")) == [urls[2], urls[0]]
    assert read(asked(client, VEHICLES, selected=[made[1].pk, made[0].pk], query="sort=plate")) == urls[:2]
    entry = Event.objects.order_by("-pk").first()
    assert entry.kind == Event.Kind.WENT_OUT and entry.details["rows"] == 2
    said = signed_in(user("denetci", here, (None, "", 1))).get(reverse("trail")).content.decode()
    assert "için etiket basıldı" in said


def test_rows_beyond_ones_reach_get_none(here, clerk):
    there = unit("Zabıta Dairesi Başkanlığı")
    hidden, own = row(VEHICLES, there), row(VEHICLES, here)
    client = signed_in(clerk)
    assert read(asked(client, VEHICLES, all=1, query="")) == [f"http://testserver/q/{own.inventory_no}/"]
    assert "yok" in asked(client, VEHICLES, selected=[hidden.pk]).context["refusal"]
    # A list has no numbers of inventory.
    assert asked(client, registers.get("people"), all=1).status_code == 404


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"query": "", "selected": []}, "kayıt seçiniz"),
        ({"all": 1, "query": "as_of=01.01.2020"}, "bugünkü"),
        ({"all": 1, "query": "make=Yok"}, "kayıt seçiniz"),
        ({"all": 1, "query": "status=x"}, "anlaşılmadı"),
    ],
)
def test_what_cannot_be_printed_is_said(here, clerk, values, said):
    row(VEHICLES, here)
    assert said in asked(signed_in(clerk), VEHICLES, **values).context["refusal"]


def test_more_than_the_most_and_a_position_beyond_the_page_are_refused(here, clerk, monkeypatch):
    row(VEHICLES, here), row(VEHICLES, here)
    client = signed_in(clerk)
    assert "1 ile 14 arasında" in str(asked(client, VEHICLES, all=1, start=15).context["form"].errors)
    for broken in ({"format": "x"}, {"format": 0}, {"start": "²"}, {"start": -1}):
        assert asked(client, VEHICLES, all=1, **broken).context["form"].errors
    monkeypatch.setattr(label_views, "MOST_LABELS", 1)
    assert "en çok 1 etiket" in asked(client, VEHICLES, all=1).context["refusal"]


def test_without_a_format_the_page_says_what_to_do(db):
    here = unit("Zabıta")
    row(VEHICLES, here)
    answer = signed_in(user("memur", here, (here, "", 1))).get(reverse("register-labels", args=[VEHICLES]))
    assert "önce bir biçim" in answer.content.decode()


def test_the_formats_that_come_with_an_installation_are_right(here):
    for form in LabelFormat.objects.all():
        form.full_clean()
        box = labels._Box(0, 0, float(form.label_width), float(form.label_height))
        # A phone wants 15 mm; the tape of 24 mm has less to print on.
        assert box.code.width > (15 if "24 mm" not in form.name else 12), form

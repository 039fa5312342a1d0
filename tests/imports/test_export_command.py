import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from inventory import access, registers, writes
from inventory.computed.columns import shown
from inventory.models import SavedView
from tests.inventory.server.test_unfinished import plain_medium
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı", short_name="Park ve Bahçeler")


def exported(tmp_path, *args) -> list[tuple]:
    file = tmp_path / "out.xlsx"
    call_command("export_register", "vehicles", file, *args)
    return list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))


def test_filters_are_written_as_people_name_things(here, tmp_path):
    there = unit("Zabıta Dairesi Başkanlığı")
    own = row(VEHICLES, here)
    row(VEHICLES, there)
    for result in ("responsible_unit=park ve bahceler", "responsible_unit=PARK VE BAHÇELER DAİRE BŞK."):
        lines = exported(tmp_path, "--filter", result, "--columns", "plate")
        assert lines[1:] == [(own.inventory_no, own.plate)]
    # The heading, two vehicles, the sum.
    assert len(exported(tmp_path, "--filter", "ownership=Resmî (belediyenin)")) == 4


def test_all_columns_go_out_unless_some_are_named(here, tmp_path):
    row(VEHICLES, here)
    assert exported(tmp_path)[0] == tuple(column.label for column in shown(VEHICLES))


def test_only_what_the_user_may_see(here, tmp_path):
    there = unit("Zabıta Dairesi Başkanlığı")
    user("zabita", there, (there, "", access.VIEW))
    row(VEHICLES, here)
    own = row(VEHICLES, there)
    assert exported(tmp_path, "--user", "zabita", "--columns", "plate")[1:] == [(own.inventory_no, own.plate)]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--filter", "colur=mavi"], "colour"),
        (["--filter", "responsible_unit=Yok"], "tek bir kayda"),
        (["--filter", "ownership=bizim"], "Kiralık"),
        (["--filter", "model_year_from=iki bin"], "model_year_from"),
        (["--filter", "make=a", "--filter", "make=b"], "iki kez"),
        (["--columns", "plaet"], "plate"),
        (["--as-of", "yarın"], "31.12.2024"),
        (["--user", "kimse"], "kimse"),
        (["--user", "yetkisiz"], "yetkisi yok"),
        (["--user", "ayrilmis"], "görevde değil"),
        (["--user", "yazilimci"], "bu kütüğü göremez"),
        (["--with", "software-uses"], "inspections"),
        (["--column-set", "Yok"], "herkesle paylaşılan"),
        (["--format", "ods"], "--format"),
        (["--mail", "a@example.org"], "yalnızca birini"),
    ],
)
def test_what_is_not_understood_is_an_error_and_leaves_no_file(here, tmp_path, args, sentence):
    file = tmp_path / "out.xlsx"
    user("yetkisiz", here)
    user("yazilimci", here, (None, "software", access.MANAGE))
    gone = user("ayrilmis", here, (None, "", access.MANAGE)).person
    gone.active = False
    writes.save(registers.get("people"), gone, SYSTEM)
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("export_register", "vehicles", file, *args)
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"\.xlsx, \.ods, \.csv"):
        call_command("export_register", "vehicles", tmp_path / "out.pdf")


def test_a_timer_gets_a_new_file_each_time_and_none_takes_anothers_place(here, tmp_path, capsys, monkeypatch):
    plain_medium(monkeypatch)
    made = row(VEHICLES, here)
    day = f"{timezone.localdate():%Y-%m-%d}"
    for _ in range(3):
        call_command("export_register", "vehicles", "--to", tmp_path, "--format", "plain", "--columns", "plate")
    names = [f"araclar-{day}.csv", f"araclar-{day}-2.csv", f"araclar-{day}-3.csv"]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(names)
    assert (tmp_path / names[2]).read_text() == f"Envanter no,Plaka\n{made.inventory_no},{made.plate}\n"
    assert capsys.readouterr().out.splitlines()[-1] == f"1 satır: {tmp_path / names[2]}"


def test_a_folder_that_is_not_there_is_an_error(here, tmp_path):
    with pytest.raises(CommandError, match="No such file") as refusal:
        call_command("export_register", "vehicles", "--to", tmp_path / "yok")
    assert refusal.value.returncode == 2


def test_a_mailbox_gets_the_file_and_what_was_filtered(here, mailoutbox, settings):
    row(VEHICLES, here, make="Ford"), row(VEHICLES, here, make="Fiat")
    args = ["--filter", "make=ford", "--with", "inspections", "--mail", "a@example.org", "--mail", "b@example.org"]
    call_command("export_register", "vehicles", *args)
    (mail,) = mailoutbox
    assert (mail.to, mail.body.splitlines()[1:]) == (["a@example.org", "b@example.org"], ["Marka: ford"])
    ((name, content, _kind),) = mail.attachments
    assert name.startswith("araclar-") and name.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Araçlar", "Muayeneler", "Dosya bilgisi"]
    settings.EXPORT_MAIL_MAX_BYTES = 10
    for refused in (args, ["--mail", "kimse"]):
        with pytest.raises(CommandError, match=r"EXPORT_MAIL_MAX_BYTES|e-posta adresi değil") as refusal:
            call_command("export_register", "vehicles", *refused)
        assert refusal.value.returncode == 2
    assert len(mailoutbox) == 1


def test_a_mail_server_that_is_not_there_is_an_error(here, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1,
    )  # fmt: skip
    with pytest.raises(CommandError, match="gönderilemedi") as refusal:
        call_command("export_register", "vehicles", "--mail", "a@example.org")
    assert refusal.value.returncode == 2


def test_a_column_set_that_is_shared_or_the_users_own(here, tmp_path):
    clerk = user("bahceci", here, (here, "vehicles", 1))
    row(VEHICLES, here)
    kept = {"register": "vehicles", "owner": clerk, "kind": "columns", "query": "columns=make%2Cplate"}
    SavedView.objects.create(name="Kısa", shared=True, **kept)
    SavedView.objects.create(name="Benim", **kept)
    assert exported(tmp_path, "--column-set", "Kısa")[0] == ("Envanter no", "Marka", "Plaka")
    assert len(exported(tmp_path, "--column-set", "Benim", "--user", "bahceci")[0]) == 3

import pytest
from django.core.checks import run_checks
from django.template import Context, Template

from config.icons import sprite
from inventory import registers
from inventory.templatetags import icons

pytestmark = pytest.mark.once


def test_an_icon_is_named_in_the_page_and_hidden_from_screen_readers():
    drawn = Template('{% load icons %}{% icon "truck" %}').render(Context())
    assert drawn == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#truck"/></svg>'


def test_an_icon_that_the_file_lacks_is_drawn_into_the_page():
    assert "antenna-bars-5" not in icons.kept()
    drawn = icons.icon("antenna-bars-5")
    assert drawn.startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path') and "<use" not in drawn


def test_the_file_holds_the_icons_that_are_used():
    """`python -m config.icons` writes it anew."""
    assert icons.FILE.read_text() == sprite()


@pytest.mark.parametrize("name", ["kamyonet-yok", "../filled/truck", "truck.svg", ""])
def test_a_name_outside_the_set_is_refused(name):
    with pytest.raises(ValueError, match="no icon"):
        icons.icon(name)


def test_check_names_a_register_whose_icon_is_not_there(monkeypatch):
    truck = registers.get("vehicles").icon
    monkeypatch.setattr(icons, "exists", lambda name: name != truck)
    (found,) = [message for message in run_checks() if message.id == "inventory.E002"]
    assert "'vehicles'" in found.msg


def test_check_says_what_to_run_when_the_browser_libraries_are_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(icons, "FOLDER", tmp_path / "none")
    (found,) = [message for message in run_checks() if message.id == "inventory.E001"]
    assert found.hint == "Run make setup."

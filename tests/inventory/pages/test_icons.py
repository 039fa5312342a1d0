import pytest
from django.core.checks import run_checks
from django.template import Context, Template

from inventory import registers
from inventory.templatetags import icons

pytestmark = pytest.mark.once


def test_an_icon_is_drawn_into_the_page_and_hidden_from_screen_readers():
    drawn = Template('{% load icons %}{% icon "truck" %}').render(Context())
    assert drawn.startswith('<svg class="icon"') and drawn.endswith("</svg>")
    assert 'aria-hidden="true"' in drawn
    assert drawn.count("<path") > 1


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

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.names import key

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "names",
    [
        ("Yeni Mahalle", "YENİ MAH.", "yeni mh", "Yeni Mahallesi"),
        ("İzmit", "IZMIT", "izmit ilçesi", "İzmit Belediyesi"),
        ("M.Alipaşa", "M. Ali Paşa Mahallesi", "M ALİPAŞA"),
        ("Kadıköy", "KADIKÖY Mah."),
        ("Hacı Halil", "HACIHALİL MAHALLESİ"),
    ],
)
def test_spellings_of_one_place_are_one(names):
    assert len({key(name) for name in names}) == 1


def test_the_village_behind_a_name_says_what_it_is_and_the_one_in_it_does_not():
    assert key("Kadıköy") != key("Kadı Köyü") == key("Kadı")


def test_a_name_that_is_only_a_kind_stays():
    assert key("Mahalle") == "mahalle"
    assert key("Köyü") == "koyu"


@given(st.text())
def test_the_form_is_its_own_form(text):
    assert key(key(text)) == key(text)

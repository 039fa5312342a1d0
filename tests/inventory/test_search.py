import unicodedata

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from inventory.organization.models import Unit
from inventory.search import BeginsWords, HasWords, begins_words, fold, folded, matching, turkish, turkish_key
from tests.rows import unit

NAMES = [
    "Iğdır",
    "İzmit",
    "ışık",
    "Çınar",
    "Cem",
    "cam",
    "Zonguldak",
    "Ödemiş",
    "Orhan",
    "Şile",
    "Sapanca",
    "Ünye",
]
SORTED = [
    "cam",
    "Cem",
    "Çınar",
    "Iğdır",
    "ışık",
    "İzmit",
    "Orhan",
    "Ödemiş",
    "Sapanca",
    "Şile",
    "Ünye",
    "Zonguldak",
]


@pytest.mark.parametrize("written", ["İZMİT", "izmit", "IZMIT", "ızmıt", "İzmit", " İzmi̇t "])
def test_every_spelling_of_izmit_folds_to_one(written):
    assert fold(written) == "izmit"


def test_accents_and_blanks_fold_away():
    assert fold("Kâğıthane\u00a0 Şüçöğ  Àé") == "kagithane sucog ae"


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.sampled_from(["NFC", "NFD"]))
def test_however_accents_are_kept_a_text_folds_alike(text, form):
    assert fold(unicodedata.normalize(form, text)) == fold(text)


@given(st.text(alphabet="aİıI5-"), st.lists(st.sampled_from("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e"), max_size=3))
def test_what_nobody_sees_makes_no_other_text(text, unseen):
    middle = len(text) // 2
    assert fold(text[:middle] + "".join(unseen) + text[middle:]) == fold(text)


@given(st.lists(st.text()))
def test_texts_fold_together_as_each_by_itself(texts):
    assert fold(" ".join(texts)) == " ".join(filter(None, map(fold, texts)))


@given(st.text(alphabet="aAbBcCçÇgGğĞıIiİoOöÖsSşŞuUüÜ 1"))
def test_case_does_not_matter(text):
    turned = text.translate(str.maketrans("iı", "İI")).upper()
    assert fold(turned) == fold(text)


def test_the_key_sorts_as_the_turkish_alphabet():
    assert sorted(NAMES, key=turkish_key) == SORTED
    assert turkish_key(None) is None


@pytest.mark.django_db
def test_the_database_sorts_as_the_turkish_alphabet():
    for name in NAMES:
        unit(name)
    assert [u.name for u in Unit.objects.order_by(turkish("name"))] == SORTED


@pytest.mark.django_db
def test_a_search_finds_any_spelling_and_needs_every_word():
    made = unit("Fen İşleri Dairesi Başkanlığı", short_name="Fen İşleri")
    unit("Bilgi İşlem Dairesi Başkanlığı")
    for query in ("FEN ISLERI", "fen işleri", "baskanligi fen", ""):
        assert made in matching(Unit.objects.all(), query)
    assert not matching(Unit.objects.all(), "fen bilgi").exists()


@pytest.mark.django_db
def test_the_database_folds_as_python_does():
    unit("Kâğıthane ŞÜÇÖĞ Iİıi Citroën Škoda Peñarol")
    found = Unit.objects.annotate(f=folded("name")).get()
    assert found.f == fold(found.name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["41-abc-7", "41abc7", "x - y", "[x]", "a.c", "41 | 7", "(", "41abc7 yok", "\\d", "ölçü"]
)
def test_a_computed_text_has_the_words_that_a_column_has(query):
    unit("41ABC7 (x) [x] y | ÖLÇÜ -")
    units = Unit.objects.all()
    computed = units.filter(HasWords(folded("search_text"), query))
    assert list(computed) == list(matching(units, query))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["41", "1abc", "41-abc", "x", "x] y", "olcu", "lcu", "[x", "41 lcu", "41 ölç", "-", ".", "\\d"]
)
def test_the_database_knows_beginnings_of_words_as_python_does(query):
    made = unit("41ABC7 (x) [x] y | ÖLÇÜ -")
    begun = Unit.objects.annotate(begun=BeginsWords(F("search_text"), query)).get()
    assert bool(begun.begun) == begins_words(made.search_text, query)

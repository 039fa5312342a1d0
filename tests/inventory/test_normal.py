import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import normal
from tests.rows import identity_number

pytestmark = pytest.mark.once

LETTERS = "".join(sorted(set(string.ascii_uppercase) - set("QWX")))
FORMS = [normal.plate, normal.serial, normal.mac, normal.hostname, normal.parcel_number, normal.phone, normal.clock]


def plates():
    def numbered(letters, low, high):
        digits = st.text("0123456789", min_size=low, max_size=high).filter(lambda d: int(d) > 0)
        return st.tuples(st.text(LETTERS, min_size=letters, max_size=letters), digits)

    return st.tuples(
        st.integers(1, 81).map("{:02}".format),
        st.one_of(numbered(1, 4, 5), numbered(2, 3, 4), numbered(3, 2, 3)),
    ).map(lambda parts: (parts[0], *parts[1]))


@given(plates(), st.sampled_from(["", " ", "-", "  ", ".", " - "]), st.sampled_from([str.upper, str.lower]))
def test_every_spelling_of_a_plate_is_one(parts, separator, case):
    assert normal.plate(case(separator.join(parts))) == " ".join(parts)


@pytest.mark.parametrize(
    "typed, form",
    [
        ("41 ib 123", "41 IB 123"),
        ("41 ıb 123", "41 IB 123"),
        ("41 İB 123", "41 IB 123"),
        ("41ABC123", "41 ABC 123"),
        ("06-a-12345", "06 A 12345"),
        ("41 A 0001", "41 A 0001"),
        ("41\u00a0ABC\u00a012", "41 ABC 12"),
    ],
)
def test_plate(typed, form):
    assert normal.plate(typed) == form


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "41",
        "00 ABC 123",
        "82 ABC 123",
        "41 ABC 000",
        "41 Q 1234",
        "41 ABC 1234",
        "41 A 123",
        "41 AB 12",
        "41 ÇA 123",
        "41 ŞA 123",
        "1 ABC 12",
        "41 ABCD 12",
        "٤١ ABC 123",
        "41 ABC 12x",
        "41 ABC 123 41 ABC 124",
    ],
)
def test_not_a_plate(typed):
    with pytest.raises(ValueError, match=r"(yazınız|düzeltiniz)\.$"):
        normal.plate(typed)


@pytest.mark.parametrize("typed", ["6.37702E+15", "6,37702E+15", "1E+15", " 6.4e+3 ", "1.5E-7"])
def test_serial_whose_digits_are_gone(typed):
    with pytest.raises(ValueError, match=r"rakamları kaybolmuş.*Metin"):
        normal.serial(typed)


@pytest.mark.parametrize(
    "typed, form",
    [
        ("12E4567", "12E4567"),
        ("5E10", "5E10"),
        ("1.5E10", "1.5E10"),
        ("12E-45", "12E-45"),
        ("000123", "000123"),
        (" sn  00x ", "sn 00x"),
        ("ia12ı", "ia12ı"),
        ("X6.37702E+15", "X6.37702E+15"),
    ],
)
def test_serial(typed, form):
    assert normal.serial(typed) == form


@pytest.mark.parametrize("typed", ["", "-", " . ", "--"])
def test_serial_without_a_letter_or_digit(typed):
    with pytest.raises(ValueError, match="boş bırakınız"):
        normal.serial(typed)


@given(st.integers(1, 2**48 - 2).map("{:012x}".format), st.sampled_from([":", "-", "", "."]))
def test_mac_spellings_are_one(digits, separator):
    size = 4 if separator == "." else 2
    typed = separator.join(digits[i : i + size] for i in range(0, 12, size))
    assert normal.mac(typed).replace(":", "").lower() == digits
    assert len(normal.mac(typed)) == 17


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "AA:BB:CC:00:11",
        "AA:BB:CC:00:11:2G",
        "00:00:00:00:00:00",
        "ff-ff-ff-ff-ff-ff",
        "A:ABB:CC:00:11:22",
    ],
)
def test_not_a_mac(typed):
    with pytest.raises(ValueError, match="AA:BB:CC:00:11:22"):
        normal.mac(typed)


@pytest.mark.parametrize(
    "typed, form",
    [
        ("KBB-İZMİT01", "kbb-izmit01"),
        ("PC_001.kocaeli.bel.tr.", "pc_001.kocaeli.bel.tr"),
        (" Istanbul ", "istanbul"),
    ],
)
def test_hostname(typed, form):
    assert normal.hostname(typed) == form


@pytest.mark.parametrize("typed", ["", "-pc", "pc-", "bilgi işlem", "çınar", "a..b", "x" * 64, "a." * 127 + "a"])
def test_not_a_hostname(typed):
    with pytest.raises(ValueError, match="gibi yazınız"):
        normal.hostname(typed)


@pytest.mark.parametrize(
    "typed, form",
    [("123", "123"), ("0012", "12"), ("0", "0"), ("000", "0"), ("2436-a", "2436A"), (" 7 ", "7")],
)
def test_parcel_number(typed, form):
    assert normal.parcel_number(typed) == form


@pytest.mark.parametrize("typed", ["", "-", "12.5", "1234567", "A", "12/3", "12AB", "１２", "²"])
def test_not_a_parcel_number(typed):
    with pytest.raises(ValueError, match="Yalnızca numarayı"):
        normal.parcel_number(typed)


@given(st.integers(0, 999_999), st.integers(1, 999_999), st.sampled_from(["{}/{}", "{:06} / {:06}", "{}-{}"]))
def test_parcel_spellings_are_one(block, number, spelling):
    assert normal.parcel(spelling.format(block, number)) == (str(block), str(number))


@pytest.mark.parametrize("typed", ["123 ada 4 parsel", "Ada: 123, Parsel: 4", "ada no 123 / parsel no 4", "123 Ada, 4"])
def test_parcel_in_words(typed):
    assert normal.parcel(typed) == ("123", "4")


@pytest.mark.parametrize(
    "typed", ["", "123", "123/0", "/4", "1234567/1", "1/2/3", "123,4", "4 parsel 123 ada", "Parsel 4/123"]
)
def test_not_a_parcel(typed):
    with pytest.raises(ValueError, match="123/4"):
        normal.parcel(typed)


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_share_is_kept_as_the_deed_has_it(numerator, rest):
    denominator = numerator + rest
    assert normal.share(f"{numerator} / {denominator}") == (numerator, denominator)
    assert normal.share(f"{numerator:,}/{denominator:,}".replace(",", ".")) == (numerator, denominator)


@pytest.mark.parametrize("typed", ["", "0/1", "3/2", "1/0", "0,5", "1/2/3", "-1/2", "yarım"])
def test_not_a_share(typed):
    with pytest.raises(ValueError, match="1/2"):
        normal.share(typed)


@pytest.mark.parametrize(
    "typed, form",
    [
        ("0262 318 10 00", "+90 262 318 10 00"),
        ("+90 (532) 123-45-67", "+90 532 123 45 67"),
        ("5321234567", "+90 532 123 45 67"),
        ("00905321234567", "+90 532 123 45 67"),
        ("444 41 41", "444 41 41"),
        ("153", "153"),
        ("0262 318 10 00 Dahili: 1234", "+90 262 318 10 00 dahili 1234"),
        ("DAHİLİ 5512", "dahili 5512"),
        ("+49 30 901820", "+4930901820"),
    ],
)
def test_phone(typed, form):
    assert normal.phone(typed) == form


@pytest.mark.parametrize("typed", ["", "318 10 00", "0162 318 10 00", "+90 262 318", "telefon yok", "12"])
def test_not_a_phone(typed):
    with pytest.raises(ValueError, match="0262 318 10 00"):
        normal.phone(typed)


@pytest.mark.parametrize(
    "typed, form",
    [
        ("8", "08:00"),
        ("8.30", "08:30"),
        (" 17:00 ", "17:00"),
        ("13:00:00", "13:00"),
        ("24:00", "24:00"),
        ("0", "00:00"),
    ],
)
def test_clock(typed, form):
    assert normal.clock(typed) == form


@pytest.mark.parametrize(
    "typed", ["", "24:01", "25", "0.25", "0.5", "8:60", "8:3", "0830", "13:00:30", "-1", "öğlen", "٠٨:٣٠"]
)
def test_not_a_clock(typed):
    with pytest.raises(ValueError, match="gibi yazınız"):
        normal.clock(typed)


@pytest.mark.parametrize("form", FORMS)
@given(
    st.text()
    | st.text("0123456789+-/. ()abcXEıİiß")
    | st.from_regex(r"\A[0-9a-fA-F]{2}([:-]?[0-9a-fA-F]{2}){5}\Z")
    | st.from_regex(r"\A(\+90|0)? ?[2-5][0-9]{2} ?[0-9]{7}( dahili [0-9]{2,4})?\Z")
)
def test_a_normal_form_is_its_own_normal_form(form, text):
    try:
        once = form(text)
    except ValueError as error:
        assert str(error).endswith(".")
        return
    assert form(once) == once


@given(st.integers(0, 899_999_999), st.data())
def test_an_identity_number_is_read_however_it_is_typed(n, data):
    number = identity_number(n)
    for typed in (f" {number[:3]} {number[3:6]}\u00a0{number[6:]} ", f"{number[0]}.{number[1:]}E+10",
                  f"{number[0]},{number[1:]}e+10"):  # fmt: skip
        assert normal.identity_number(typed) == number
    place, digit = data.draw(st.integers(0, 10)), data.draw(st.sampled_from("0123456789"))
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        with pytest.raises(ValueError) as refused:
            normal.identity_number(wrong)
        assert wrong not in str(refused.value)
    mask = normal.masked(number)
    assert normal.masked(mask) == mask and normal.is_masked(mask) and number[:9] not in mask


@pytest.mark.parametrize(
    "typed",
    ["1", "0" * 11, "1000000014", "100000001466", "1.00000E+10", "1,0E+10", "elli", "*********46", "١٠٠٠٠٠٠٠١٤٦"],
)
def test_what_is_no_identity_number_is_refused_without_being_repeated(typed):
    with pytest.raises(ValueError) as refused:
        normal.identity_number(typed)
    assert typed == "1" or typed not in str(refused.value)


@given(st.text(max_size=20))
def test_whatever_is_masked_tells_two_signs_at_most(text):
    mask = normal.masked(text)
    assert len(mask) == 11 and mask.startswith("*********")

"""One normal form for each key that people use: stored, shown and compared alike.

Every function takes what someone typed, returns its one form, and raises ValueError with a sentence that
says what to do. Each form is its own normal form: `plate(plate(text)) == plate(text)`.
"""

import re

from django.utils.translation import gettext as _
from stdnum.tr import tckimlik

# Turkish "i" and "ı" are one letter on a plate and in a code; str.upper() knows the one, not the other.
_CAPITAL_I = str.maketrans("iıİ", "III")

# Letter group → how many digits may follow it.
_PLATE = re.compile(r"(\d{2})(?:([A-Z])(\d{4,5})|([A-Z]{2})(\d{3,4})|([A-Z]{3})(\d{2,3}))", re.ASCII)
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?E\+\d+|\d+[.,]\d+E-\d+", re.ASCII)
_MAC = re.compile(r"[0-9A-F]{12}|(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}|(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}", re.ASCII)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_PARCEL_NUMBER = re.compile(r"(\d{1,6})\s*-?\s*([A-Z]?)", re.ASCII)
_PARCEL_WORDS = re.compile(r"\b(?:ADA|PARSEL)(?: NO)?\b[:.]?")
_WHOLE = r"(\d+|\d{1,3}(?:\.\d{3})+)"
_SHARE = re.compile(rf"{_WHOLE}\s*/\s*{_WHOLE}", re.ASCII)
_EXTENSION = re.compile(r"(?:dahili|dah\.|ext\.?|x)\s*:?\s*(\d{2,6})$", re.ASCII | re.IGNORECASE)
_PHONE_MARKS = re.compile(r"[\s()./-]+")
# All eleven digits, as Excel writes a number that it finds too long; with fewer decimals some are lost.
_ALL_ELEVEN = re.compile(r"([1-9])[.,](\d{10})E\+?10", re.ASCII)
# "0.25" is six o'clock as Excel keeps it, not 25 past midnight.
_CLOCK = re.compile(r"(?!0\.)(\d{1,2})(?:[:.](\d{2}))?(?::00)?", re.ASCII)
_MASKED = re.compile(r"\*{9}[0-9*]{2}", re.ASCII)


def capitals(text: str) -> str:
    """Upper case for codes: i, ı and İ all become I; blanks collapse.

    >>> capitals(" 41 ib  123 ")
    '41 IB 123'
    """
    plain = text if text.isascii() else text.translate(_CAPITAL_I)
    return " ".join(plain.upper().split())


def plate(text: str) -> str:
    """A Turkish number plate, "41 ABC 123".

    >>> plate("41-abc-123")
    '41 ABC 123'
    """
    compact = re.sub(r"[\s.-]+", "", capitals(text))
    match = _PLATE.fullmatch(compact)
    if not match:
        raise ValueError(
            _("“%(text)s” bir plaka değil. İl kodu, harfler ve sayıyı “41 ABC 123” gibi yazınız.") % {"text": text}
        )
    province, letters, number = (part for part in match.groups() if part)
    if not 1 <= int(province) <= 81:
        raise ValueError(
            _("“%(text)s” plakasının il kodu %(code)s; 01 ile 81 arasında bir il kodu yazınız.")
            % {"text": text, "code": province}
        )
    if wrong := sorted(set("QWX") & set(letters)):
        raise ValueError(
            _("“%(text)s” plakasında %(letters)s harfi olamaz; harfleri düzeltiniz.")
            % {"text": text, "letters": ", ".join(wrong)}
        )
    if not int(number):
        raise ValueError(_("“%(text)s” plakasının sayısı sıfır olamaz; sayıyı düzeltiniz.") % {"text": text})
    return f"{province} {letters} {number}"


def is_scientific(text: str) -> bool:
    """Whether a text is what Excel leaves of a long number: "6.37702E+15", not "12E4567" or "5E10"."""
    text = text.strip()
    return text[:1].isdigit() and bool(_SCIENTIFIC.fullmatch(text.upper()))


def serial(text: str) -> str:
    """A serial number as it is typed, but for runs of blanks: case and leading zeros are kept.

    That two are the same is another matter (`search.fold`).

    >>> serial(" 00x-12e4567 ")
    '00x-12e4567'
    """
    if is_scientific(text):
        raise ValueError(
            _(
                "“%(text)s” bilimsel gösterimle yazılmış; seri numarasının rakamları kaybolmuş. "
                "Excel’de sütunu “Metin” biçimine alıp numarayı aslından yeniden yazınız."
            )
            % {"text": text.strip()}
        )
    form = " ".join(text.split())
    if not any(c.isalnum() for c in form):
        raise ValueError(_("“%(text)s” bir seri numarası değil; numara bilinmiyorsa boş bırakınız.") % {"text": text})
    return form


def mac(text: str) -> str:
    """A hardware address, "AA:BB:CC:00:11:22", from any of its three usual spellings.

    >>> mac("aabb.cc00.1122")
    'AA:BB:CC:00:11:22'
    """
    compact = "".join(text.split()).upper()
    digits = re.sub(r"[:.-]", "", compact)
    if not _MAC.fullmatch(compact) or set(digits) in ({"0"}, {"F"}):
        raise ValueError(
            _("“%(text)s” bir MAC adresi değil. 12 onaltılık rakamı “AA:BB:CC:00:11:22” gibi yazınız.") % {"text": text}
        )
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def hostname(text: str) -> str:
    """A computer's name in the network: a–z, digits, "-", "_" and "." (RFC 1123; Windows adds "_").

    >>> hostname("KBB-İZMİT01.kocaeli.bel.tr")
    'kbb-izmit01.kocaeli.bel.tr'
    """
    name = text.strip().translate(_CAPITAL_I).lower().removesuffix(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(
            _(
                "“%(text)s” bir bilgisayar adı değil. Yalnızca İngiliz harfleri, rakam, “-” ve “.” "
                "kullanarak “kbb-pc-0123” gibi yazınız."
            )
            % {"text": text}
        )
    return name


def parcel_number(text: str) -> str:
    """A block (ada) or parcel number: digits, perhaps one letter after them ("2436A" in old records).

    Zeros in front are padding, since the land registry numbers blocks and parcels with whole numbers: "0012"
    and "12" are one parcel. "0" itself stays: a cadastral village has no blocks and writes block 0.

    >>> parcel_number("0012"), parcel_number("0"), parcel_number("2436-a")
    ('12', '0', '2436A')
    """
    match = _PARCEL_NUMBER.fullmatch(capitals(text))
    if not match:
        raise ValueError(
            _("“%(text)s” bir ada ya da parsel numarası değil. Yalnızca numarayı, “123” gibi yazınız.") % {"text": text}
        )
    return str(int(match[1])) + match[2]


def parcel(text: str) -> tuple[str, str]:
    """Block and parcel from one cell: "123/4", "123-4", "123 ada 4 parsel".

    >>> parcel("0123 / 4")
    ('123', '4')
    """
    form = capitals(text)
    parts = [part.strip(" ,") for part in re.split(r"[/-]", _PARCEL_WORDS.sub("/", form))]
    parts = [part for part in parts if part]
    parcel_first = form.startswith("PARSEL") or -1 < form.find("PARSEL") < form.find("ADA")
    if len(parts) != 2 or parcel_first or not all(map(_PARCEL_NUMBER.fullmatch, parts)) or not parts[1].strip("0"):
        raise ValueError(
            _("“%(text)s” ada ve parsel olarak okunamıyor. “123/4” gibi, önce ada sonra parsel yazınız.")
            % {"text": text}
        )
    return parcel_number(parts[0]), parcel_number(parts[1])


def share(text: str) -> tuple[int, int]:
    """A deed's share, numerator and denominator as the deed has them (not reduced); "tam" is the whole.

    >>> share("12.500 / 24.000"), share("Tam")
    ((12500, 24000), (1, 1))
    """
    if capitals(text) in ("TAM", "1"):
        return 1, 1
    match = _SHARE.fullmatch(text.strip())
    numerator, denominator = (int(part.replace(".", "")) for part in match.groups()) if match else (0, 0)
    if not 0 < numerator <= denominator:
        raise ValueError(
            _("“%(text)s” bir hisse değil. Pay ve paydayı “1/2” gibi, tamamı bizimse “1/1” yazınız.") % {"text": text}
        )
    return numerator, denominator


def phone(text: str) -> str:
    """A telephone number: "+90 262 318 10 00", "444 41 41", "153"; perhaps with " dahili 1234".

    >>> phone("0(262) 318 1000 / dahili 12")
    '+90 262 318 10 00 dahili 12'
    """
    outside, extension = text.strip().translate(str.maketrans("İı", "ii")), ""
    if match := _EXTENSION.search(outside):
        outside, extension = outside[: match.start()], f"dahili {match[1]}"
    compact = _PHONE_MARKS.sub("", outside)
    number = _national(compact) or _foreign(compact)
    if not number and (compact or not extension):
        raise ValueError(
            _("“%(text)s” bir telefon numarası değil. Alan koduyla “0262 318 10 00” gibi yazınız.") % {"text": text}
        )
    return f"{number} {extension}".strip()


def _national(digits: str) -> str:
    match = re.fullmatch(r"(?:(?:\+|00)?90|0)?([2-589]\d{2})(\d{3})(\d{2})(\d{2})", digits, re.ASCII)
    if match:
        return " ".join(("+90", *match.groups()))
    match = re.fullmatch(r"(444)(\d{2})(\d{2})|(1\d{2})", digits, re.ASCII)
    return " ".join(part for part in match.groups() if part) if match else ""


def _foreign(digits: str) -> str:
    match = re.fullmatch(r"(?:\+|00)([1-9]\d{7,14})", digits, re.ASCII)
    return "+" + match[1] if match and not match[1].startswith("90") else ""


def clock(text: str) -> str:
    """A time of day to the minute, "08:30", up to "24:00"; in this form earlier is less.

    >>> clock("8.30"), clock("17"), clock("13:00:00")
    ('08:30', '17:00', '13:00')
    """
    match = _CLOCK.fullmatch("".join(text.split()))
    minutes = int(match[1]) * 60 + int(match[2] or 0) if match else -1
    if not match or int(match[2] or 0) > 59 or minutes > 24 * 60:
        raise ValueError(_("“%(text)s” bir saat değil; “08:30” gibi yazınız.") % {"text": text.strip()})
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def identity_number(text: str) -> str:
    """A Turkish identity number (T.C. kimlik no): eleven digits, of which the last two check the others.

    No sentence repeats what was typed: a number with one wrong digit still says whose it is.

    >>> identity_number("172 917 160 60"), identity_number("1.7291716060E+10")
    ('17291716060', '17291716060')
    """
    compact = "".join(text.split())
    if match := _ALL_ELEVEN.fullmatch(compact.upper()):
        compact = match[1] + match[2]
    _refuse_lost(compact)
    if not tckimlik.is_valid(compact):
        raise ValueError(_("Bu bir T.C. kimlik numarası değil; 11 rakamını denetleyip yeniden yazınız."))
    return tckimlik.compact(compact)


def is_identity_number(text: str) -> bool:
    return tckimlik.is_valid(text)


def personal_number(text: str) -> str:
    """Another number of a person, kept as it is typed.

    >>> personal_number(" 34 123456 ")
    '34 123456'
    """
    plain = " ".join(text.split())
    _refuse_lost(plain)
    return plain


def _refuse_lost(number: str) -> None:
    """Raises ValueError where digits are hidden or gone; the sentence does not repeat those that are left."""
    if is_masked(number):
        raise ValueError(
            _("Numara gizli biçimde (%(form)s) yazılmış; bütün rakamlarıyla yazınız ya da hücreyi boş bırakınız.")
            % {"form": masked("")}
        )
    if is_scientific(number):
        raise ValueError(
            _("Numaranın rakamları Excel’de kaybolmuş; sütunu “Metin” biçimine alıp aslından yeniden yazınız.")
        )


def masked(number: str) -> str:
    """An identity number as it is shown: its last two digits and stars.

    The last two are check digits. The first ones are never shown: they are alike in a family and show its register.
    Eleven signs, whatever is given, so that not even the length of a wrong number is shown.

    >>> masked("17291716060"), masked(masked("17291716060"))
    ('*********60', '*********60')
    """
    return "*" * 9 + (number[-2:] if len(number) >= 11 else "**")


def is_masked(text: str) -> bool:
    """Whether a text is what `masked` leaves."""
    return bool(_MASKED.fullmatch(text.strip()))

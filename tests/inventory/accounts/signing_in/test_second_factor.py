"""Codes: what is taken, once, however it is typed; what is kept of them."""

from __future__ import annotations

import io
import logging
from base64 import b32encode

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from inventory.accounts.signing_in import second_factor
from inventory.accounts.signing_in.models import RecoveryCode, SecondFactor
from inventory.accounts.signing_in.sealing import Unreadable, opened, sealed
from inventory.accounts.signing_in.second_factor import DIGITS, RECOVERY, grouped, spelled, take
from inventory.trail.models import Event
from tests.phones import Phone, phone_of
from tests.rows import unit, user

# Typing -------------------------------------------------------------------------------------------------------

_BETWEEN = st.text(" -–—\t\u00a0\u200b\u202f\u3000\u2060", max_size=3)
_SCRIPTS = [0x30, 0xFF10, 0x0660, 0x06F0, 0x0966, 0x1D7CE]  # plain, full-width, Arabic, Persian, Devanagari, bold


@given(st.data(), st.text("0123456789", min_size=6, max_size=6))
def test_six_digits_are_the_same_in_any_script_and_grouping(data, code):
    typed = "".join(data.draw(_BETWEEN) + chr(data.draw(st.sampled_from(_SCRIPTS)) + int(d)) for d in code)
    assert spelled(typed + data.draw(_BETWEEN)) == code


@given(st.data(), st.text(second_factor._LETTERS, min_size=16, max_size=16))
def test_a_recovery_code_is_the_same_in_any_case_and_with_letters_that_look_alike(data, code):
    alike = {"0": "0Oo", "1": "1IiLlıİ"}
    ways = [alike.get(c, c + c.lower()) for c in grouped(code, "-")]
    typed = "".join(data.draw(st.sampled_from(way)) + data.draw(_BETWEEN) for way in ways)
    assert spelled(typed) == code


@given(st.text())
def test_any_text_is_spelled_and_hashed(text):
    assert second_factor._digest(spelled(text))


# Six digits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(account, clock, seconds, code):
    """Appendix B's secret and moments; its eight digits end in these six."""
    second_factor.begin(account)
    secret = b32encode(b"12345678901234567890").decode()
    SecondFactor.objects.update(secret=sealed(secret))
    clock.now = seconds
    assert second_factor.confirm(account, code)


def test_a_code_is_taken_once(account, clock):
    phone = phone_of(account, clock)
    assert take(account, phone.code()) is None, "it was used to set it up"
    clock.wait(30)
    assert take(account, phone.code(30)) == DIGITS
    assert take(account, phone.code(30)) is None
    clock.wait(30)
    assert take(account, phone.code(30)) is None
    assert take(account, phone.code(60)) == DIGITS


@pytest.mark.parametrize(("off", "how"), [(-60, None), (-30, DIGITS), (0, DIGITS), (30, DIGITS), (60, None)])
def test_a_phones_clock_may_be_off_by_half_a_minute(account, clock, off, how):
    phone = phone_of(account, clock)
    clock.wait(600)
    assert take(account, phone.code(600 + off)) == how


def test_after_a_code_of_a_fast_phone_no_older_one_is_taken(account, clock):
    phone = phone_of(account, clock)
    clock.wait(600)
    assert take(account, phone.code(630)) == DIGITS
    assert take(account, phone.code(600)) is None


def test_anothers_code_is_not_taken(account, clock):
    phone_of(account, clock)
    other = phone_of(user("veli", unit("Fen İşleri Dairesi Başkanlığı")), clock)
    clock.wait(30)
    assert take(account, other.code(30)) is None
    assert take(account, other.recovery_codes[0]) is None
    assert take(account, "") is None


def test_nothing_counts_before_it_is_confirmed(account, clock):
    phone = Phone(second_factor.begin(account), clock.now)
    assert take(account, phone.code()) is None
    assert second_factor.unfinished(account) == phone.secret
    assert second_factor.confirm(account, "000000") is None
    account.refresh_from_db()
    assert account.second_factor_since is None
    assert second_factor.confirm(account, phone.code())
    assert second_factor.unfinished(account) is None, "a secret that counts is never shown again"
    assert second_factor.confirm(account, phone.code(30)) is None, "nor confirmed again"


def test_a_forgotten_beginning_is_not_shown_later(account):
    second_factor.begin(account)
    SecondFactor.objects.update(made_at="2020-01-01T00:00:00Z")
    assert second_factor.unfinished(account) is None


# Recovery codes -----------------------------------------------------------------------------------------------


def test_each_of_ten_recovery_codes_is_taken_once(account, clock):
    phone = phone_of(account, clock)
    assert len(set(phone.recovery_codes)) == second_factor.codes_left(account) == 10
    for number, code in enumerate(phone.recovery_codes, 1):
        assert take(account, code.lower()) == RECOVERY
        assert take(account, code) is None
        assert second_factor.codes_left(account) == 10 - number


def test_new_recovery_codes_end_the_old_ones(account, clock):
    phone = phone_of(account, clock)
    new = second_factor.renew_recovery_codes(account)
    assert take(account, phone.recovery_codes[0]) is None
    assert take(account, new[0]) == RECOVERY


def test_what_is_taken_off_counts_no_more(account, clock):
    phone = phone_of(account, clock)
    assert second_factor.remove(account)
    assert not second_factor.remove(account)
    account.refresh_from_db()
    assert account.second_factor_since is None
    assert take(account, phone.code(30)) is None
    assert not RecoveryCode.objects.exists() and not SecondFactor.objects.exists()


# What is kept -------------------------------------------------------------------------------------------------


def test_the_database_holds_neither_secret_nor_codes(account, clock):
    phone = phone_of(account, clock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM signing_in_secondfactor")
        kept = [text for (text,) in cursor.fetchall()]
        cursor.execute("SELECT digest FROM signing_in_recoverycode")
        kept += [text for (text,) in cursor.fetchall()]
    for secret in (phone.secret, *phone.recovery_codes, *(spelled(code) for code in phone.recovery_codes)):
        assert not any(secret in text for text in kept)


def test_a_changed_secret_key_is_survived_by_its_fallback_and_sealed_anew(account, clock, settings):
    phone = phone_of(account, clock)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "yeni", [settings.SECRET_KEY]
    clock.wait(30)
    assert take(account, phone.code(30)) == DIGITS
    settings.SECRET_KEY_FALLBACKS = []
    clock.wait(30)
    assert take(account, phone.code(60)) == DIGITS


def test_a_lost_secret_key_leaves_the_recovery_codes(account, clock, settings, caplog):
    phone = phone_of(account, clock)
    settings.SECRET_KEY = "yeni"
    clock.wait(30)
    with caplog.at_level(logging.ERROR):
        assert take(account, phone.code(30)) is None
    assert "another key" in caplog.text
    assert take(account, phone.recovery_codes[0]) == RECOVERY


def test_seals_may_have_a_key_of_their_own_and_change_it(account, clock, settings, caplog):
    """From SECRET_KEY to a key of their own, to another one, each time without the one before afterwards."""
    phone, ago, signing = phone_of(account, clock), 0, settings.SECRET_KEY
    for key, former in (("ilk", []), ("ikinci", ["ilk"])):
        settings.SEAL_KEY, settings.SEAL_KEY_FALLBACKS = key, former
        call_command("seal_anew", stdout=io.StringIO())
        # The key that signs is changed alone, and takes no second factor with it.
        settings.SECRET_KEY, settings.SEAL_KEY_FALLBACKS = f"{signing} {key}", []
        clock.wait(30)
        ago += 30
        assert take(account, phone.code(ago)) == DIGITS
    settings.SEAL_KEY = "kayıp"
    with pytest.raises(CommandError, match="1"), caplog.at_level(logging.ERROR):
        call_command("seal_anew", stdout=io.StringIO())
    assert "another key" in caplog.text


def test_a_seal_that_was_tampered_with_does_not_open():
    seal = sealed("gizli")
    assert opened(seal) == "gizli"
    for broken in (seal[:-2], "x" + seal[1:], "", "ğ"):
        with pytest.raises(Unreadable):
            opened(broken)


# The command --------------------------------------------------------------------------------------------------


def test_the_machines_administrator_takes_a_second_factor_off(account, clock):
    phone_of(account, clock)
    out = io.StringIO()
    call_command("reset_second_factor", "ayse", stdout=out)
    assert "yalnızca parolayla" in out.getvalue()
    account.refresh_from_db()
    assert account.second_factor_since is None
    entry = Event.objects.get(kind=Event.Kind.FACTOR_RESET)
    assert (entry.text, entry.row_id, entry.address, entry.user_id) == ("ayse", account.pk, "komut", None)


def test_the_command_says_what_it_cannot_do(account):
    with pytest.raises(CommandError, match="ikinci adımı yok"):
        call_command("reset_second_factor", "ayse")
    with pytest.raises(CommandError, match="bir hesap yok"):
        call_command("reset_second_factor", "yok")

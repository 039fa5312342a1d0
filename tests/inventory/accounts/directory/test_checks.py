"""What is said before anybody stands at a login that cannot work, and that nothing is loaded where nothing is set."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings as project

from inventory.accounts.directory import checks

OIDC = {
    "OIDC_ISSUER": "https://giris.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b",
    "OIDC_STAFF_CLAIM": "sicil",
}  # fmt: skip
LDAP = {"LDAP_URL": ["ldaps://dc1.example"], "LDAP_USER_BASE": "dc=example"}
WRONG = {
    "no secret": (OIDC | {"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET is not"),
    "plain http": (OIDC | {"OIDC_ISSUER": "http://giris.example"}, "https://"),
    "no openid": (OIDC | {"OIDC_SCOPES": ["profile"]}, "OIDC_SCOPES"),
    "no such file": (OIDC | {"OIDC_CA_FILE": "/yok.pem"}, "OIDC_CA_FILE"),
    "no base": (LDAP | {"LDAP_USER_BASE": ""}, "LDAP_USER_BASE is not"),
    "everybody's filter": (LDAP | {"LDAP_USER_FILTER": "(uid=*)"}, "LDAP_USER_FILTER must have {name}"),
    "no address": (LDAP | {"LDAP_URL": ["dc1.example"]}, "must begin with ldaps://"),
    "in plain text": (LDAP | {"LDAP_URL": ["ldap://dc1.example"], "LDAP_START_TLS": False}, "plain text"),
    "no such authority": (LDAP | {"LDAP_CA_FILE": "/yok.pem"}, "LDAP_CA_FILE"),
}


def given(settings, values: dict) -> list[str]:
    for name, value in values.items():
        setattr(settings, name, value)
    return [message.msg for message in checks.single_sign_on(None)]


def test_what_is_right_is_silent(settings):
    assert given(settings, {}) == []
    assert given(settings, OIDC | LDAP) == []


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_work_is_named(settings, name):
    values, result = WRONG[name]
    (message,) = given(settings, values)
    assert result in message


def test_a_missing_package_is_named_with_what_to_do(settings, monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert given(settings, OIDC | LDAP) == [
        "OIDC_ISSUER is set, and Python has no package authlib, requests.",
        "LDAP_URL is set, and Python has no package ldap3.",
    ]
    assert {message.hint for message in checks.single_sign_on(None)} == {"Run scripts/setup --sso."}


@pytest.mark.parametrize("more", [{}, {"LDAP_URL": "ldaps://dc1.example", "LDAP_USER_BASE": "dc=example"}])
def test_the_service_starts_without_the_packages(more):
    """As on a machine where they are not installed; with a setting given, the check says so in words."""
    code = (
        "import sys\n"
        "for name in ('authlib', 'ldap3', 'joserfc', 'requests'): sys.modules[name] = None\n"
        "import django; django.setup()\n"
        "from django.urls import reverse; reverse('oidc-login')\n"
        "from django.core.management import call_command\n"
        "import inventory.accounts.directory.checks as checks\n"
        "checks.find_spec = lambda name: None if name in sys.modules else 1\n"
        "call_command('check')\n"
    )
    env = os.environ | {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings", "OIDC_ISSUER": ""} | more
    run = subprocess.run([sys.executable, "-c", code], cwd=project.BASE_DIR, env=env, capture_output=True, text=True)
    if more:
        assert run.returncode == 1 and "scripts/setup --sso" in run.stderr and "ImportError" not in run.stderr
    else:
        assert run.returncode == 0, run.stderr

from __future__ import annotations

import pytest
from django.test import Client

from inventory.organization.models import Person, Unit
from tests import directories, rows


@pytest.fixture(scope="package")
def ldap_server(tmp_path_factory):
    with directories.slapd(tmp_path_factory.mktemp("slapd") / "s") as server:
        yield server


@pytest.fixture(scope="package")
def oidc_server():
    with directories.provider() as server:
        yield server


@pytest.fixture
def ldap(ldap_server, settings) -> directories.Slapd:
    """The server, with the settings that name it."""
    for name, value in ldap_server.settings().items():
        setattr(settings, name, value)
    backends = [*settings.AUTHENTICATION_BACKENDS, "inventory.accounts.directory.backend.LdapBackend"]
    settings.AUTHENTICATION_BACKENDS = backends
    return ldap_server


@pytest.fixture
def oidc(oidc_server, settings) -> directories.Provider:
    for name, value in oidc_server.settings().items():
        setattr(settings, name, value)
    return oidc_server


@pytest.fixture
def here(db) -> Unit:
    return rows.unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def ayse(here) -> Person:
    """On duty, and without an account."""
    return rows.person("Ayşe Nur Yılmaz", here)


@pytest.fixture
def client() -> Client:
    return Client()

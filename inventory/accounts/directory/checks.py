"""What `manage.py check` says of single sign-on before somebody stands at a login that cannot work."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

_LOCAL = {"localhost", "127.0.0.1", "::1"}


@register()
def single_sign_on(app_configs, **kwargs) -> list[CheckMessage]:
    """Nothing is asked where neither OIDC_ISSUER nor LDAP_URL is set."""
    return [*(_oidc() if settings.OIDC_ISSUER else ()), *(_ldap() if settings.LDAP_URL else ())]


def _oidc() -> list[CheckMessage]:
    messages = _lacking("OIDC_ISSUER", "authlib", "requests")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_STAFF_CLAIM"):
        if not getattr(settings, name):
            messages.append(Error(f"OIDC_ISSUER is set, and {name} is not.", id="directory.E002"))
    parts = urlsplit(settings.OIDC_ISSUER)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        messages.append(Error("OIDC_ISSUER must begin with https://", id="directory.E003"))
    if "openid" not in settings.OIDC_SCOPES:
        messages.append(Error("OIDC_SCOPES must have openid in it.", id="directory.E004"))
    return messages + _files("OIDC_CA_FILE")


def _ldap() -> list[CheckMessage]:
    messages = _lacking("LDAP_URL", "ldap3")
    for name in ("LDAP_USER_BASE", "LDAP_STAFF_ATTRIBUTE"):
        if not getattr(settings, name):
            messages.append(Error(f"LDAP_URL is set, and {name} is not.", id="directory.E002"))
    for name, part in (("LDAP_USER_FILTER", "{name}"), ("LDAP_GROUP_FILTER", "{dn}")):
        if part not in getattr(settings, name):
            messages.append(Error(f"{name} must have {part} in it, such as {_SUCH[name]}", id="directory.E005"))
    for url in settings.LDAP_URL:
        parts = urlsplit(url)
        if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
            messages.append(Error(f"LDAP_URL: {url} must begin with ldaps:// or ldap://", id="directory.E003"))
        elif parts.scheme == "ldap" and not settings.LDAP_START_TLS and parts.hostname not in _LOCAL:
            message = f"LDAP_URL: passwords go to {url} in plain text, because LDAP_START_TLS is off."
            messages.append(Warning(message, hint="Write ldaps://, or leave LDAP_START_TLS out.", id="directory.W001"))
    return messages + _files("LDAP_CA_FILE")


_SUCH = {"LDAP_USER_FILTER": "(sAMAccountName={name})", "LDAP_GROUP_FILTER": "(member={dn})"}


def _lacking(setting: str, *packages: str) -> list[CheckMessage]:
    missing = [package for package in packages if find_spec(package) is None]
    message = f"{setting} is set, and Python has no package {', '.join(missing)}."
    return [Error(message, hint="Run scripts/setup --sso.", id="directory.E001")] if missing else []


def _files(name: str) -> list[CheckMessage]:
    place = getattr(settings, name)
    if not place or Path(place).is_file():
        return []
    return [Error(f"{name}: there is no file {place}.", id="directory.E006")]

"""Name and password, asked of an LDAP server such as Active Directory (ldap3).

The server finds who has the name by LDAP_USER_FILTER, and then judges the password itself: we bind with it as her.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from ldap3 import ANONYMOUS, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException, LDAPOperationResult, LDAPSizeLimitExceededResult
from ldap3.utils.conv import escape_filter_chars

from inventory.accounts.directory.persons import DirectoryEntry, one
from inventory.server import limits

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 3, 5
Values = Mapping[str, list[str]]


class Unreachable(Exception):
    """No server answers, or it does not do what the settings ask of it."""


class TooOften(Exception):
    """Too many wrong passwords for this entry from this address; `minutes` says how long to wait."""

    def __init__(self, seconds: float):
        super().__init__(seconds)
        self.minutes = -(-int(seconds) // 60)


def entry_of(name: str, password: str, address: str) -> DirectoryEntry | None:
    """Who has this name and password; None when nobody, or when several have the name. Raises Unreachable, TooOften.

    `address` is where they come from. A directory takes many spellings for one name, of which the lockout by name
    knows nothing; so failures are counted by the entry as well.
    """
    # A server takes an empty password as nobody's and says yes (RFC 4513, 5.1.2).
    if not name or not password:
        return None
    try:
        with _bound(settings.LDAP_BIND_DN, settings.LDAP_BIND_PASSWORD) as asking:
            entry = _entry_named(asking, name)
            if entry is None:
                return None
            dn, values = entry
            if wait := limits.waiting("directory", f"{address} {dn.lower()}"):
                raise TooOften(wait)
            if not _is_password(dn, password):
                limits.count("directory", f"{address} {dn.lower()}")
                return None
            staff_no = one(values.get(settings.LDAP_STAFF_ATTRIBUTE.lower()))
            return DirectoryEntry(name, staff_no, frozenset(_groups(asking, dn, values)))
    except (LDAPException, OSError) as error:
        log.error("LDAP: %s: %s", type(error).__name__, error)
        raise Unreachable from error


class _Verified(Tls):
    """TLS as Python's own default has it: the certificate is checked, and that it is this server's.

    ldap3's way checks the name after the handshake, by a function that Python 3.12 has no more, and sends no name.
    """

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


@contextmanager
def _bound(dn: str, password: str) -> Iterator[Connection]:
    """A connection in the name of `dn`, to the first server that answers; without a name, in nobody's."""
    connection = _opened(dn, password)
    try:
        connection.bind(read_server_info=False)
        yield connection
    finally:
        connection.unbind()


def _opened(dn: str, password: str) -> Connection:
    tls = _Verified(ca_certs_file=settings.LDAP_CA_FILE or None)
    for number, url in enumerate(settings.LDAP_URL, 1):
        server = Server(url, tls=tls, get_info=NONE, connect_timeout=CONNECT_SECONDS, allowed_referral_hosts=[])
        connection = Connection(
            server,
            user=dn or None,
            # In bytes: of a text ldap3 takes away what nobody sees, and may leave an empty password.
            password=password.encode() if dn else None,
            authentication=SIMPLE if dn else ANONYMOUS,
            raise_exceptions=True,
            read_only=True,
            auto_referrals=False,
            check_names=False,
            receive_timeout=ANSWER_SECONDS,
        )
        try:
            connection.open(read_server_info=False)
            if settings.LDAP_START_TLS and not server.ssl:
                connection.start_tls(read_server_info=False)
        except (LDAPException, OSError) as error:
            if connection.socket:
                connection.socket.close()
            if number == len(settings.LDAP_URL):
                raise
            log.warning("LDAP: %s is passed over: %s", url, error)
            continue
        return connection
    raise Unreachable


def _entry_named(asking: Connection, name: str) -> tuple[str, Values] | None:
    """(DN, values) of the one entry that has the name."""
    wanted = settings.LDAP_USER_FILTER.replace("{name}", escape_filter_chars(name))
    attributes = [settings.LDAP_STAFF_ATTRIBUTE]
    if not settings.LDAP_GROUP_BASE:
        attributes.append(settings.LDAP_GROUP_ATTRIBUTE)
    try:
        entries = _search(asking, settings.LDAP_USER_BASE, wanted, attributes, size_limit=2)
    except LDAPSizeLimitExceededResult:
        return None
    return entries[0] if len(entries) == 1 else None


def _is_password(dn: str, password: str) -> bool:
    try:
        with _bound(dn, password):
            return True
    except LDAPOperationResult as refused:
        # Wrong, expired, locked …: the server's own word is for the log alone.
        log.info("LDAP: %s is not let in: %s", dn, refused)
        return False


def _groups(asking: Connection, dn: str, values: Values) -> list[str]:
    if not settings.LDAP_GROUP_BASE:
        return values.get(settings.LDAP_GROUP_ATTRIBUTE.lower(), [])
    wanted = settings.LDAP_GROUP_FILTER.replace("{dn}", escape_filter_chars(dn))
    return [group for group, _values in _search(asking, settings.LDAP_GROUP_BASE, wanted, ["1.1"])]


def _search(asking: Connection, base: str, wanted: str, attributes: list[str], **more) -> list[tuple[str, Values]]:
    asking.search(base, wanted, SUBTREE, attributes=attributes, **more)
    # Active Directory adds references to other servers, which we do not follow.
    entries = [answer for answer in asking.response or () if answer["type"] == "searchResEntry"]
    return [(entry["dn"], _values(entry["raw_attributes"])) for entry in entries]


def _values(raw: Mapping[str, list[bytes]]) -> Values:
    return {name.lower(): [value.decode("utf-8", "replace") for value in values] for name, values in raw.items()}

"""A message to another server, and to no other than was meant: nothing inside the house is reached by it.

The host's addresses are looked up once and checked; the connection goes to the address that was checked, whatever the
name means a moment later. No redirect is followed, and no proxy of the environment is used.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

#: Seconds in all, and bytes of the answer that are read.
SECONDS, MOST = 10, 65_536
# Networks of IPv6 that carry an address of IPv4 along.
_CARRYING = [ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
# All that is given out of IPv6; what lies beside it (such as fec0::/10, once for sites) counts as global in Python.
_GIVEN_OUT = ip_network("2000::/3")


class Unreachable(Exception):
    """Nothing was sent, or no answer came; the message says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


def split(url: str) -> SplitResult:
    """The address's parts. Raises Unreachable for one that is not allowed, as far as that is known without asking."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Unreachable(_("Bu bir adres değil.")) from error
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or any(c <= " " for c in url):
        raise Unreachable(_("https:// ile başlayan bir adres yazınız."))
    if "@" in parts.netloc:
        raise Unreachable(_("Adrese kullanıcı adı veya parola yazılmaz."))
    if parts.scheme == "http" and not _is_listed(host):
        raise Unreachable(_("https:// ile başlayan bir adres yazınız; http yalnızca izin verilen sunucular içindir."))
    try:
        literal = ip_address(host)
    except ValueError:
        return parts
    _refuse_inside(host, literal)
    return parts


def _is_listed(host: str) -> bool:
    """Whether the administrators have listed the host: by name, or a written address by its network."""
    try:
        return _in_listed_network(ip_address(host))
    except ValueError:
        return host.lower() in (each.lower() for each in settings.WEBHOOK_ALLOWED)


def _in_listed_network(address: IPv4Address | IPv6Address) -> bool:
    for each in settings.WEBHOOK_ALLOWED:
        try:
            if address in ip_network(each, strict=False):
                return True
        except ValueError:
            continue  # a name
    return False


def _refuse_inside(host: str, address: IPv4Address | IPv6Address) -> None:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    inside = not address.is_global or address.is_multicast or address.is_reserved or _is_own(address)
    inside = inside or (isinstance(address, IPv6Address) and address not in _GIVEN_OUT)
    carries = any(address in network for network in _CARRYING if network.version == address.version)
    if (inside or carries) and not (_is_listed(host) or _in_listed_network(address)):
        message = _("%(host)s iç ağdaki bir adrese (%(address)s) çıkıyor; yönetici izin vermedikçe oraya gönderilmez.")
        raise Unreachable(message % {"host": host, "address": address})


def _is_own(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is this machine's, which may have one of the internet's; no packet leaves."""
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((str(address), 9))
            return ip_address(asking.getsockname()[0].partition("%")[0]) == address
    except OSError:  # no way leads there
        return False


def _checked(host: str, port: int) -> tuple[int, tuple]:
    """(family, address) to connect to; every address of the name must be allowed."""
    asking = ThreadPoolExecutor(1)
    try:
        found = asking.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(SECONDS / 2)
    except (OSError, UnicodeError, TooSlow) as error:
        raise Unreachable(_("%(host)s adresi bulunamadı.") % {"host": host}) from error
    finally:
        asking.shutdown(wait=False)
    for _family, _kind, _protocol, _name, where in found:
        _refuse_inside(host, ip_address(str(where[0]).partition("%")[0]))
    return found[0][0], found[0][4]


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Raises Unreachable."""
    parts = split(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    end = time.monotonic() + SECONDS
    family, where = _checked(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as plain:
        plain.settimeout(SECONDS)
        # What comes drop by drop never times out by itself.
        with plain.dup() as same:
            ending = threading.Timer(end - time.monotonic(), _cut, [same])
            ending.start()
            try:
                return _exchanged(plain, where, parts, port, body, headers)
            except (OSError, ValueError, http.client.HTTPException) as error:
                if time.monotonic() >= end or isinstance(error, TimeoutError):
                    message = _("%(seconds)d saniye içinde yanıt gelmedi.") % {"seconds": SECONDS}
                else:
                    message = _("Bağlantı kurulamadı: %(why)s") % {"why": error or type(error).__name__}
                raise Unreachable(message) from error
            finally:
                ending.cancel()
                ending.join()


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        connection.shutdown(socket.SHUT_RDWR)


def _exchanged(
    plain: socket.socket, where: tuple, parts: SplitResult, port: int, body: bytes, headers: Mapping[str, str]
) -> Answer:
    plain.connect(where)
    connection = http.client.HTTPConnection(parts.hostname or "", port)
    connection.sock = plain
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=settings.WEBHOOK_CA_FILE or None)
        connection.sock = context.wrap_socket(plain, server_hostname=parts.hostname)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    host = {"Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "varlik-kutugu-webhooks"}
    try:
        connection.request("POST", path, body, {**host, **headers, "Connection": "close"})
        answer = connection.getresponse()
        return Answer(answer.status, _first_of(answer))
    finally:
        connection.close()


def _first_of(answer: http.client.HTTPResponse) -> str:
    read = b""
    # Not read(): a chunk that says it has -1 bytes would be read until memory ends.
    with suppress(OSError, ValueError, http.client.HTTPException):  # its status has been said, and counts
        while len(read) < MOST and (part := answer.read1(MOST - len(read))):
            read += part
    return read[:MOST].decode("utf-8", "replace")

"""To which servers nothing goes, whatever an address is made to mean."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from contextlib import suppress
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inventory.webhooks import posting
from inventory.webhooks.posting import Unreachable, post, split

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _nothing_listed(settings):
    settings.WEBHOOK_ALLOWED, settings.WEBHOOK_CA_FILE = [], ""


@pytest.fixture
def resolved(monkeypatch):
    """Names mean what the test says, one list after the other; returns what was connected to."""
    connected = []
    answers: list[list[str]] = []

    def lookup(host, port, **_):
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(families[":" in a], socket.SOCK_STREAM, 6, "", (a, port)) for a in found]

    def connect(self, where):
        if self.type == socket.SOCK_DGRAM:
            raise OSError("no way")
        connected.append(where[0])
        raise OSError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return answers, connected


@pytest.mark.parametrize("url", [
    "http://example.org/", "ftp://example.org/", "example.org", "https:///a", "javascript:alert(1)", "https://",
    "https://ali:parola@example.org/", "https://ali@example.org/", "https://example.org@127.0.0.1/",
    "https://example.org:99999/", "https://example.org:abc/", "https://[::1/", "https://exa mple.org/",
    "https://example.org/\r\nHost: a", "https://örnek.org/", "//example.org/", "",
])  # fmt: skip
def test_an_address_that_is_none_is_refused_when_it_is_typed(url):
    with pytest.raises(Unreachable):
        split(url)


INSIDE = [
    "127.0.0.1", "127.8.9.10", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "fec0::1", "::7f00:1", "::ffff:0:7f00:1", "5f00::1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused_written_or_behind_a_name(address, resolved):
    answers, connected = resolved
    answers[:] = [[address]]
    written = f"[{address}]" if ":" in address else address
    with pytest.raises(Unreachable, match="iç ağ"):
        split(f"https://{written}/")
    with pytest.raises(Unreachable, match="iç ağ"):
        post("https://example.org/", b"", {})
    # One among good ones is enough.
    answers[:] = [["93.184.216.34", address]]
    with pytest.raises(Unreachable, match="iç ağ"):
        post("https://example.org/", b"", {})
    assert connected == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "localhost."])
def test_other_spellings_of_this_machine_are_refused(host):
    """By what the system takes them for."""
    with pytest.raises(Unreachable):
        post(f"https://{host}/", b"", {})


def test_this_machine_is_not_reached_by_an_address_of_the_internet_either(resolved, monkeypatch):
    answers, connected = resolved
    answers[:] = [["93.184.216.34"]]
    monkeypatch.setattr(socket.socket, "connect", lambda self, where: None)
    monkeypatch.setattr(socket.socket, "getsockname", lambda self: ("93.184.216.34", 40_000))
    with pytest.raises(Unreachable, match="iç ağ"):
        post("https://example.org/", b"", {})
    assert connected == []


def test_what_this_machine_calls_its_own():
    """As the system says it, whatever the list of networks does."""
    assert posting._is_own(ip_address("127.0.0.1")) and not posting._is_own(ip_address("192.0.2.1"))


def test_what_was_checked_is_connected_to_whatever_the_name_means_next(resolved):
    answers, connected = resolved
    answers[:] = [["93.184.216.34"], ["127.0.0.1"]]
    with pytest.raises(Unreachable, match="nobody there"):
        post("https://example.org/", b"", {})
    assert connected == ["93.184.216.34"]
    with pytest.raises(Unreachable, match="iç ağ"):
        post("https://example.org/", b"", {})


@pytest.mark.parametrize(("listed", "url", "where"), [
    ("muhasebe.kocaeli.yerel", "http://muhasebe.kocaeli.yerel/", "10.1.2.3"),
    ("Muhasebe.kocaeli.yerel", "https://muhasebe.kocaeli.yerel/", "10.1.2.3"),
    ("10.1.0.0/16", "https://muhasebe.kocaeli.yerel/", "10.1.2.3"),
    ("10.1.0.0/16", "http://10.1.2.3/", "10.1.2.3"),
    ("fd00::/8", "https://muhasebe.kocaeli.yerel/", "fd00::1"),
])  # fmt: skip
def test_what_is_listed_may_be_inside(settings, resolved, listed, url, where):
    settings.WEBHOOK_ALLOWED = ["baska.ad", listed]
    answers, connected = resolved
    answers[:] = [[where]]
    with pytest.raises(Unreachable, match="nobody there"):
        post(url, b"", {})
    assert connected == [where]


def test_a_listed_network_lets_no_name_speak_http_and_no_other_network_in(settings, resolved):
    settings.WEBHOOK_ALLOWED = ["10.1.0.0/16"]
    answers, connected = resolved
    answers[:] = [["10.2.0.1"]]
    with pytest.raises(Unreachable, match="http yalnızca"):
        split("http://muhasebe.kocaeli.yerel/")
    with pytest.raises(Unreachable, match="iç ağ"):
        post("https://muhasebe.kocaeli.yerel/", b"", {})
    assert connected == []


def test_a_name_that_is_not_there_is_said(resolved, monkeypatch):
    def lookup(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(Unreachable, match="bulunamadı"):
        post("https://yok.example.org/", b"", {})


@pytest.fixture
def secure(tmp_path):
    """A server with a certificate of its own for "localhost"; its port, and the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    signed = builder.sign(key, hashes.SHA256())
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as one:
                    # A body that comes after the answer would break the connection off.
                    while (some := one.recv(65_536)) and not some.endswith(b"{}"):
                        pass
                    one.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], file
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


def test_the_certificate_is_checked_with_the_hosts_name(secure, settings):
    port, file = secure
    settings.WEBHOOK_ALLOWED = ["127.0.0.0/8", "::1"]
    with pytest.raises(Unreachable, match="certificate verify failed"):
        post(f"https://localhost:{port}/", b"{}", {})
    settings.WEBHOOK_CA_FILE = str(file)
    assert post(f"https://localhost:{port}/", b"{}", {}).status == 204
    with pytest.raises(Unreachable, match="certificate verify failed"):
        post(f"https://127.0.0.1:{port}/", b"{}", {})


def test_no_proxy_of_the_environment_is_used(monkeypatch, resolved):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    answers, connected = resolved
    answers[:] = [["93.184.216.34"]]
    with pytest.raises(Unreachable):
        post("https://example.org/", b"", {})
    assert connected == ["93.184.216.34"] and posting.SECONDS == 10


@pytest.fixture
def hostile(settings):
    """hostile(beginning, on and on): the port of a server that answers so, and how much it got rid of."""
    settings.WEBHOOK_ALLOWED = ["127.0.0.1"]
    listening = socket.create_server(("127.0.0.1", 0))
    sent = [0]

    def answering(beginning: bytes, on_and_on: bytes):
        def serve():
            one, _ = listening.accept()
            with one, suppress(OSError):
                one.recv(65_536)
                one.sendall(beginning)
                while True:
                    sent[0] += one.send(on_and_on)

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/", sent

    yield answering
    listening.close()


@pytest.mark.parametrize("size", [b"-1", b"-5", b"zz", b"f" * 30, b"10000000"])
def test_no_chunk_fills_the_memory_however_long_it_says_it_is(hostile, size):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    url, sent = hostile(head + size + b"\r\n", b"a" * 65_536)
    answer = post(url, b"{}", {})
    assert answer.status == 200 and len(answer.text) <= posting.MOST
    # What the system's own buffers take counts, too.
    assert sent[0] < 50_000_000

"""Real directories on 127.0.0.1, thrown away afterwards: OpenLDAP's slapd, and an OpenID provider."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/bin") or ""
# Where continuous integration has installed everything, nothing is left out.
IS_LEFT_OUT = not SLAPD and os.environ.get("CI") != "true"
needs_slapd = pytest.mark.skipif(IS_LEFT_OUT, reason="OpenLDAP's server is not installed here (Debian: slapd).")
BASE = "dc=belediye,dc=example"
_ROOT = ("cn=root," + BASE, "kok-parolasi")
_READER = ("cn=okuyan," + BASE, "okuyan-parolasi")
_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {place}/slapd.pid
TLSCACertificateFile {place}/ca.pem
TLSCertificateFile {place}/server.pem
TLSCertificateKeyFile {place}/server.key
# As Active Directory does: an empty password is nobody's, and welcome.
allow bind_anon_cred
database mdb
suffix "{base}"
rootdn "{root[0]}"
rootpw {root[1]}
directory {place}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
overlay memberof
"""


@dataclass
class Slapd:
    place: Path
    port: int
    tls_port: int
    process: subprocess.Popen = field(repr=False)

    def settings(self) -> dict:
        return {
            "LDAP_URL": [f"ldap://127.0.0.1:{self.port}"],
            "LDAP_START_TLS": True,
            "LDAP_CA_FILE": str(self.place / "ca.pem"),
            "LDAP_BIND_DN": _READER[0],
            "LDAP_BIND_PASSWORD": _READER[1],
            "LDAP_USER_BASE": BASE,
            "LDAP_USER_FILTER": "(&(objectClass=inetOrgPerson)(uid={name}))",
            "LDAP_STAFF_ATTRIBUTE": "employeeNumber",
        }

    @contextmanager
    def _connected(self):
        from ldap3 import NONE, Connection, Server

        server = Server(f"ldap://127.0.0.1:{self.port}", get_info=NONE)
        with Connection(server, *_ROOT, raise_exceptions=True, check_names=False) as connection:
            yield connection

    def begin(self) -> None:
        with self._connected() as to:
            to.add(BASE, ["dcObject", "organization"], {"dc": "belediye", "o": "Belediye"})
            reader = {"cn": "okuyan", "userPassword": _READER[1]}
            to.add(_READER[0], ["organizationalRole", "simpleSecurityObject"], reader)

    def person(self, uid: str, staff_no: str, password: str) -> str:
        """The DN of somebody new; of the same name before she is forgotten."""
        dn = f"uid={uid},{BASE}"
        values = {"uid": uid, "cn": uid, "sn": uid, "userPassword": password}
        values |= {"employeeNumber": staff_no} if staff_no else {}
        self.forget(dn)
        with self._connected() as to:
            to.add(dn, ["inetOrgPerson"], values)
        return dn

    def group(self, name: str, *members: str) -> str:
        from ldap3.utils.dn import escape_rdn

        dn = f"cn={escape_rdn(name)},{BASE}"
        self.forget(dn)
        if members:
            with self._connected() as to:
                to.add(dn, ["groupOfNames"], {"cn": name, "member": list(members)})
        return dn

    def forget(self, dn: str) -> None:
        from ldap3.core.exceptions import LDAPNoSuchObjectResult

        with self._connected() as to:
            try:
                to.delete(dn)
            except LDAPNoSuchObjectResult:
                return


@contextmanager
def slapd(place: Path) -> Iterator[Slapd]:
    (place / "data").mkdir(parents=True)
    _certificates(place)
    config = _CONFIG.format(place=place, base=BASE, root=_ROOT, reader=_READER[0])
    (place / "slapd.conf").write_text(config)
    port, tls_port = free_port(), free_port()
    # By the second address it is reached as well, and has no certificate.
    urls = " ".join(f"ldap://{at}:{port} ldaps://{at}:{tls_port}" for at in ("127.0.0.1", "127.0.0.2"))
    with (place / "log").open("w") as log:
        process = subprocess.Popen([SLAPD, "-f", place / "slapd.conf", "-h", urls, "-d", "0"], stdout=log, stderr=log)
    try:
        _wait_for(port, process, f"slapd ({place / 'log'})")
        server = Slapd(place, port, tls_port, process)
        server.begin()
        yield server
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _wait_for(port: int, process: subprocess.Popen, name: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"{name} does not answer")


def _certificates(place: Path) -> None:
    """An authority of our own, and the server's certificate for 127.0.0.1 alone."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    days = x509.BasicConstraints(ca=True, path_length=None)
    ca = _certificate("authority", authority.public_key()).add_extension(days, True).add_extension(usage, True)
    server = _certificate("server", key.public_key()).add_extension(address, False)
    for name, made in (("ca", ca), ("server", server)):
        signed = made.sign(authority, hashes.SHA256())
        (place / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    (place / "server.key").write_bytes(key.private_bytes(*form))


def _certificate(name: str, key) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    of, by = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, who)]) for who in (name, "authority"))
    made = x509.CertificateBuilder().subject_name(of).issuer_name(by).public_key(key)
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))


# OpenID Connect -------------------------------------------------------------------------------------------------


@dataclass
class Provider:
    issuer: str

    def settings(self) -> dict:
        return {
            "OIDC_ISSUER": self.issuer,
            "OIDC_CLIENT_ID": "kutuk",
            "OIDC_CLIENT_SECRET": "saklanan-sir",
            "OIDC_STAFF_CLAIM": "employee_number",
            "OIDC_GROUPS_CLAIM": "groups",
        }

    def person(self, name: str, **claims) -> None:
        requests.put(f"{self.issuer}/users/{name}", json=claims, timeout=5).raise_for_status()

    def asked(self, address: str, name: str) -> str:
        """Log in there as this person; returns where the browser is sent back to."""
        answer = requests.post(address, data={"sub": name}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return re.sub(r"^https?://testserver", "", answer.headers["Location"])


@contextmanager
def provider() -> Iterator[Provider]:
    """In a process of its own: it is written for an older Authlib, and warns."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process, "the OpenID provider")
        yield Provider(f"http://localhost:{port}")
    finally:
        process.terminate()
        process.wait(10)

"""OpenID Connect (Authlib): who somebody is, as an identity provider says in a signed token.

Authlib checks state, nonce, PKCE, signature, issuer, audience and times; here it only learns what to expect.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import lru_cache

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from joserfc.errors import JoseError
from requests import RequestException

from inventory.accounts.directory.persons import DirectoryEntry, one

log = logging.getLogger(__name__)

SECONDS = 5
# Signed by the provider's own key. With the others whoever knows our secret, or nobody at all, would have signed.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
# The provider's addresses and keys are asked for again after so long.
_FRESH = 3600
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Unreachable(Exception):
    """The provider does not answer, or is not what OIDC_ISSUER says."""


class Untrusted(Exception):
    """What came back proves nothing: forged, too old, for somebody else, or refused by the provider."""


def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. Raises Unreachable."""
    back = request.build_absolute_uri(reverse("oidc-callback"))
    try:
        return _provider().authorize_redirect(request, back)
    except (RequestException, AuthlibBaseError, ValueError) as error:
        log.error("OpenID Connect: %s: %s", type(error).__name__, error)
        raise Unreachable from error


def entry_of(request: HttpRequest) -> DirectoryEntry:
    """Who has come back from the provider. Raises Unreachable and Untrusted."""
    try:
        claims = _claims(request)
    except RequestException as error:
        log.error("OpenID Connect: %s: %s", type(error).__name__, error)
        raise Unreachable from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
        log.warning("OpenID Connect: refused: %s: %s", type(error).__name__, error)
        raise Untrusted(str(error)) from error
    name = one(claims.get("preferred_username")) or one(claims.get("email")) or one(claims.get("sub"))
    return DirectoryEntry(name, one(claims.get(settings.OIDC_STAFF_CLAIM)), _groups(claims))


class _Provider(DjangoOAuth2App):
    def load_server_metadata(self) -> dict:
        known = super().load_server_metadata()
        if known.get("issuer", "").rstrip("/") != settings.OIDC_ISSUER or not all(known.get(name) for name in _NEEDED):
            del known["_loaded_at"]
            raise ValueError(f"what {settings.OIDC_ISSUER} says of itself is of {known.get('issuer')!r}, or not whole")
        offered = known.get("id_token_signing_alg_values_supported") or ["RS256"]
        known["id_token_signing_alg_values_supported"] = sorted(ALGORITHMS.intersection(offered))
        return known


def _provider() -> _Provider:
    given = (settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_CA_FILE)
    return _made(*given, int(time.time() / _FRESH))


@lru_cache(maxsize=1)
def _made(issuer: str, client_id: str, secret: str, ca_file: str, _hour: int) -> _Provider:
    return OAuth().register(
        "oidc",
        client_cls=_Provider,
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": " ".join(settings.OIDC_SCOPES),
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
            "verify": ca_file or True,
        },
    )


def _claims(request: HttpRequest) -> Mapping:
    """The token's claims, and what of ours only the provider's second answer (userinfo) has."""
    provider = _provider()
    issuer = provider.load_server_metadata()["issuer"]
    expected = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
    }
    token = provider.authorize_access_token(request, claims_options=expected)
    claims = token["userinfo"]
    wanted = {settings.OIDC_STAFF_CLAIM, settings.OIDC_GROUPS_CLAIM} - {""}
    if wanted <= set(claims) or "userinfo_endpoint" not in provider.server_metadata:
        return claims
    more = provider.userinfo(token=token)
    if more.get("sub") != claims["sub"]:
        raise ValueError("userinfo is of somebody else")
    return {**more, **claims}


def _groups(claims: Mapping) -> frozenset[str] | None:
    """None where groups are not asked for; a claim that is missing is no group, since it may have been taken away."""
    if not settings.OIDC_GROUPS_CLAIM:
        return None
    groups = claims.get(settings.OIDC_GROUPS_CLAIM)
    if groups is None:
        log.warning("OpenID Connect: no claim %r: taken for no group at all", settings.OIDC_GROUPS_CLAIM)
    texts = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return frozenset(text for text in texts if isinstance(text, str))

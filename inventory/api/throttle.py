"""How often a token, or without one an account, may ask; every answer says how often it still may."""

from __future__ import annotations

from django.conf import settings

from inventory.server import limits


def who(request) -> str:
    return f"token {request.auth.pk}" if request.auth else f"user {request.user.pk}"


def counted(request) -> tuple[dict[str, str], float]:
    """The headers of the answer, and the seconds to wait where it was once too often."""
    if not (limit := settings.RATE_LIMITS.get("api")):
        return {}, 0
    count, seconds = limits.counted("api", who(request))
    headers = {
        "X-RateLimit-Limit": str(limit[0]),
        "X-RateLimit-Remaining": str(max(0, limit[0] - count)),
        "X-RateLimit-Reset": str(int(seconds) + 1),
    }
    return headers, seconds if count > limit[0] else 0

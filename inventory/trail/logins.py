"""Who came in, went out, or was not let in."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from inventory.trail.keeping import record
from inventory.trail.models import Event


@receiver(user_logged_in)
def _came(request, user, **_):
    record(Event.Kind.LOGIN, request=request, user=user)


@receiver(user_logged_out)
def _left(request, user, **_):
    if user:
        record(Event.Kind.LOGOUT, request=request, user=user)


@receiver(user_login_failed)
def _was_refused(credentials, request=None, **_):
    # The name as it was typed: it may be nobody's.
    record(Event.Kind.LOGIN_FAILED, request=request, username=str(credentials.get("username", "")))

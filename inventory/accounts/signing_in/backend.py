"""Who may be logged in, asked at every request."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from inventory.organization.models import Asker, User


class StaffBackend(ModelBackend):
    """Name and password of an open account whose person is on duty; others lose their sessions at once."""

    def user_can_authenticate(self, user: Asker) -> bool:
        return isinstance(user, User) and user.is_open

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

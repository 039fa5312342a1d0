import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings

from inventory.past import opened


@pytest.fixture(scope="session", autouse=True)
def _emptied_whole():
    """Between tests the tables are emptied, which on SQLite is a DELETE: the past is then let go, too."""
    plainly = BaseDatabaseOperations.execute_sql_flush

    def flush(self, sql_list):
        with opened():
            plainly(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_web(tmp_path_factory):
    """Pages as production serves them, but for HTTPS and collected files, which a test has not; uploads go away."""
    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    uploads = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path_factory.mktemp("files")}}
    with override_settings(
        SECURE_SSL_REDIRECT=False,
        SESSION_COOKIE_SECURE=False,
        CSRF_COOKIE_SECURE=False,
        STORAGES={"default": uploads, "staticfiles": files},
        # Tests ask for more than a person does; tests/web/test_limits.py has them on.
        RATE_LIMITS={},
        # The cheapest hash first: accounts are made by the hundred.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS],
    ):
        yield

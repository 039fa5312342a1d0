import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings
from hypothesis import settings as hypothesis_settings

from inventory.past import opened
from tests import databases

# A loaded machine is slow, and nothing is wrong.
hypothesis_settings.register_profile("register", deadline=None)
hypothesis_settings.load_profile("register")


# The longest: begun last, one of them keeps a worker busy while the other has nothing left to take.
_LONG = ("tests/web/", "tests/test_sixth_register.py", "tests/inventory/sameness/test_processes.py")


def pytest_collection_modifyitems(items):
    """What the other database would answer differently must be asked there, too."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
    for item in items:
        if item.get_closest_marker("once") and (item.get_closest_marker("django_db") or "db" in item.fixturenames):
            raise pytest.UsageError(f"{item.nodeid}: is marked to run once, and needs a database")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The database under test is a copy of a migrated one (pytest-django would migrate for each worker)."""
    with django_db_blocker.unblock():
        name = connection.creation._get_test_db_name()
        databases.copy_of_migrated(name)
        plainly = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = name
        yield
        connection.creation.destroy_test_db(plainly, verbosity=0)


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

"""The only settings file; what differs between machines comes from the environment (docs/operating.md)."""

import gc
from pathlib import Path

import drf_spectacular_sidecar
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import apps, database, env, logs, private, version

# The start of a process, and a sheet, make a million small things that stay; Python would go through them all after
# every 700.
gc.set_threshold(10_000, 20, 20)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")
NODE_MODULES = BASE_DIR / "node_modules"
# Land and sea, cut out by scripts/setup (geo/land.py); without it maps have an empty ground.
MAP_LAND = BASE_DIR / "built" / "land.json"
VERSION = version.VERSION

private.close(VAR_DIR / "files", VAR_DIR / "limits.sqlite3")
DEBUG = env.boolean("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", VAR_DIR / "secret_key")
# Former ones, so that what they signed or sealed can still be read (docs/operating.md, "Second factor").
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Seals the secrets of second factors in place of SECRET_KEY, which then signs alone and can be changed by itself.
SEAL_KEY = env.text("SEAL_KEY", "")
SEAL_KEY_FALLBACKS = env.words("SEAL_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = apps.INSTALLED_APPS

MIDDLEWARE = [
    "inventory.server.requests.logged",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compressed.Compressed",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.headers.guarded",
    "inventory.server.language.chosen_language",
    "inventory.server.asked.without_nul",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Nobody is known whose account wants a code that this session has not seen.
    "inventory.accounts.signing_in.second_step.guarded",
    "inventory.accounts.signing_in.sessions.lasting",
    # Every page asks for a login unless it says otherwise, so a new page is closed by default.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "inventory.server.limits.RateLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.overlong.Overlong",
    "inventory.trail.watching.watched",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "config.form_renderer.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["config.trimmed.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "inventory.pages.context.site",
            ],
        },
    }
]

# Database -----------------------------------------------------------------------------------------------

DATABASES = database.all_from_environment(VAR_DIR)
DATABASE_ROUTERS = ["inventory.server.replica.Router"] if "replica" in DATABASES else []

# The API (inventory/api) ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "inventory.api.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "inventory.api.schema.Operation",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": _("Varlık kütüğü"),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SECURITY": [{"token": []}, {"session": []}],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
    },
}

# Webhooks (inventory/webhooks): hosts, addresses and networks inside the house to which messages may go (the only ones
# by http, too); after so many tries in a row that fail a rule is switched off; for so long messages are kept.
WEBHOOK_ALLOWED = env.words("WEBHOOK_ALLOWED")
WEBHOOK_CA_FILE = env.text("WEBHOOK_CA_FILE", "")
WEBHOOK_MAX_FAILURES = env.integer("WEBHOOK_MAX_FAILURES", 100)
WEBHOOK_KEEP_DAYS = env.integer("WEBHOOK_KEEP_DAYS", 30)
# Of one account: each rule costs every write in its register.
WEBHOOK_MAX_RULES = env.integer("WEBHOOK_MAX_RULES", 20)

# Background work ----------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# History is written by inventory.history, with who, why and from which sheet; the library's signals would write
# every deletion a second time, by nobody.
SIMPLE_HISTORY_ENABLED = False

# People -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organization.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "inventory.accounts.signing_in.backend.StaffBackend"]
# The first one writes; the second is read, and what it wrote is hashed anew when its holder next logs in.
PASSWORD_HASHERS = ["inventory.accounts.signing_in.hashing.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = env.integer("SESSION_HOURS", 10) * 3600
SESSION_IDLE_SECONDS = env.integer("SESSION_IDLE_MINUTES", 60) * 60
SESSION_SAVE_EVERY_REQUEST = False
AXES_FAILURE_LIMIT = env.integer("LOGIN_FAILURE_LIMIT", 5)
AXES_COOLOFF_TIME = env.integer("LOGIN_LOCKOUT_MINUTES", 15) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "inventory.server.limits.client_address"
# What it does not keep of a failed login.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
# Whether administrators' powers sleep until their account has a second factor.
ADMIN_SECOND_FACTOR = env.boolean("ADMIN_SECOND_FACTOR")

# Single sign-on (inventory/accounts/directory): none of it, nor of its packages, without OIDC_ISSUER or LDAP_URL.
OIDC_ISSUER = env.text("OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "")
OIDC_SCOPES = env.text("OIDC_SCOPES", "openid profile email").split()
OIDC_STAFF_CLAIM = env.text("OIDC_STAFF_CLAIM", "employee_number")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_CA_FILE = env.text("OIDC_CA_FILE", "")
# Several servers of one directory: the first that answers is asked.
LDAP_URL = env.words("LDAP_URL")
LDAP_START_TLS = env.boolean("LDAP_START_TLS", True)
LDAP_CA_FILE = env.text("LDAP_CA_FILE", "")
LDAP_BIND_DN = env.text("LDAP_BIND_DN", "")
LDAP_BIND_PASSWORD = env.text("LDAP_BIND_PASSWORD", "")
LDAP_USER_BASE = env.text("LDAP_USER_BASE", "")
LDAP_USER_FILTER = env.text("LDAP_USER_FILTER", "(&(objectCategory=person)(sAMAccountName={name}))")
LDAP_STAFF_ATTRIBUTE = env.text("LDAP_STAFF_ATTRIBUTE", "employeeID")
LDAP_GROUP_ATTRIBUTE = env.text("LDAP_GROUP_ATTRIBUTE", "memberOf")
LDAP_GROUP_BASE = env.text("LDAP_GROUP_BASE", "")
LDAP_GROUP_FILTER = env.text("LDAP_GROUP_FILTER", "(member={dn})")
# Whether an account is opened at the first login, and whether the provider's own second factor is enough.
SSO_OPENS_ACCOUNTS = env.boolean("SSO_OPENS_ACCOUNTS", True)
SSO_TRUSTED_SECOND_FACTOR = env.boolean("SSO_TRUSTED_SECOND_FACTOR")
if LDAP_URL:
    AUTHENTICATION_BACKENDS.append("inventory.accounts.directory.backend.LdapBackend")

# Watching the service (inventory/server): less free space than this is reported, and what Prometheus must send.
DISK_FREE_BYTES = env.integer("DISK_FREE_BYTES", 1_000_000_000)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# The log goes to the error output: for people, or one JSON object a line.
LOG_FORMAT = env.choice("LOG_FORMAT", ("text", "json"))
LOGGING = logs.to_error_output(LOG_FORMAT, env.text("LOG_LEVEL", "INFO"))

# The trail (inventory/trail): 0 keeps every entry, as long as nobody says how long the law wants.
TRAIL_KEEP_DAYS = env.integer("TRAIL_KEEP_DAYS", 0)

# What identifies people who left (inventory/accounts/personal); 0, until the retention plan says how long, keeps it.
PERSONAL_KEEP_DAYS = env.integer("PERSONAL_KEEP_DAYS", 0)

# Language and form --------------------------------------------------------------------------------------

# Turkish is the language of the source texts; English is its one translation (docs/architecture.md).
# It has no catalogue, so it stays Django's own default, to which every language falls back: were that English,
# nobody would see Turkish any more, and its labels would be unknown in sheets.
LANGUAGE_CODE = "tr"
# What commands speak, and pages until their reader chooses.
SITE_LANGUAGE = env.choice("LANGUAGE_CODE", ("tr", "en"))
LANGUAGES = [("tr", _("Türkçe")), ("en", _("İngilizce"))]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Istanbul"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]

# Files --------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    # The user guide's, which its Markdown names; documents show them from where they lie (inventory/help).
    ("guide", BASE_DIR / "docs" / "pictures" / "guide"),
    # Only the folders that the pages load from; beside them the packages ship other libraries.
    ("tabler/css", NODE_MODULES / "@tabler/core/dist/css"),
    ("tabler/js", NODE_MODULES / "@tabler/core/dist/js"),
    ("htmx", NODE_MODULES / "htmx.org/dist"),
    ("chart", NODE_MODULES / "chart.js" / "dist"),
    ("maplibre", NODE_MODULES / "maplibre-gl" / "dist"),
    ("pmtiles", NODE_MODULES / "pmtiles" / "dist"),
    ("swagger", Path(drf_spectacular_sidecar.__file__).parent / "static/drf_spectacular_sidecar/swagger-ui-dist"),
    ("terra-draw", NODE_MODULES / "terra-draw" / "dist"),
    ("terra-draw-maplibre", NODE_MODULES / "terra-draw-maplibre-gl-adapter" / "dist"),
    ("tom-select/css", NODE_MODULES / "tom-select/dist/css"),
    ("tom-select/js", NODE_MODULES / "tom-select/dist/js"),
    *([("map/built", MAP_LAND.parent)] if MAP_LAND.is_file() else []),
]
STORAGES = {
    # Uploads stay outside the web root and are only ever served by a view that asks who may read them.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "files",
            "file_permissions_mode": private.FILE,
            "directory_permissions_mode": private.FOLDER,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static.HashedStaticFiles"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# The map ------------------------------------------------------------------------------------------------

# A background under our own tiles: a MapLibre style, or a PMTiles archive. Without one no other host is asked.
MAP_STYLE_URL = env.text("MAP_STYLE_URL", "")
MAP_PMTILES = env.text("MAP_PMTILES", "")
# What a style's own tiles, letters and pictures come from, when it is not the style's host.
MAP_HOSTS = [*env.origins(MAP_STYLE_URL, MAP_PMTILES), *env.words("MAP_HOSTS")]
# A service that finds addresses, in Nominatim's form ("https://…/search?format=json&limit=1&q={query}"); none unless
# it is set, since addresses would leave the house.
GEOCODER_URL = env.text("GEOCODER_URL", "")
GEOCODER_TIMEOUT = env.integer("GEOCODER_TIMEOUT", 5)
# A deed's area and its boundary's may differ by so much before it is reported.
AREA_TOLERANCE_PERCENT = env.integer("AREA_TOLERANCE_PERCENT", 5)

# The web side -------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *MAP_HOSTS],
        "connect-src": [SELF, *MAP_HOSTS],
        # The map's worker is a file of ours, so no blob: is needed.
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env.boolean("BEHIND_PROXY")
# How often one user may search, take a file out or bring one in, and one address fail to log in: (times, seconds).
RATE_LIMITS = {
    "login": env.rate("RATE_LIMIT_LOGIN", "50/300"),
    # Wrong codes of one account, from wherever they come: who guesses at them knows its password.
    "code": env.rate("RATE_LIMIT_CODE", "20/21600"),
    # Wrong passwords of one entry of the directory from one address, however its name was spelled.
    "directory": (AXES_FAILURE_LIMIT, int(AXES_COOLOFF_TIME * 3600)),
    "search": env.rate("RATE_LIMIT_SEARCH", "300/60"),
    "export": env.rate("RATE_LIMIT_EXPORT", "60/600"),
    "upload": env.rate("RATE_LIMIT_UPLOAD", "60/600"),
    # Requests of one token to the API.
    "api": env.rate("RATE_LIMIT_API", "600/60"),
}
if not DEBUG:
    SECURE_SSL_REDIRECT = env.boolean("HTTPS", True)
    # Asked on the machine itself, behind the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT
    SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

# The limits of what may be uploaded (imports/reading) ---------------------------------------------------

IMPORT_MAX_BYTES = env.integer("IMPORT_MAX_BYTES", 50_000_000)
IMPORT_MAX_ROWS = env.integer("IMPORT_MAX_ROWS", 200_000)
IMPORT_MAX_COLUMNS = env.integer("IMPORT_MAX_COLUMNS", 300)
# What the process that reads a file may take: bytes of memory, seconds of work.
IMPORT_MAX_MEMORY = env.integer("IMPORT_MAX_MEMORY", 1_000_000_000)
IMPORT_MAX_SECONDS = env.integer("IMPORT_MAX_SECONDS", 120)
# Seconds without a sign of life after which a step of an import is taken up by another worker.
IMPORT_STALE_SECONDS = env.integer("IMPORT_STALE_SECONDS", 300)

# Documents (inventory/documents): limits of a file, a row, an upload and a zip (docs/operating.md); clamd as host:port
# or the path of its socket, none unless it is set.
DOCUMENT_MAX_BYTES = env.integer("DOCUMENT_MAX_BYTES", 25_000_000)
DOCUMENT_MAX_FILES = env.integer("DOCUMENT_MAX_FILES", 20)
DOCUMENT_MATCH_MAX_FILES = env.integer("DOCUMENT_MATCH_MAX_FILES", 200)
DOCUMENT_UPLOAD_MAX_BYTES = env.integer("DOCUMENT_UPLOAD_MAX_BYTES", 600_000_000)
# More than a form takes, which says how many are too many.
DATA_UPLOAD_MAX_NUMBER_FILES = 2 * max(DOCUMENT_MAX_FILES, DOCUMENT_MATCH_MAX_FILES)
DOCUMENT_ZIP_MAX_BYTES = env.integer("DOCUMENT_ZIP_MAX_BYTES", 500_000_000)
CLAMD = env.text("CLAMD", "")
# Papers (inventory/papers): LibreOffice, which makes PDF of them; without it they come as Word or Excel files.
SOFFICE = env.text("SOFFICE", "")

# What goes out (imports/exporting) ----------------------------------------------------------------------

EXPORT_AT_ONCE_ROWS = env.integer("EXPORT_AT_ONCE_ROWS", 20_000)
EXPORT_KEEP_DAYS = env.integer("EXPORT_KEEP_DAYS", 7)
EXPORT_MAIL_MAX_BYTES = env.integer("EXPORT_MAIL_MAX_BYTES", 15_000_000)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 60
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "varlik-kutugu@localhost")
# Where the addresses in e-mails and calendars lead.
SITE_URL = env.text("SITE_URL", f"https://{(ALLOWED_HOSTS or ['localhost'])[0]}").rstrip("/")

"""One file, from the environment only. Apps are named by string, so the ground stays the ground.

DATA_DIR      what is kept beside the code: database, key file, uploaded files (default var/)
DATABASE_URL  another PostgreSQL than the one in the box; OWNER_DATABASE_URL who migrates it
ALLOWED_HOSTS names the site answers to, comma separated; HTTPS=1 behind TLS; DEBUG=1 for developers
ORIGINALS_DAYS how long uploaded workbooks are kept (90); RESULTS_DAYS how long exports wait to be fetched (7)
NOTICES_DAYS  how long notices that are read and done with are kept (180)
EMAIL_URL     the mail server for notices, or EMAIL_HOST and its like: see mailbox.py; SITE_URL what links in mails begin with
IDLE_MINUTES after how long without a page one is signed out (30)
"""

import os
from pathlib import Path

import pghistory
from csp.constants import NONE, SELF

from povertyparty.database import configure
from povertyparty.mailbox import mailbox
from povertyparty.sealed import secrets

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
DEBUG = os.environ.get("DEBUG") == "1"
HTTPS = os.environ.get("HTTPS") == "1"

DATABASES = {"default": configure(os.environ, DATA_DIR)}
SECRET_FILE = Path(os.environ.get("SECRET_FILE") or DATA_DIR / "secret.env")
SECRET_KEY = secrets(SECRET_FILE, opens=[DATA_DIR / "postgres", DATA_DIR / "files"])["SECRET_KEY"]
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS]

INSTALLED_APPS = [
    "inspections",
    "villages.apps.VillagesConfig",
    "povertyparty",
    "villages.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "crispy_bootstrap5",
    "crispy_forms",
    "csp",
    "django_htmx",
    "pghistory",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "povertyparty.pages.accounts.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "villages.access.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "povertyparty.urls"
WSGI_APPLICATION = "povertyparty.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["povertyparty.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "villages.frame.frame",
            ],
        },
    }
]

AUTH_USER_MODEL = "povertyparty.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "home", "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Of idleness, not of work: see pages/accounts.py.
SESSION_COOKIE_AGE = 60 * int(os.environ.get("IDLE_MINUTES", 30))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
DATE_FORMAT, DATETIME_FORMAT = "Y-m-d", "Y-m-d H:i"
FORMAT_MODULE_PATH = []

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
# What is larger lies in the clear while it comes in: not in the machine's common folder, but where only we can look.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
UPLOAD_LIMIT = 80 * 2**20
# After so many days uploaded workbooks and what jobs made (exports, marked copies) leave the disk; evidence stays.
FILES_DAYS = {
    "original": int(os.environ.get("ORIGINALS_DAYS", 90)),
    "result": int(os.environ.get("RESULTS_DAYS", 7)),
}
# Never less than a day's run may catch up on (reminders.py): what it forgets, it would tell again.
NOTICES_DAYS = max(60, int(os.environ.get("NOTICES_DAYS", 180)))

# Who did it stands in each event itself: the log reads without a join, and COPY cannot lose it half way.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_constraint=False, related_name="events", null=True)

SCOPE_OF_JOB = "villages.access.scope_of_job"
POSTS = "villages.posts"

# Without a mail server nothing is queued, and nothing is missed: every notice stands in the inbox.
vars().update(mailbox(os.environ))
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "ways_out": {
            "class": "logging.handlers.WatchedFileHandler",
            "filename": DATA_DIR / "everywhere.log",
            "delay": True,
            "encoding": "utf-8",
            "formatter": "line",
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "povertyparty": {"level": os.environ.get("LOG_LEVEL", "WARNING")},
        # Every use of the one way out of the scope, with its reason.
        "povertyparty.scope": {"level": "INFO", "handlers": ["ways_out"], "propagate": False},
        "axes": {"level": "ERROR"},
    },
}

"""All settings, top to bottom; every environment variable has a default that runs."""

import secrets
import shlex
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import SELF
from django.utils.translation import gettext_lazy as _
from environs import env

from mhifund.catalogues import compiled
from mhifund.servers import Place

BASE_DIR = Path(__file__).resolve().parent.parent

# What the system keeps: embedded servers, received files, reports, static files, the secret key.
DATA_ROOT = Path(env.str("MHIFUND_DATA", "") or BASE_DIR / ".local").resolve()
PLACE = Place(DATA_ROOT)
PLACE.make()
FILES_ROOT = DATA_ROOT / "files"
REPORTS_ROOT = DATA_ROOT / "reports"
DOCUMENTS_ROOT = DATA_ROOT / "documents"

# Where others drop registers and statements for the night to receive; empty: nowhere.
INBOX = Path(inbox).resolve() if (inbox := env.str("MHIFUND_INBOX", "")) else None

# Larger files are refused, and no more of them is kept meanwhile.
LARGEST_FILE = env.int("MHIFUND_LARGEST_FILE_MB", 2048) << 20
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "mhifund.uploads.BoundedUploadHandler",
]

# Of a refund; the command is given a document's path as its last argument; empty: no scan.
LARGEST_DOCUMENT = env.int("MHIFUND_LARGEST_DOCUMENT_MB", 20) << 20
ANTIVIRUS = shlex.split(env.str("MHIFUND_ANTIVIRUS", ""))


def kept_secret(path: Path) -> str:
    """Made once; two processes that start together end up with the same one."""
    if not path.exists():
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret(DATA_ROOT / "secret_key")
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "mhifund",
    "refunds",
    "payments",
    "registry",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "axes",
    "csp",
    "django_filters",
    "import_export",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mhifund.urls"
WSGI_APPLICATION = "mhifund.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database: the embedded one on its unix socket, unless DATABASE_URL names another.
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", f"postgresql://mhifund@{PLACE.url_host}/mhifund")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "mhifund.views.sign_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # ours are read-only

# The browser: nothing from another host, nothing inline; HTTPS=true behind a TLS proxy.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # the style sheets carry small pictures as data: addresses
        "img-src": [SELF, "data:"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "object-src": ["'none'"],
    }
}
HTTPS = env.bool("HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 30 * 24 * 3600 if HTTPS else 0)
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "SAMEORIGIN"

# Language and time
LANGUAGE_CODE = "ru"
LANGUAGES = [("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English"))]
# our own words, and the words of Django that it does not have in Kazakh
CATALOGUES = compiled(BASE_DIR / "mhifund" / "locale", DATA_ROOT / "locale")
LOCALE_PATHS = [CATALOGUES, CATALOGUES / "django"]
FORMAT_MODULE_PATH = "mhifund.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Almaty"

# Static files, collected once by `manage.py serve` and served with a hash in their names
STATIC_URL = "/static/"
STATIC_ROOT = DATA_ROOT / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {
        "BACKEND": env.str(
            "STATIC_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# Background work
LONGEST_TASK = 2 * 3600
CELERY_BROKER_URL = env.str("REDIS_URL", "") or f"redis+socket://{PLACE.broker}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # longer than the longest task, or it would be started a second time beside the first
    "visibility_timeout": LONGEST_TASK + 600,
    # with the defaults the tasks of a killed worker stay away for minutes
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = LONGEST_TASK
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_ROOT / "timetable")
CELERY_BEAT_SCHEDULE = {
    "night": {"task": "mhifund.tasks.night", "schedule": crontab(hour=1, minute=0)},
}

# Quiet on stderr unless something is wrong
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {"django": {"handlers": [], "level": env.str("LOG_LEVEL", "WARNING")}},
}

"""Settings from the environment or a `.env` file; README lists the variables.

Private by default: a view is public only where it is marked (LoginRequiredMiddleware), and
DEBUG is off unless it is set.
"""

import datetime as dt
import sys
import zoneinfo
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels
from django.utils.translation import gettext_lazy

from config.database import SQLITE_WAITS, kind_of_process, use_postgresql
from config.startup import moment, refuse_unsafe_start

# PyPI's zone data instead of the system's: stock Debian does not know that Morocco moved to
# UTC+0 in September 2026. No ZoneInfo may be created before this line.
zoneinfo.reset_tzpath(())
zoneinfo.ZoneInfo.clear_cache()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# -- applications -------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before "bookings", whose admin replaces its pages: they would run any function.
    "django_q",
    "dashboard",
    "bookings",
    "scheduling",
    "doctors",
    "accounts",
    "web",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_tailwind",
    "csp",
    "django_htmx",
    "phonenumber_field",
    "config.admin.TbibAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "web.middleware.CompressionMiddleware",
    "web.logs.RequestIdMiddleware",
    "web.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.middleware.SearchEnginesMiddleware",
    "web.middleware.ProbesMiddleware",
    "web.middleware.MaintenanceMiddleware",
    "web.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "web.middleware.HtmxRedirectMiddleware",
    "web.middleware.LoginRequiredMiddleware",
    "web.middleware.PersonalPagesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "web.middleware.ErrorPagesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["tailwind"]
CRISPY_TEMPLATE_PACK = "tailwind"
CRISPY_FAIL_SILENTLY = not DEBUG

MESSAGE_TAGS = {message_levels.ERROR: "danger"}

# -- data ---------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
database = DATABASES["default"]
database["CONN_MAX_AGE"] = None
database["CONN_HEALTH_CHECKS"] = True
if "sqlite" in database["ENGINE"]:
    database["OPTIONS"] = {
        # A writer takes the write lock when its transaction begins and not at its first write. On
        # SQLite this replaces the `select_for_update` of PostgreSQL.
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_WAITS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA foreign_keys=ON;",
    }
    # A file, because threads do not share the locks of an in-memory database. Its name follows the
    # other file's, so that two runs with different DATABASE_URLs do not use the same one.
    file = Path(database["NAME"])
    database["TEST"] = {"NAME": str(file.with_name(f"test_{file.name}"))}
else:
    kind = kind_of_process(sys.argv, env.str("PROCESS_KIND", default=""))
    use_postgresql(database, kind)
# Django's backends, which also know what a request has committed (web.database).
database["ENGINE"] = database["ENGINE"].replace("django.db.backends", "web.database")

CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
# Answers that are kept (web.kept) are many: they must not push out the counts of sign-ins.
CACHES["kept"] = CACHES["default"] | {"KEY_PREFIX": "kept"}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    # People must be able to sign in while Redis is down, and guessing stays limited (web.cache).
    CACHES["default"]["BACKEND"] = "web.cache.CountingRedisCache"
    CACHES["kept"]["BACKEND"] = "web.cache.ForgivingRedisCache"
if CACHES["kept"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache":
    CACHES["kept"] |= {"LOCATION": "kept", "OPTIONS": {"MAX_ENTRIES": 2000}}

AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- language and time --------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# Instants are UTC. People read the practice's wall clock; only Python converts to it.
TIME_ZONE = "UTC"
PHONENUMBER_DEFAULT_REGION = env.str("DEFAULT_COUNTRY", default="FR")
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# -- sign-in ------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
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
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home_of_account"
LOGOUT_REDIRECT_URL = "home"

RATE_LIMITS = env.bool("RATE_LIMITS", default=True)

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.PatientSignUpForm",
    "reset_password": "accounts.forms.PasswordResetForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.PasswordChangeForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_UNIQUE_EMAIL = True
# One address per account: a new one replaces it when its link is opened.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
# A person who opened the link and chose a password need not type it again.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# "key" is the user name or e-mail together with the address (accounts.adapter): wrong passwords
# lock one name at one address. The limits by address alone have room for a whole clinic behind
# one router.
SIGN_IN_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "signup": "30/m/ip",
    "reset_password": "20/m/ip,5/h/key",
}
ACCOUNT_RATE_LIMITS = SIGN_IN_LIMITS if RATE_LIMITS else False
# Pages by a secret address: {action: (how many from one address, in how many seconds)}. A clinic's
# patients may share one address; wrong secrets come from somebody who guesses.
LIMITS = {
    "open_link": (120, 60),
    "open_wrong_link": (20, 300),
    # Mails to oneself, by account.
    "try_message": (10, 3600),
}

# -- the product's rules ------------------------------------------------------------------

# The hours of a doctor who never saved any, on these days (Monday = 0).
FALLBACK_HOURS = (dt.time(9), dt.time(17))
FALLBACK_WEEKDAYS = tuple(range(7))
NO_SHOWS_THAT_BLOCK = 3
NO_SHOWS_FORGOTTEN_AFTER = dt.timedelta(days=365)
EMERGENCY_WINDOW = dt.timedelta(hours=24)
# How long a freed time is held for a patient of the waiting list, by the time left until it: (at
# least so far ahead, held so long). Later than the last line, the time is the public's. The clock
# stops in the practice's quiet hours.
WAITING_LIST_HOLDS = (
    (dt.timedelta(hours=72), dt.timedelta(hours=4)),
    (dt.timedelta(hours=24), dt.timedelta(hours=1)),
    (dt.timedelta(hours=4), dt.timedelta(minutes=20)),
    (dt.timedelta(minutes=90), dt.timedelta(minutes=10)),
)
# A time that begins sooner is offered by SMS only: an e-mail is read too late.
WAITING_LIST_BY_SMS_WITHIN = dt.timedelta(hours=4)
# How many patients are offered one freed time, one after the other, before the public has it; and
# the pause before a patient who did not answer gets another offer.
WAITING_LIST_OFFERS = 3
WAITING_LIST_PAUSE = dt.timedelta(hours=6)
# Emergency numbers by the practice's country; 112 elsewhere.
EMERGENCY_PHONES = {
    "FR": ["15", "112"],
    "BE": ["112"],
    "MA": ["141", "15"],
    "DZ": ["14", "1021"],
    "TN": ["190"],
    "CH": ["144", "112"],
    "CA": ["911"],
    "US": ["911"],
    "AU": ["000"],
}

# -- the site for programs and search engines -----------------------------------------------

# Programs get problem+json where people get a page. The second and third paths are the API's
# old addresses (bookings.api.old_addresses).
PROGRAM_PATHS = ("/api/", "/available_slots", "/book_appointment")
# {name of the address: the parameters that make another page of it}. With any other parameter
# (a step, a window of the grid, a filter) search engines may follow the page, but not keep it.
SEARCH_ENGINE_PAGES = {
    "home": (),
    "doctor_list": ("q", "where", "page"),
    "doctor_page": (),
    "account_signup": (),
    "doctor_sign_up": (),
    "developers": (),
}

# -- static files and mail ----------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Photos. Their own route checks who may see them: no folder is served.
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))

# Not on a server's console: mails contain links that open accounts.
MAIL_SERVER = env.email("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25")
if MAIL_SERVER["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend":
    MAIL_SERVER["EMAIL_BACKEND"] = "web.mails.ConsoleBackend"
vars().update(MAIL_SERVER)
# A provider that django-anymail knows ("brevo", "postmark", …) in place of an SMTP server. Its
# keys are the variables that begin with ANYMAIL_, like ANYMAIL_BREVO_API_KEY.
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="")
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): value
    for name, value in env.ENVIRON.items()
    if name.startswith("ANYMAIL_")
}
# An Apprise address of a provider, like twilio://…; with DEBUG, SMS go to the console without one.
SMS_URL = env.str("SMS_URL", default="")
SENDS_SMS = DEBUG or bool(SMS_URL)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Tbib <ne-pas-repondre@localhost>")
# Seconds; a worker that died leaves its message to another after five minutes.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', '8000')}").rstrip("/")

# On the legal pages. Empty: the page says that the operator has not given it.
OPERATOR = {
    "name": env.str("OPERATOR_NAME", default=""),
    "address": env.str("OPERATOR_ADDRESS", default=""),
    "contact": env.str("OPERATOR_CONTACT", default=""),
    "host": env.str("OPERATOR_HOST", default=""),
}

# -- the worker ---------------------------------------------------------------------------

# `manage.py worker` runs the jobs of bookings.messages.schedules. A job that takes longer than
# `timeout` seconds is ended; one whose worker died begins again after `retry` seconds.
Q_CLUSTER = {
    "name": "tbib",
    "label": gettext_lazy("Jobs"),
    "orm": "default",
    "workers": 1,
    "poll": 1.0,
    "timeout": 240,
    "retry": 300,
    "max_attempts": 3,
    # A job that fell due several times while no worker ran is run once.
    "catch_up": False,
    "save_limit": 50,
    "log_level": "WARNING",
}

# -- when the site cannot answer ----------------------------------------------------------

MAINTENANCE = env.bool("MAINTENANCE", default=False)
MAINTENANCE_UNTIL = moment(env.str("MAINTENANCE_UNTIL", default=""))
# Shown beside the emergency numbers; empty for none.
CONTACT_PHONE = env.str("CONTACT_PHONE", default="")

# -- safety -------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
# Load balancers ask for our health without TLS.
SECURE_REDIRECT_EXEMPT = [r"^(health/|live|ready|metrics)$"]
SESSION_COOKIE_SECURE = env.bool("SESSION_COOKIE_SECURE", default=not DEBUG)
CSRF_COOKIE_SECURE = env.bool("CSRF_COOKIE_SECURE", default=not DEBUG)
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SSL_REDIRECT
SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "web.error_pages.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# It does not limit files; the next settings do. The body is read before the sender is known.
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = [
    "web.photos.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# -- what operators see -------------------------------------------------------------------

# Prometheus sends it as "Authorization: Bearer …"; empty: there is no /metrics.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# People read a developer's console; on a server, programs read lines of JSON that name nobody.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "web.logs.JsonFormatter"}},
    "filters": {"said_elsewhere": {"()": "web.logs.IsSaidElsewhere"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["said_elsewhere"],
            **({} if DEBUG else {"formatter": "json"}),
        }
    },
    "loggers": {"tbib": {"handlers": ["console"], "level": "INFO", "propagate": DEBUG}},
}
if not DEBUG:
    # Django's own handlers are silent then: an error would leave no trace.
    LOGGING["root"] = {"handlers": ["console"], "level": "WARNING"}
    LOGGING["loggers"] |= {
        "django": {"handlers": [], "level": "WARNING"},
        # Pages that are not there are no news; what we refuse on purpose is said by web.logs.
        "django.request": {"level": "ERROR"},
    }

refuse_unsafe_start(debug=DEBUG, secret_key=SECRET_KEY, allowed_hosts=ALLOWED_HOSTS)

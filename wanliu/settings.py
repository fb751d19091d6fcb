"""Every setting of the workbench, read here and nowhere else, from the environment.

| variable | meaning | default |
| --- | --- | --- |
| ``WANLIU_HOME`` | the folder with database, keys, book and runs | ``./wanliu-home`` |
| ``DATABASE_URL`` | ``postgres://…``; without it SQLite in ``WANLIU_HOME`` | |
| ``WANLIU_HOSTS`` | names under which the workbench is asked for, with commas | ``localhost,127.0.0.1`` |
| ``WANLIU_HTTPS`` | ``1``: cookies and addresses for HTTPS alone | ``0`` |
| ``WANLIU_TODAY`` | a fixed day, for demonstrations | the clock's |
| ``WANLIU_OPENS`` | the hour at which a fixed day begins, as ``09:30`` | the clock's |
| ``WANLIU_DEMO`` | ``1``: the sign-in page offers the demonstration's people | ``0`` |
| ``WANLIU_NIGHTLY_AT`` | the hour of the nightly run, Shanghai time | ``2`` |
| ``WANLIU_RULES`` | the rule set of the nightly run | ``standard`` |
| ``WANLIU_LOG`` | ``json``: a JSON object a line, every request among them; ``text``: for people | ``text`` |
| ``WANLIU_MONITOR_TOKEN`` | who sends it (``Bearer``) reads ``/metrics`` and all of ``/health`` | |
| ``WANLIU_MEASURES`` | where the server's processes count together; ``wanliu serve`` sets it | |
| ``WANLIU_MFA`` | roles that must sign in with a second factor, with commas | ``compliance,administrator`` |
"""

from __future__ import annotations

import os
from datetime import date, time
from pathlib import Path
from typing import Any

import dj_database_url

from wanliu.errors import UsageError
from wanliu.keys import keys_in
from wanliu.text import Text


def _is_on(name: str) -> bool:
    return os.environ.get(name, "0").lower() in ("1", "true", "yes")


def _listed(name: str, default: str) -> list[str]:
    return [one.strip() for one in os.environ.get(name, default).split(",") if one.strip()]


def _hour(name: str, default: str) -> int:
    given = os.environ.get(name, default)
    if given not in HOURS:
        raise UsageError(_NO_HOUR.format(name=name, given=given))
    return int(given)


def _token(name: str) -> str:
    given = os.environ.get(name, "")
    if given and len(given) < TOKEN_AT_LEAST:
        raise UsageError(_SHORT_TOKEN.format(least=TOKEN_AT_LEAST))
    return given


def _log(name: str) -> str:
    given = os.environ.get(name, "text")
    if given not in ("text", "json"):
        raise UsageError(_NO_LOG.format(given=given))
    return given


HOURS = tuple(str(hour) for hour in range(24))
TOKEN_AT_LEAST = 20
_SHORT_TOKEN = Text(
    zh="WANLIU_MONITOR_TOKEN 至少 {least} 个字符。请用 openssl rand -hex 20 生成一个。",
    en="WANLIU_MONITOR_TOKEN has at least {least} characters. Make one with openssl rand -hex 20.",
)
_NO_LOG = Text(
    zh="WANLIU_LOG 应是 text 或 json，现在是「{given}」。请改正后再试。",
    en="WANLIU_LOG is text or json, and is “{given}”. Mend it and try again.",
)
_NO_HOUR = Text(
    zh="{name} 应是 0 到 23 的整点，现在是「{given}」。请改正后再试。",
    en="{name} is an hour from 0 to 23, and is “{given}”. Mend it and try again.",
)

WANLIU_HOME = Path(os.environ.get("WANLIU_HOME", "wanliu-home")).absolute()
WANLIU_TODAY = date.fromisoformat(os.environ["WANLIU_TODAY"]) if os.environ.get("WANLIU_TODAY") else None
WANLIU_OPENS = time.fromisoformat(os.environ["WANLIU_OPENS"]) if os.environ.get("WANLIU_OPENS") else None
WANLIU_DEMO = _is_on("WANLIU_DEMO")
WANLIU_RULES = os.environ.get("WANLIU_RULES", "standard")
WANLIU_NIGHTLY_AT = _hour("WANLIU_NIGHTLY_AT", "2")
WANLIU_MFA = _listed("WANLIU_MFA", "compliance,administrator")
WANLIU_LOG = _log("WANLIU_LOG")
WANLIU_MONITOR_TOKEN = _token("WANLIU_MONITOR_TOKEN")
WANLIU_MEASURES = os.environ.get("WANLIU_MEASURES", "")
WANLIU_KEYS = keys_in(WANLIU_HOME)

SECRET_KEY = WANLIU_KEYS.django
DEBUG = False
ALLOWED_HOSTS = _listed("WANLIU_HOSTS", "localhost,127.0.0.1")

_ROOMS = sorted(folder.parent.name for folder in Path(__file__).parent.glob("*/apps.py"))

INSTALLED_APPS = [
    *(f"wanliu.{room}" for room in _ROOMS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

# --- database -------------------------------------------------------------------------------------

_SQLITE = {
    "transaction_mode": "IMMEDIATE",  # a writer waits its turn at the start, not in the middle
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
}

_POSTGRES = {
    "connect_timeout": 5,  # seconds; people are told, instead of waiting for a machine that is gone
    "keepalives_idle": 10,  # seconds of silence before the other side is asked whether it is there
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds after which what was sent and not received is lost
}

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(
        default=f"sqlite:///{WANLIU_HOME / 'wanliu.sqlite3'}", conn_max_age=600, conn_health_checks=True
    )
}
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if IS_SQLITE:
    DATABASES["default"]["OPTIONS"] = _SQLITE
else:
    # What the address says itself counts first.
    DATABASES["default"]["OPTIONS"] = {**_POSTGRES, **DATABASES["default"].get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people who sign in ---------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up: there is no such address
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_on("WANLIU_HTTPS")
SECURE_SSL_REDIRECT = _is_on("WANLIU_HTTPS")

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- pages ----------------------------------------------------------------------------------------

ROOT_URLCONF = "wanliu.workbench.urls"
MIDDLEWARE = [
    "wanliu.workbench.machines.Machines",
    "wanliu.workbench.seen.Seen",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wanliu.workbench.language.Speaking",
    "wanliu.workbench.readable.Readable",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "workbench"],  # a page's templates lie beside its view
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wanliu.workbench.context.around",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CSRF_FAILURE_VIEW = "wanliu.workbench.faults.no_token"
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # straight from the package: nothing to collect, nothing that can be stale
WHITENOISE_MAX_AGE = 24 * 60 * 60  # their addresses carry the version
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- what browsers are told -----------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # Tabler's arrows and ticks stand in its stylesheet
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- what is logged: never a body, a query or a parameter -------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "wanliu.workbench.lines.Lines"},
        "json": {"()": "wanliu.workbench.lines.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": WANLIU_LOG}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "wanliu.request": {"level": "INFO" if WANLIU_LOG == "json" else "WARNING"},
        "wanliu": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "huey": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

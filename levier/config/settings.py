"""Every setting of Levier, in one file: each environment variable has a working default and a comment.

``levier doctor`` checks what these settings point to. ``docs/configuration.md`` lists the variables.
"""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from csp.constants import NONCE, NONE, SELF

from levier.core.home import levier_home, served_address
from levier.core.postgres.places import ServerPlaces


class SettingsError(SystemExit):
    """A setting that would make a production unsafe: the start stops with this sentence."""


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "oui", "on"}:
        return True
    if value in {"0", "false", "no", "non", "off"}:
        return False
    raise SettingsError(f"{name} vaut « {value} » : écrivez 1 (oui) ou 0 (non).")


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError:
        raise SettingsError(f"{name} vaut « {value} » : un nombre entier est attendu.") from None


def _list(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name, "").strip()
    return [item.strip() for item in value.split(",") if item.strip()] if value else default


def _secret(name: str) -> str:
    """A secret from the environment, or from the file named by NAME_FILE (container secrets)."""
    named_file = os.environ.get(f"{name}_FILE", "").strip()
    return Path(named_file).read_text().strip() if named_file else os.environ.get(name, "").strip()


# ---- Where we are ------------------------------------------------------------------------------

# All state (database, index, mails, uploads) lives under this folder. Default: var/ in the clone.
LEVIER_HOME = levier_home()

# "production" refuses every unsafe default below; "development" (the default) works out of the box.
ENVIRONMENT = os.environ.get("LEVIER_ENV", "development").strip() or "development"
if ENVIRONMENT not in {"development", "production"}:
    raise SettingsError(f"LEVIER_ENV vaut « {ENVIRONMENT} » : écrivez development ou production.")
IS_PRODUCTION = ENVIRONMENT == "production"

# Detailed error pages; never in production. Default: off, so that the demonstration looks like the real thing.
DEBUG = _flag("LEVIER_DEBUG", False)
if IS_PRODUCTION and DEBUG:
    raise SettingsError(
        "LEVIER_DEBUG est actif en production : les pages d’erreur montreraient des données. Retirez-le."
    )

# ---- Secrets and hosts ---------------------------------------------------------------------------


def _development_secret_key() -> str:
    """A random key kept under LEVIER_HOME, so that sessions survive a restart; two first starts at once have the same one."""
    path = LEVIER_HOME / "secret-key"
    if not path.exists():
        LEVIER_HOME.mkdir(parents=True, exist_ok=True)
        written = LEVIER_HOME / f"secret-key-{secrets.token_hex(4)}"
        written.touch(0o600)
        written.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(written)
        written.unlink()
    return path.read_text().strip()


# Signs sessions and links. Required in production (LEVIER_SECRET_KEY or LEVIER_SECRET_KEY_FILE).
SECRET_KEY = _secret("LEVIER_SECRET_KEY")
if not SECRET_KEY:
    if IS_PRODUCTION:
        raise SettingsError(
            "LEVIER_SECRET_KEY manque : en production, donnez une longue valeur aléatoire "
            "(python3 -c 'import secrets; print(secrets.token_urlsafe(50))')."
        )
    SECRET_KEY = _development_secret_key()

# Host names the site answers to, separated by commas. Required in production.
ALLOWED_HOSTS = _list(
    "LEVIER_HOSTS", [] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
if IS_PRODUCTION and not ALLOWED_HOSTS:
    raise SettingsError("LEVIER_HOSTS manque : donnez les noms du site, par exemple levier.exemple.fr.")

# Public address of the site, used in mails and documents.
SITE_URL = os.environ.get("LEVIER_SITE_URL", "").strip() or (
    f"https://{ALLOWED_HOSTS[0]}" if IS_PRODUCTION else served_address()
)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

# The private key (Ed25519, PEM) that signs attestations; without it, one is made under LEVIER_HOME at the first attestation.
ATTESTATION_KEY = _secret("LEVIER_ATTESTATION_KEY")
# The lists of publics of the territory, one YAML file each, beside the shipped ones (docs/guide/eligibilite-et-decompte.md).
ELIGIBILITY_SETS = Path(os.environ.get("LEVIER_ELIGIBILITY_SETS", "").strip() or LEVIER_HOME / "eligibility")

# ---- Sources ------------------------------------------------------------------------------------------

# Token of the API of the Marché de l'inclusion, for `levier sync siae` (or LEVIER_MARKETPLACE_TOKEN_FILE).
MARKETPLACE_TOKEN = _secret("LEVIER_MARKETPLACE_TOKEN")

# ---- Database --------------------------------------------------------------------------------------

TIME_ZONE = "Europe/Paris"

# DATABASE_URL: the application's role (no superuser, owns nothing). Without it the embedded server is used.
# DATABASE_OWNER_URL: the role that owns the tables and migrates. Default: DATABASE_URL.
# LEVIER_DATABASE_ROLE: set to "owner" by `levier migrate` for its own process; never by hand.
DATABASE_URL = _secret("DATABASE_URL")
DATABASE_ROLE = os.environ.get("LEVIER_DATABASE_ROLE", "app")
USES_EMBEDDED_DATABASE = not DATABASE_URL


def _database(url: str) -> dict[str, object]:
    common: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # The current day of a query is the one of France: midnight in UTC comes one or two hours later.
        "TIME_ZONE": TIME_ZONE,
    }
    if not url:
        places = ServerPlaces.of(LEVIER_HOME)
        return common | {"NAME": "levier", "USER": f"levier_{DATABASE_ROLE}", "HOST": str(places.socket)}
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingsError(
            "DATABASE_URL doit commencer par postgresql:// : Levier demande PostgreSQL 15 ou plus récent."
        )
    options = dict(parse_qsl(parts.query))
    return common | {
        "NAME": unquote(parts.path.lstrip("/")) or "levier",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or (parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


DATABASES = {
    "default": _database((_secret("DATABASE_OWNER_URL") if DATABASE_ROLE == "owner" else "") or DATABASE_URL)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Applications ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "levier.core.static_apps.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "bootstrap",
    "leaflet",
    "csp",
    "procrastinate.contrib.django",
    "levier.core",
    "levier.reference",
    "levier.organisations",
    "levier.accounts",
    "levier.directory",
    "levier.facilitators",
    "levier.purchasing",
    "levier.clauses",
    "levier.execution",
    "levier.community",
    "levier.dossier",
    "levier.portal",
    "levier.api",
    # After our rooms: the first template of a name wins, and the sign-in pages are ours.
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the pace: what it answers by itself has their headers too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "levier.core.middleware.AnonymousPaceMiddleware",
    "levier.core.middleware.ClosedByDefaultMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "levier.core.french_spaces.FrenchSpacesMiddleware",
]

ROOT_URLCONF = "levier.config.urls"
WSGI_APPLICATION = "levier.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "levier.core.context.site",
            ],
            "builtins": ["levier.core.templatetags.french", "levier.core.templatetags.addresses"],
        },
    }
]

# Name and address of whoever puts this installation online, shown in the legal notice (required by law in
# France). Lines are separated by « | ».
PUBLISHER_NOTICE = os.environ.get("LEVIER_PUBLISHER", "").strip().replace("|", "\n")

# ---- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
USE_I18N = True
USE_TZ = True  # TIME_ZONE stands with the database, whose days are those of France too

# ---- Static files: every asset comes from a Python package or from us, served hashed by WhiteNoise ---

STATIC_URL = "/static/"
STATIC_ROOT = LEVIER_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "levier.core.assets.HashedStaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Address pattern of map tiles ("https://…/{z}/{x}/{y}.png"). Empty: our own département outlines only.
MAP_TILES_URL = os.environ.get("LEVIER_MAP_TILES_URL", "").strip()

# ---- Security --------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "levier.portal.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
# LEVIER_BEHIND_TLS: the proxy speaks HTTPS and sets X-Forwarded-Proto. Default: on in production.
if _flag("LEVIER_BEHIND_TLS", IS_PRODUCTION):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 30 * 24 * 3600

# No inline script or style, no eval, nothing from another site; the nonce serves our own JSON blocks only.
_tile_hosts = [f"https://{urlparse(MAP_TILES_URL).netloc.replace('{s}', '*')}"] if MAP_TILES_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *_tile_hosts],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A network's list proposes thousands of sheets to tick (levier/directory/networks/matching.py).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Command that scans a file received, on its standard input (0: clean, 1: infected): "clamdscan --no-summary -". Empty: none.
ANTIVIRUS_COMMAND = os.environ.get("LEVIER_ANTIVIRUS", "").strip()
# Program that reads the letters of photographs, so that a payslip is refused. Empty: `tesseract` on the PATH; « none »: none.
OCR_COMMAND = os.environ.get("LEVIER_OCR", "").strip()

# Anonymous calls allowed per address and per minute on the costly pages and the API. 0: no limit.
ANONYMOUS_CALLS_PER_MINUTE = _number("LEVIER_ANONYMOUS_CALLS_PER_MINUTE", 120)
# Number of trusted proxies in front of the site: how many X-Forwarded-For entries are believed.
TRUSTED_PROXIES = _number("LEVIER_TRUSTED_PROXIES", 1 if IS_PRODUCTION else 0)

# ---- Accounts --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "levier.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Attempts to sign in are counted here, per process. The default of 300 entries could be pushed out on purpose.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
ACCOUNT_FORMS = {
    "login": "levier.accounts.forms.LoginForm",
    "request_login_code": "levier.accounts.forms.RequestLoginCodeForm",
    "signup": "levier.accounts.forms.SignupForm",
    "reset_password": "levier.accounts.forms.ResetPasswordForm",
    "add_email": "levier.accounts.forms.AddEmailForm",
}

# ---- Mail ------------------------------------------------------------------------------------------

# smtp://user:password@host:port or smtps://…; without it, mails go to the console and to LEVIER_HOME/mail.
MAIL_URL = _secret("LEVIER_MAIL_URL")
if IS_PRODUCTION and not MAIL_URL:
    raise SettingsError(
        "LEVIER_MAIL_URL manque : sans serveur de courriel, les codes de connexion s’écriraient en clair sur le disque. "
        "Donnez smtp://… ou smtps://…."
    )
DEFAULT_FROM_EMAIL = os.environ.get("LEVIER_MAIL_FROM", "Levier <ne-pas-repondre@localhost>")
if MAIL_URL:
    _mail = urlparse(MAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = (
        _mail.hostname or "localhost",
        _mail.port or (465 if _mail.scheme == "smtps" else 25),
    )
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = bool(_mail.username) and not EMAIL_USE_SSL
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "levier.core.mail.backend.ConsoleAndFolderBackend"
MAIL_FOLDER = LEVIER_HOME / "mail"
# Domain whose mail for « heures+… » is handed to `levier mail receive`; empty: contracts have no address.
RECEIVING_DOMAIN = os.environ.get("LEVIER_RECEIVING_DOMAIN", "").strip().lower()

# ---- Search ----------------------------------------------------------------------------------------

SEARCH_FOLDER = LEVIER_HOME / "search"

# The reference tables as imports read them (levier/directory/sources/lookups.py): made when missing.
LOOKUPS_FOLDER = LEVIER_HOME / "lookups"

# ---- Logs: never a request body, never a name ------------------------------------------------------

LOG_LEVEL = os.environ.get("LEVIER_LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "levier": {"level": LOG_LEVEL},
        # Its default handler would mail the request body to administrators.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []

"""Every setting, from the environment. What the programme pays is rows, not settings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from config import browser_safety, env, logs
from config.api import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 They are settings.
from config.content_policy import CONTENT_SECURITY_POLICY  # noqa: F401 It is a setting.
from config.embedded import SUPERUSER

django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("APPORT_DATA_DIR", str(BASE_DIR / ".data")))
# Only bin/run, bin/test and bin/manage set this, and only when they start the database themselves.
EMBEDDED = env.flag("APPORT_EMBEDDED")
DEBUG = False

# --- secrets ---------------------------------------------------------------
SECRET_KEY = env.required("SECRET_KEY", "signs sessions and links")
# What earlier keys signed is believed until they are taken out; nothing more is signed with them.
SECRET_KEY_FALLBACKS = list(env.items(env.text("SECRET_KEY_FALLBACKS")))
FIELD_KEYS = env.items(
    env.required("FIELD_KEYS", "comma list of Fernet keys for bank and personal data, newest first")
)
HASH_KEY = env.required("HASH_KEY", "keys the hashes of e-mails and addresses")
# Signs the months that finance closes. Replaced by rotate_keys; HASH_KEY never can be.
SIGNING_KEY = env.text("SIGNING_KEY", HASH_KEY)

# --- where we are ----------------------------------------------------------
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000").rstrip("/")
# Whoever reaches an embedded server by another address is not its owner: no demo, no plain HTTP.
ON_THIS_MACHINE = EMBEDDED and env.is_local(PUBLIC_URL)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"] if EMBEDDED else []
ALLOWED_HOSTS = [*env.items(env.text("ALLOWED_HOSTS")), *LOCAL_HOSTS] or [
    urlsplit(PUBLIC_URL).hostname or ""
]
# How many of our own proxies stand in front; their headers are believed only when there are any.
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.items(env.text("CSRF_TRUSTED_ORIGINS"))]

# --- apps ------------------------------------------------------------------
INSTALLED_APPS = [
    "core",
    "shop",
    "experiments",
    "affiliates",
    "tracking",
    "influencers",
    "fraud",
    "payouts",
    "portal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
    "whitenoise.runserver_nostatic",
    "config.apps.HouseConfig",
    "config.apps.SuperuserAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "core.request_ids.RequestIds",
    "portal.requests.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.packing.PackedPages",
    "influencers.middleware.ForEverybody",
    "config.browser_safety.BrowserHeaders",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.seen_sessions.SeenSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.acting.ActingFor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.audiences.DenyByDefault",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.context.csp_nonce",
                "portal.context_processors.shell",
            ],
            "builtins": ["portal.templatetags.account_forms"],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database: the application role serves, the owner role migrates ----------
DATABASE_URL = env.required("DATABASE_URL", "the application's PostgreSQL role")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {**env.database(DATABASE_URL), "CONN_MAX_AGE": 0},
    "owner": {
        **env.database(env.text("DATABASE_OWNER_URL", DATABASE_URL)),
        "TEST": {"MIRROR": "default"},
    },
}
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": env.number("DATABASE_POOL_SIZE", 8),
    "timeout": 10,
}
# Statements that ask for it are planned once for each connection; without a threshold psycopg
# never prepares, and PostgreSQL would plan those over partitions anew every time.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 5)
DATABASES["default"]["OPTIONS"].setdefault("options", env.PLANS)
# Where evaluate_fraud makes a database of its own and drops it: a role with the right CREATEDB.
SCRATCH_DATABASE: dict[str, Any] = (
    {**DATABASES["owner"], "NAME": "postgres", "USER": SUPERUSER}
    if EMBEDDED
    else env.database(
        env.text("SCRATCH_DATABASE_URL", env.text("DATABASE_OWNER_URL", DATABASE_URL))
    )
)
CLICKS_NODE_URL = env.text("CLICKS_NODE_URL", "")  # To it months of clicks can be moved.
# Migrations take UPDATE and DELETE on append-only tables away from this role.
APP_DB_ROLE = DATABASES["default"]["USER"]

# --- Redis protocol: broker and cache ----------------------------------------
REDIS_URL = env.required("REDIS_URL", "the Redis or Valkey server: broker and cache")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "apport",
    }
}
CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = int(timedelta(minutes=15).total_seconds())
# A nudge that finds no broker gives up at once: the next tick does the work.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Paris"

# --- people ------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/start/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code and not a link: mail programs follow links, and the code is typed where one signed up.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Whoever has a second factor is asked for it after the code too.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A passkey or code generator added or removed, a password changed: their owner is told by mail.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
# Demo people on this machine are exempt (portal/access.py).
STAFF_NEED_SECOND_FACTOR = True
# Whether affiliates read on their security pages that the team looked at their account.
ACCOUNT_VIEWS_ARE_SHOWN = env.flag("ACCOUNT_VIEWS_ARE_SHOWN", default=True)
MFA_ADAPTER = "core.mfa.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ON_THIS_MACHINE
MFA_TOTP_ISSUER = "Apport"
USERSESSIONS_TRACK_ACTIVITY = True

# --- language and time ---------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# --- files -----------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# Photos go to the S3 bucket that is named, else below MEDIA_ROOT. Keys come from where boto3 looks.
S3_BUCKET = env.text("S3_BUCKET")
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "region_name": env.text("S3_REGION") or None,
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_AUTOREFRESH = EMBEDDED
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(DATA_DIR / "media")))
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Of all files of one request together; Django itself takes any size.
UPLOAD_MOST_BYTES = 40 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "core.uploads.WithinLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- limits ----------------------------------------------------------------------
# Tries and repetitions that people may ask for in a minute, of one address that is told of events.
WEBHOOK_ASKS_PER_MINUTE = env.number("WEBHOOK_ASKS_PER_MINUTE", 10)
# New links of one affiliate between two midnights: nobody needs more, a stolen session might.
LINKS_PER_DAY = env.number("LINKS_PER_DAY", 500)
# Mails of invitations to its team that one affiliate, or the programme, sends within 24 hours, in
# all and to one address; those that were taken back count too.
TEAM_INVITATIONS_PER_DAY = env.number("TEAM_INVITATIONS_PER_DAY", 30)
TEAM_INVITATIONS_TO_ONE_PER_DAY = env.number("TEAM_INVITATIONS_TO_ONE_PER_DAY", 5)
# After so many days who signed up and never confirmed their address is forgotten.
UNCONFIRMED_SIGN_UPS_DAYS = env.number("UNCONFIRMED_SIGN_UPS_DAYS", 7)
# Calls of the API that one key makes in a minute: those that read, and those that change things.
API_READS_PER_MINUTE = env.number("API_READS_PER_MINUTE", 600)
API_WRITES_PER_MINUTE = env.number("API_WRITES_PER_MINUTE", 60)
# Calls of /j that one process keeps for one network (IPv4 /24, IPv6 /48) in a minute; 0: all.
JOURNEY_CALLS_PER_MINUTE = env.number("JOURNEY_CALLS_PER_MINUTE", 600)

# --- landings: recorded in files first, shipped to the database by ship_clicks -----------
SPOOL_DIR = Path(env.text("SPOOL_DIR", str(DATA_DIR / "spool")))
# When a visitor is sent on: "disk" after fdatasync (nothing is lost by a power cut), "process"
# after write (a power cut loses what was written in the last 10 ms; a crash of ours nothing).
CLICK_DURABILITY = env.choice("CLICK_DURABILITY", "disk", ("disk", "process"))
CLICK_RETENTION_MONTHS = 13
# The header in which the edge says the visitor's country (two letters); empty: nobody says it.
COUNTRY_HEADER = env.text("COUNTRY_HEADER")
# The header in which the edge says whether a network of servers asks (1 or 0); empty: nobody does.
DATACENTRE_HEADER = env.text("DATACENTRE_HEADER")

# How the paths of a shop's pages begin in each language, as my-shop:fr=/fr/,my-shop:en=/en/: links
# lead to the visitor's. Empty, or for other shops: to the page as it was written.
SHOP_LANGUAGES = env.languages("SHOP_LANGUAGES")

# --- strangers' pages ------------------------------------------------------------
# Who is asked for names when sites are vetted, as address or address:port; empty: the machine's.
DNS_SERVERS = env.items(env.text("DNS_SERVERS"))
FETCH_SECONDS = env.number("FETCH_SECONDS", 15)
# The ports of other people's servers to which events are sent.
WEBHOOK_PORTS = env.items(env.text("WEBHOOK_PORTS", "443"))
# Networks besides the public internet in which a shop's API may be, such as 10.0.0.0/8.
SHOP_API_NETWORKS = env.items(
    env.text("SHOP_API_NETWORKS", "127.0.0.0/8,::1/128" if EMBEDDED else "")
)
# Days that an order keeps its buyer's keyed hashes, a failed delivery its body, a mail its words.
BUYER_KEY_DAYS = env.number("BUYER_KEY_DAYS", 400)
FAILED_BODY_DAYS = env.number("FAILED_BODY_DAYS", 30)
MAIL_BODY_DAYS = env.number("MAIL_BODY_DAYS", 90)
# The folder below which folders for dropped files lie; empty: files are fetched by SFTP only.
SHOP_DROP_DIR = env.text("SHOP_DROP_DIR", str(DATA_DIR / "drops") if EMBEDDED else "")
# How large a product feed or a dropped file may be: as it comes, and unpacked.
SHOP_FILE_MOST_BYTES = env.number("SHOP_FILE_MOST_BYTES", 2_000_000_000)
SHOP_FILE_MOST_UNPACKED_BYTES = env.number("SHOP_FILE_MOST_UNPACKED_BYTES", 4_000_000_000)
# Whether look-alikes and declared sites are looked at by themselves, and how many of each name.
DOMAIN_WATCH = env.choice("DOMAIN_WATCH", "off" if EMBEDDED else "on", ("on", "off")) == "on"
LOOKALIKES_PER_NAME = env.number("LOOKALIKES_PER_NAME", 500)

# --- payees ----------------------------------------------------------------------
# For how long nothing is paid after a bank account, its holder or an e-mail address changed.
PAYEE_COOLING_HOURS = env.number("PAYEE_COOLING_HOURS", 72)
# The register of VAT numbers of the European Union; empty: nobody is asked.
VIES_URL = env.text(
    "VIES_URL",
    "" if EMBEDDED else "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number",
)
# Our own VAT number: with it the register numbers its answers, which proves that we asked.
VIES_REQUESTER = env.text("VIES_REQUESTER")
VIES_SECONDS = env.number("VIES_SECONDS", 20)
# Above so many euros of our payments in a year a payee may have left the exemption from VAT:
# since when, and how many (CGI 293 B, services).
VAT_FRANCHISE_EUR = env.items(env.text("VAT_FRANCHISE_EUR", "2025-01-01:37500"))

# --- payouts: who may let how much leave -------------------------------------------
# For how long a submitted batch can be approved; after that it is sent back and computed anew.
PAYOUT_REVIEW_HOURS = env.number("PAYOUT_REVIEW_HOURS", 72)
# How fresh a passkey or code must be when somebody approves or lets payouts go on.
APPROVAL_CONFIRMED_SECONDS = env.number("APPROVAL_CONFIRMED_SECONDS", 300)
# Nothing is paid to these countries (ISO 3166).
PAYOUT_BLOCKED_COUNTRIES = env.items(env.text("PAYOUT_BLOCKED_COUNTRIES", "IR,KP,MM"))
# Whether payees need the mandate to write their invoices and a tax profile before they are paid.
PAYOUTS_NEED_MANDATE = env.flag("PAYOUTS_NEED_MANDATE", default=True)

# --- who commissions are invoiced to: the programme's own company -----------------------
_DEMO_COMPANY = {
    "legal_name": "Maison Lutèce SAS",
    "address": "12 rue des Archives",
    "postcode": "75004",
    "town": "Paris",
    "siren": "732829320",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
}
COMPANY = {
    name: env.text(f"COMPANY_{name.upper()}", demo if ON_THIS_MACHINE else "")
    for name, demo in _DEMO_COMPANY.items()
}
# Where invoices are dropped for the platform that sends them on; empty: nowhere.
INVOICE_DROP_DIR = env.text("INVOICE_DROP_DIR", str(DATA_DIR / "invoices") if EMBEDDED else "")

# --- accounting ------------------------------------------------------------------
# Numbers of the chart of accounts that differ from ours, as cash:bank=5121,affiliate:payable=4081.
JOURNAL_ACCOUNTS = env.accounts("JOURNAL_ACCOUNTS")

# --- mail ------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Apport <apport@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_BACKEND = "core.mail.OutboxBackend"
# The mails that nobody sends are shown on this machine, to its owner.
HAS_OUTBOX = ON_THIS_MACHINE and not env.text("EMAIL_URL")
if env.text("EMAIL_URL"):
    globals().update(env.mail(env.text("EMAIL_URL")))

# --- Stripe: who is paid through it; without a key nobody is ------------------------------------
# Whether money moves: a key of the other kind is refused at start, and so are its messages.
STRIPE_MODE = env.choice("STRIPE_MODE", "test" if EMBEDDED else "live", ("test", "live"))
STRIPE_SECRET_KEY = env.stripe_key("STRIPE_SECRET_KEY", STRIPE_MODE)
STRIPE_WEBHOOK_SECRETS = env.items(env.text("STRIPE_WEBHOOK_SECRETS"))
# A double on this machine, in test mode; empty: Stripe itself.
STRIPE_API_BASE = env.stripe_base("STRIPE_API_BASE", STRIPE_MODE)
STRIPE_PARALLEL = env.number("STRIPE_PARALLEL", 8)

# --- browser-side safety -----------------------------------------------------------
_on_line = {"on_this_machine": ON_THIS_MACHINE, "is_proxied": bool(TRUSTED_PROXY_COUNT)}
globals().update(browser_safety.settings(**_on_line))

# --- logs and metrics ---------------------------------------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", "text" if EMBEDDED else "json", logs.FORMATS)
LOGGING = logs.configuration(LOG_FORMAT, env.choice("LOG_LEVEL", "WARNING", logs.LEVELS))
# Who may read /metrics (empty: nobody but this machine under bin/run); where processes count.
METRICS_TOKEN = env.text("METRICS_TOKEN")
COUNTERS_DIR = Path(env.text("COUNTERS_DIR", str(SPOOL_DIR / "counters")))
BACKUP_DIR = env.text("BACKUP_DIR")  # The folder whose newest backup is watched.

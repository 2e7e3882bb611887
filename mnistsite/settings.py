"""Settings, read top to bottom; safe for production when nothing but SECRET_KEY and ALLOWED_HOSTS is set.

docs/settings.md explains every environment variable.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from mnistsite import env as environment
from mnistsite.databases import database

env = environment.env
BASE_DIR: Path = environment.BASE_DIR
VAR_DIR: Path = environment.VAR_DIR  # Everything that this deployment writes.

SECRET_KEY = env("SECRET_KEY")
DEBUG = env("DEBUG")
ALLOWED_HOSTS = env("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env("CSRF_TRUSTED_ORIGINS")

# --- Application

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "predictor",
]

MIDDLEWARE = [
    "predictor.middleware.RequestIDMiddleware",
    "predictor.metrics.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "predictor.middleware.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "predictor.pages.language.PageLanguageMiddleware",
    "predictor.access.middleware.RateLimitMiddleware",
    "predictor.request_limits.RequestSizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mnistsite.urls"
WSGI_APPLICATION = "mnistsite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "predictor.pages.preferences.preferences",
            ],
        },
    },
]

# --- Database

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": database(
        env("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}",
        pool_size=env("DATABASE_POOL_SIZE"),
        statement_seconds=env("DATABASE_STATEMENT_SECONDS"),
    )
}
# The server ends a long statement first; this is for one that hangs. 0 is never.
DATABASE_ANSWER_SECONDS = env("DATABASE_STATEMENT_SECONDS") and env("DATABASE_STATEMENT_SECONDS") + 1

# With a redis:// URL the counters of the limits live there, else they are rows of the database; nothing of
# ours keeps anything in Django's cache itself, so that one in each process's memory does no harm.
CACHES = {"default": env.cache_url_config(env("CACHE_URL") or "locmemcache://")}

# --- Models: where the signed packages lie and whose signature counts

MODELS_DIR = Path(env("MODELS_DIR") or BASE_DIR / "trained_models")
# Each entry is a PEM file or a folder of them; "=PATTERN+PATTERN" behind it limits it to some models.
MODEL_TRUSTED_KEYS = env("MODEL_TRUSTED_KEYS") or [
    str(BASE_DIR / "mnistsite" / "trusted_keys"),
    str(VAR_DIR / "trusted_keys"),
]
# Where commands make and look for the key that signs; it belongs where models are trained, on no server.
SIGNING_KEY = VAR_DIR / "signing" / "signing-key.pem"
MODEL_REVOKED_DIGESTS = env("MODEL_REVOKED_DIGESTS")
DEFAULT_MODEL = env("DEFAULT_MODEL")
FOLLOW_MODEL_VERSIONS = True  # Tests look by themselves, and want no thread that does.

# --- What a request may carry

MAX_IMAGE_BYTES = env("MAX_IMAGE_BYTES")
MAX_IMAGE_PIXELS = env("MAX_IMAGE_PIXELS")
MAX_UPLOAD_FILES = 64
# Of one request to the Open Inference Protocol: pictures as tensors, and bytes of the unpacked body.
MAX_INFERENCE_BATCH = env("MAX_INFERENCE_BATCH")
MAX_INFERENCE_BYTES = env("MAX_INFERENCE_BYTES")
# One picture as base64 (4/3 of its bytes) and the words around it.
MAX_REQUEST_BYTES = MAX_IMAGE_BYTES * 4 // 3 + 64 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_REQUEST_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_UPLOAD_FILES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# Whole pictures stay in memory; nothing that a client sends is written to disk.
FILE_UPLOAD_HANDLERS = ["predictor.request_limits.CappedMemoryUploadHandler"]

# --- How much a client may ask in a minute; 0 is no limit

RATE_LIMIT_PER_TOKEN = env("RATE_LIMIT_PER_TOKEN")
RATE_LIMIT_PER_ADDRESS = env("RATE_LIMIT_PER_ADDRESS")
# How long each process keeps the counts of what tokens were answered before it adds them to the database's.
USAGE_FLUSH_SECONDS = 5.0

# How long a process takes a token for usable without asking the database again.
TOKEN_CACHE_SECONDS = 0.5

# --- Feedback: whether people may say what their picture shows, and how many such pictures are kept at most

FEEDBACK = env("FEEDBACK")
MAX_FEEDBACK = env("MAX_FEEDBACK")

# --- Accounts

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "predictor:draw"
LOGOUT_REDIRECT_URL = "predictor:draw"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "predictor.access.addresses.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "predictor.error_responses.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # Failures are kept for the lock-out; a list of every log-in is not needed.
AXES_VERBOSE = False

# --- Security

SECURE_SSL_REDIRECT = env("HTTPS")
# Probes and Prometheus speak plain HTTP to the pod.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
# Only behind a proxy that sets its headers on every request; elsewhere a client could claim HTTPS and any
# address.
TRUST_PROXY = env("TRUST_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_HSTS_SECONDS = env("HSTS_SECONDS") if env("HTTPS") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = env("HTTPS")
CSRF_COOKIE_SECURE = env("HTTPS")
CSRF_COOKIE_HTTPONLY = True  # Pages carry the token in their forms; no script needs the cookie.
X_FRAME_OPTIONS = "DENY"
# Nothing here asks for any of these; Django has no setting of its own for the header. The same stands in
# deploy/nginx/own-headers.conf, for what Nginx answers itself.
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "predictor.error_responses.csrf_failure"
# The names of Django 6's own middleware, which replaces ours there.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # HSTS preload binds a whole domain for years: its owner's decision, not a default.
]

# --- REST framework

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "predictor.access.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["predictor.access.permissions.IsSomebody"],
    "DEFAULT_THROTTLE_CLASSES": ["predictor.access.limits.AddressThrottle"],
    "DEFAULT_RENDERER_CLASSES": [
        "predictor.api.renderers.JSONRenderer",
        "predictor.api.renderers.BrowsableAPIRenderer",
    ],
    "EXCEPTION_HANDLER": "predictor.api.errors.api_exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "mnistsite",
    "DESCRIPTION": "Recognise pictures with signed, verified models. Every failure has one form.",
    "VERSION": "1",
    "AUTHENTICATION_WHITELIST": ["predictor.access.authentication.TokenAuthentication"],
    "PREPROCESSING_HOOKS": ["predictor.api.openapi.document.only_version_1"],
    "POSTPROCESSING_HOOKS": ["predictor.api.openapi.document.complete"],
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
}

# --- Metrics

METRICS_ALLOW = env("METRICS_ALLOW")  # Who may read them without a token.
# Where several processes count together. The Prometheus library reads this variable by itself.
METRICS_DIR = env("PROMETHEUS_MULTIPROC_DIR")

# --- Traces: an optional extra. OpenTelemetry reads its variables by itself; these tell whether it is wanted

TRACING = (
    bool(env("OTEL_EXPORTER_OTLP_ENDPOINT") or env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
    and env("OTEL_TRACES_EXPORTER") != "none"
    and not env("OTEL_SDK_DISABLED")
)
if TRACING:
    MIDDLEWARE.insert(0, "predictor.tracing.middleware.TracingMiddleware")

# --- Language and time

LANGUAGE_CODE = "en"
# Of the pages, each by its own name; predictor/locale holds the words, `make messages` gathers them.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LANGUAGE_COOKIE_SECURE = env("HTTPS")
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "mnistsite.formats"

# --- Static files

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # Nothing is stored as a file.
    "staticfiles": {"BACKEND": "mnistsite.static_files.ModuleStaticFilesStorage"},
}

# --- Logs: one JSON object a line on standard error

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "predictor.json_logs.JSONFormatter"}},
    "handlers": {
        "stderr": {
            "()": "predictor.gathered_logs.GatheringHandler",
            "delay_s": env("LOG_DELAY_SECONDS"),
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL")},
    "loggers": {
        # Django's own handlers would print each line twice, and mail tracebacks to nobody.
        "django": {"handlers": [], "level": env("LOG_LEVEL"), "propagate": True},
        # Its warnings repeat what the line of each request says.
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}

"""The only place that reads the process environment.

`NAME_FILE` names a file that holds the value of `NAME`, as Kubernetes and Compose mount secrets. A deployment
on one machine may keep its settings in `VAR_DIR/settings.env` (`make run` writes one); the environment wins.
`docs/settings.md` lists every name in `env.scheme`; a test compares the two.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"true", "on", "yes", "1"})
_FALSE = frozenset({"false", "off", "no", "0", ""})


class Environment(environ.FileAwareEnv):  # type: ignore[misc] # It comes without types.
    """django-environ, stricter: a value that cannot be read stops the start with a sentence."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """Read and cast one variable.

        Raises:
            ImproperlyConfigured: the variable is missing without a default, or its value does not fit.
        """
        try:
            value = super().get_value(var, *args, **kwargs)
        except (ValueError, OSError) as error:
            raise ImproperlyConfigured(f"Environment variable {var} (or {var}_FILE): {error}") from error
        return value.strip() if isinstance(value, str) else value

    @classmethod
    def parse_value(cls, value: Any, cast: Any) -> Any:
        """Cast a raw string; unlike the base class, a misspelt boolean is an error and not `False`."""
        if cast is not bool:
            return super().parse_value(value, cast)
        word = str(value).strip().lower()
        if word not in _TRUE | _FALSE:
            raise ValueError(f"{value!r} is neither true nor false")
        return word in _TRUE


def networks(text: str) -> list[IPv4Network | IPv6Network]:
    """Read addresses and networks, separated by commas.

    Raises:
        ValueError: one of them is neither.
    """
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment(
    SECRET_KEY=(str, environ.Env.NOTSET),
    DEBUG=(bool, False),
    HTTPS=(bool, True),
    HSTS_SECONDS=(int, 31_536_000),
    TRUST_PROXY=(bool, False),
    ALLOWED_HOSTS=(list, []),
    CSRF_TRUSTED_ORIGINS=(list, []),
    VAR_DIR=(str, ""),
    STATIC_ROOT=(str, ""),
    DATABASE_URL=(str, ""),
    DATABASE_POOL_SIZE=(int, 10),
    DATABASE_STATEMENT_SECONDS=(int, 5),
    CACHE_URL=(str, ""),
    MODELS_DIR=(str, ""),
    MODEL_TRUSTED_KEYS=(list, []),
    MODEL_REVOKED_DIGESTS=(list, []),
    DEFAULT_MODEL=(str, "mnist-cnn"),
    MAX_IMAGE_BYTES=(int, 5 * 1024 * 1024),
    MAX_IMAGE_PIXELS=(int, 20_000_000),
    MAX_INFERENCE_BATCH=(int, 256),
    MAX_INFERENCE_BYTES=(int, 16 * 1024 * 1024),
    RATE_LIMIT_PER_TOKEN=(int, 6000),
    RATE_LIMIT_PER_ADDRESS=(int, 1200),
    FEEDBACK=(bool, True),
    MAX_FEEDBACK=(int, 20_000),
    METRICS_ALLOW=(networks, networks("127.0.0.1,::1")),
    PROMETHEUS_MULTIPROC_DIR=(str, ""),
    LOG_LEVEL=(str, "INFO"),
    LOG_DELAY_SECONDS=(float, 0.5),
    OTEL_EXPORTER_OTLP_ENDPOINT=(str, ""),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=(str, ""),
    OTEL_TRACES_EXPORTER=(str, "otlp"),
    OTEL_SDK_DISABLED=(bool, False),
)

VAR_DIR = Path(env("VAR_DIR") or BASE_DIR / "var").resolve()
LOCAL_SETTINGS = VAR_DIR / "settings.env"
if LOCAL_SETTINGS.is_file():
    env.read_env(LOCAL_SETTINGS)

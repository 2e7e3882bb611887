"""Where a request comes from, for limits, lock-outs and the audit log."""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_HOST_BITS_V6 = 64  # One household or machine has that many addresses to itself, so they count as one.

MAX_REMEMBERED = 4096

_address: ContextVar[str | None] = ContextVar("address", default=None)


def client_address(request: HttpRequest, credentials: object = None) -> str | None:
    """The address of the one who asks; None where the server knows none, as behind a Unix socket.

    Behind a trusted proxy it is the last hop of `X-Forwarded-For`, which that proxy wrote. What stands
    before it is the client's own word, and is not believed.

    Args:
        request: Django's request.
        credentials: unused; django-axes calls with it.
    """
    if settings.TRUST_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]
        if address := _parsed(forwarded):
            return str(address)
    address = _parsed(request.META.get("REMOTE_ADDR", ""))
    return str(address) if address else None


def counted_as(address: str | None) -> str:
    """The name that an address is counted under: an IPv6 address by its network of 64 bits."""
    if address is None:
        return "unknown"
    if ":" in address:
        return str(ip_network(f"{address}/{_HOST_BITS_V6}", strict=False))
    return address


def current_address() -> str | None:
    """The address of the request being answered; None outside one."""
    return _address.get()


def set_current_address(address: str | None) -> None:
    """Name the address of the request that this context answers from now on."""
    _address.set(address)


# The same few clients and proxies ask again and again.
@lru_cache(MAX_REMEMBERED)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Address(int(address))  # Without a zone such as %eth0.

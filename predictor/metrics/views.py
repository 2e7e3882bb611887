"""`/metrics`: for those who come from an allowed address, or with a token of the scope `metrics`."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from predictor.access.permissions import HasScope
from predictor.access.scopes import METRICS
from predictor.api.renderers import JSONRenderer
from predictor.metrics.gathered import gathered

# What proxies add. Behind one that runs on this machine, everybody would come from an allowed address.
_PROXY_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_PROTO",
)


class AllowedAddressOrScope(HasScope):
    """Asks for the view's scope only where the request's own address does not do."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the one who asks may read."""
        return comes_from_allowed_address(request) or super().has_permission(request, view)


class _OneForm(BaseContentNegotiation):
    """There is one form of answer; a scraper's Accept header is not looked at."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The form of failures."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


@method_decorator(never_cache, name="dispatch")
class MetricsView(APIView):
    """Metrics of all worker processes of this server, in Prometheus' text form."""

    permission_classes = (AllowedAddressOrScope,)
    required_scope = METRICS
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = _OneForm

    def get(self, request: Request) -> HttpResponse:
        """Answer a scrape. What other workers counted in the last second may come with the next."""
        gathered.write()
        return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def comes_from_allowed_address(request: Request) -> bool:
    """Whether the connection itself comes from METRICS_ALLOW. What a proxy passes on never does."""
    if any(header in request.META for header in _PROXY_HEADERS):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # A Unix socket has none.
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in settings.METRICS_ALLOW)


def _registry() -> CollectorRegistry:
    """What to read: the files of all processes where there are several, or else this process."""
    if not settings.METRICS_DIR:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # It comes without types.
    return registry

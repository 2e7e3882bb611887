"""One span for each request. The settings name this only where traces are on, as it imports OpenTelemetry.

Its own and not the library's: that one writes query strings and addresses of clients into spans, and answers
a Host header that is not allowed before anything of ours can.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from predictor.middleware import GetResponse
from predictor.request_id import current_request_id
from predictor.tracing.spans import current_tracer, set_trace_id

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SERVER_ERRORS = 500
# Probes and scrapes come every few seconds and tell nothing.
_UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})


class TracingMiddleware:
    """Goes on with the trace that `traceparent` names, or begins one."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._propagator = TraceContextTextMapPropagator()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        set_trace_id("")
        tracer = current_tracer()
        if tracer is None or request.path in _UNTRACED:
            return self._get_response(request)
        caller = self._propagator.extract({name.lower(): value for name, value in request.headers.items()})
        with tracer.start_as_current_span("HTTP", caller, SpanKind.SERVER, record_exception=False) as span:
            set_trace_id(format_trace_id(span.get_span_context().trace_id))
            response = self._get_response(request)
            _describe(span, request, response)
        return response


def _describe(span: Span, request: HttpRequest, response: HttpResponse) -> None:
    """Names of OpenTelemetry's conventions for HTTP; of the address its pattern and path, never the query."""
    method = request.method if request.method in _METHODS else "_OTHER"
    route = f"/{request.resolver_match.route}" if request.resolver_match else ""
    span.update_name(f"{method} {route}".strip())
    span.set_attribute("http.request.method", str(method))
    span.set_attribute("http.route", route)
    span.set_attribute("url.path", request.path)
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("mnistsite.request_id", current_request_id())
    if response.status_code >= _SERVER_ERRORS:
        span.set_status(Status(StatusCode.ERROR))

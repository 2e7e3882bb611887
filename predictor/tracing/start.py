"""Starts what sends spans away, in the process that answers."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from predictor.tracing.spans import use_tracer

_SERVICE = "mnistsite"


def start_tracing() -> None:
    """Send spans to the collector that the OTEL_ variables name, if they name one.

    Call it in the process that answers, after it was forked: the thread that sends does not survive a fork.
    It never holds up a request; where the collector is away, spans are dropped.

    Raises:
        ImproperlyConfigured: traces are asked for, and OpenTelemetry is not installed.
    """
    if not settings.TRACING:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT asks for traces, and OpenTelemetry is not installed: "
            "pip install --require-hashes -r requirements-tracing.txt, or build the image with TRACING=true."
        ) from error
    resource = Resource.create()
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: _SERVICE}))
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    use_tracer(provider.get_tracer(_SERVICE))

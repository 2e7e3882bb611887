"""Traces: what a span holds and what it never does, and nothing at all where they are off."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from predictor.json_logs import JSONFormatter
from predictor.serving import ModelUnavailable, served_models
from predictor.tracing.spans import set_trace_id, step, use_tracer
from predictor.tracing.start import start_tracing

pytestmark = pytest.mark.django_db
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "X-Request-ID": "traced-4711"}


@pytest.fixture
def spans(settings):
    """What was exported so far; traces are on as the settings turn them on."""
    settings.MIDDLEWARE = ["predictor.tracing.middleware.TracingMiddleware", *settings.MIDDLEWARE]
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    use_tracer(provider.get_tracer("tests"))
    yield exporter.get_finished_spans
    use_tracer(None)
    set_trace_id("")


def test_a_prediction_is_a_span_of_the_caller_s_trace_with_its_model_and_request_id(spans, alice_key, seven):
    headers = {"Authorization": f"Token {alice_key}", **CALLER}
    answer = Client(headers=headers).post("/predict?model=mnist-cnn", seven, content_type="image/png")

    read, predicted, request = spans()
    assert answer.status_code == 200
    assert (read.name, predicted.name, request.name) == ("read pictures", "predict", "POST /predict")
    assert {format(span.context.trace_id, "032x") for span in spans()} == {TRACE}
    assert format(request.parent.span_id, "016x") == "b7ad6b7169203331"
    assert read.parent.span_id == predicted.parent.span_id == request.context.span_id
    assert predicted.attributes == {
        "mnistsite.model": "mnist-cnn",
        "mnistsite.version": "1.3.0",
        "mnistsite.pictures": 1,
    }
    assert request.kind is SpanKind.SERVER
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": "/predict",
        "url.path": "/predict",
        "http.response.status_code": 200,
        "mnistsite.request_id": "traced-4711",
    }


def test_no_span_holds_a_key_a_query_or_a_picture(spans, alice_key, seven):
    Client(headers={"Authorization": f"Token {alice_key}"}).post(
        "/predict?model=mnist-cnn&secret=4711", seven, content_type="image/png"
    )

    told = "".join(span.to_json() for span in spans())
    assert alice_key not in told
    assert "4711" not in told
    assert "PNG" not in told
    assert "127.0.0.1" not in told


def test_probes_and_scrapes_are_not_traced(spans, client):
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)

    assert spans() == ()


@pytest.mark.parametrize(
    "traceparent", ["", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 5000]
)
def test_a_traceparent_that_is_none_begins_a_trace(spans, client, traceparent):
    assert client.get("/models/", headers={"traceparent": traceparent}).status_code == 200

    (request,) = spans()
    assert request.parent is None


def test_a_host_that_is_not_ours_and_an_unknown_method_and_address_are_spans_like_others(spans, client):
    client.get("/", headers={"Host": "evil.example"})
    client.generic("BREW", "/no/such/page")

    refused, unknown = spans()
    assert refused.attributes["http.response.status_code"] == 400
    assert unknown.name == "_OTHER"
    assert unknown.attributes["http.response.status_code"] == 404


def test_an_error_of_ours_marks_the_span_and_a_client_s_does_not(
    spans, client, alice_key, seven, monkeypatch
):
    monkeypatch.setattr(served_models(), "recognizer", _unavailable)
    headers = {"Authorization": f"Token {alice_key}"}

    ours = client.post("/predict", seven, content_type="image/png", headers=headers)
    theirs = client.post("/predict", seven, content_type="image/png")

    assert (ours.status_code, theirs.status_code) == (503, 401)
    assert [span.status.status_code for span in spans()] == [StatusCode.ERROR, StatusCode.UNSET]


def _unavailable(_selector):
    raise ModelUnavailable("mnist-cnn is not ready")


def test_log_lines_carry_the_trace(spans, client):
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(json.loads(JSONFormatter().format(record)))
    logger = logging.getLogger("predictor.requests")
    logger.addHandler(handler)
    try:
        client.get("/models/", headers=CALLER)
    finally:
        logger.removeHandler(handler)

    assert [(line["trace_id"], line["request_id"]) for line in lines] == [(TRACE, "traced-4711")]


def test_where_traces_are_off_a_step_is_nothing():
    assert step("predict", model="m") is step("read pictures")


def test_without_the_packages_the_start_says_what_to_install(settings, monkeypatch):
    settings.TRACING = True
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(ImproperlyConfigured, match=r"requirements-tracing\.txt"):
        start_tracing()


@pytest.mark.parametrize(
    ("variables", "on"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_the_standard_variables_turn_traces_on(variables, on):
    program = (
        "import sys, django; django.setup(); from predictor.tracing import spans, start; "
        "start.start_tracing(); "
        "print(spans.current_tracer() is not None, 'opentelemetry' in sys.modules)"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "mnistsite.settings", "SECRET_KEY": "x" * 50, **variables}

    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == [str(on), str(on)]

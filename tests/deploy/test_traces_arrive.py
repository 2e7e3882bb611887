"""Spans of a real uWSGI worker arrive at a collector, decoded as a collector decodes them."""

from __future__ import annotations

from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from tests.deploy.live_site import wait_until
from tests.deploy.otlp_collector import collecting, values
from tests.deploy.uwsgi import environment, prepare, serving
from tests.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

TRACE, OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c", "1bf7651916cd43dd8448eb211c80319c"


def predict(port, key, picture, trace_id):
    headers = {
        "Host": "localhost",
        "X-Forwarded-Proto": "https",
        "Authorization": f"Token {key}",
        "Content-Type": "image/png",
        "traceparent": f"00-{trace_id}-b7ad6b7169203331-01",
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/api/v1/predict?secret=4711", picture, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_prediction_s_spans_arrive_and_without_a_collector_requests_go_on(tmp_path, seven):
    port = free_port()
    with ExitStack() as collectors:
        collector = collectors.enter_context(collecting())
        settings = environment(
            tmp_path,
            PORT=str(port),
            WEB_CONCURRENCY="1",
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
            OTEL_EXPORTER_OTLP_HEADERS="x-tenant=digits",
            OTEL_BSP_SCHEDULE_DELAY="200",
            OTEL_EXPORTER_OTLP_TIMEOUT="1",
        )
        key = prepare(settings)
        with serving(tmp_path, settings):
            answered = predict(port, key, seven, TRACE)
            wait_until(lambda: len(collector.spans(TRACE)) == 3, "all spans of the request arrived")
            collectors.close()
            without_collector = predict(port, key, seven, OTHER_TRACE)

    spans = collector.spans(TRACE)
    request = spans["POST /api/v1/predict"]
    assert (answered, without_collector) == (200, 200)
    assert (collector.headers[0]["path"], collector.headers[0]["x-tenant"]) == ("/v1/traces", "digits")
    assert values(collector.received[0].resource.attributes)["service.name"] == "mnistsite"
    assert spans.keys() == {"POST /api/v1/predict", "read pictures", "predict"}
    assert request.parent_span_id.hex() == "b7ad6b7169203331"
    assert {spans[name].parent_span_id for name in ("read pictures", "predict")} == {request.span_id}
    assert values(request.attributes)["http.response.status_code"] == 200
    assert values(spans["predict"].attributes)["mnistsite.model"] == "mnist-cnn"
    assert request.start_time_unix_nano < request.end_time_unix_nano
    sent = b"".join(part.SerializeToString() for part in collector.received)
    assert key.encode() not in sent
    assert b"4711" not in sent

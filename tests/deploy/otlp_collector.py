"""A collector of traces that keeps what it is sent: OTLP by HTTP and protobuf."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span


@dataclass
class Collector:
    """Where it listens, and what came so far."""

    url: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)
    received: list[ResourceSpans] = field(default_factory=list)

    def spans(self, trace_id: str) -> dict[str, Span]:
        """Those of one trace, by name."""
        every = [span for part in self.received for scope in part.scope_spans for span in scope.spans]
        return {span.name: span for span in every if span.trace_id.hex() == trace_id}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Listen on a free port of this machine, and stop."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            collector.headers.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
            collector.received.extend(ExportTraceServiceRequest.FromString(body).resource_spans)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


def values(attributes: list[KeyValue]) -> dict[str, object]:
    """Attributes as they were before they were encoded."""
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in attributes}

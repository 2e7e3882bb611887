"""Ports that nobody listens on."""

from __future__ import annotations

import socket


def free_ports(count: int) -> int:
    """The first of so many free ports in a row, on 127.0.0.1."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
        probes = []
        try:
            for i in range(count):
                probes.append(socket.create_server(("127.0.0.1", port + i)))  # noqa: PERF401 - closed below
        except (OSError, OverflowError):
            continue
        else:
            return port
        finally:
            for probe in probes:
                probe.close()

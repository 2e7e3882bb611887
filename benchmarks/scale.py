"""How many pods a load needs: cost against load, measured on this machine, and a calculation from it.

    python -m benchmarks.scale measure     # starts the site by uWSGI, prints tables, keeps the costs
    python -m benchmarks.scale pods        # what a load needs, from the costs that were measured
    python -m benchmarks.scale pods --people 1000000 --drawing-share 0.1 --cost-ms 1.5

The model is a line: CPU time of a request = a fixed part + so much for each picture in it, more for larger
files. It is measured in CPU time, which depends less than waits do on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
from functools import partial
from pathlib import Path

from benchmarks.serving.bodies import Bodies, binary_tensors, png_uploads, resized_uploads
from benchmarks.serving.contestants import Contestant, Place
from benchmarks.serving.load import generate
from benchmarks.serving.ports import free_ports
from benchmarks.serving.report import PAGE, between_markers
from benchmarks.serving.running import Running, running
from benchmarks.serving.site import DEFAULT, Site
from benchmarks.serving.sizing import Assumptions, describe, fitted_line
from benchmarks.serving.virtualenvs import ROOT, bin_of

CONNECTIONS = (1, 4, 16, 64, 256)
BATCHES = (1, 4, 16, 64)
SIDES_PX = (28, 280, 1000, 4000)
FEW = 4  # Connections, where a request is heavy.
BATCH_ADDRESS = "/v2/models/mnist-cnn/infer"


def main() -> None:
    """Parse, then measure or compute."""
    arguments = _parser().parse_args()
    folder = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute() / "bench"
    costs = folder / "costs.json"
    if arguments.what == "measure":
        table = measure(folder, costs, arguments.seconds)
        if arguments.docs:
            PAGE.write_text(between_markers(PAGE.read_text(), "scale", table))
        return
    cost_ms = arguments.cost_ms or json.loads(costs.read_text())["canvas_ms"]
    names = ("people", "drawing_share", "strokes_per_minute", "peak", "cores_per_pod", "use")
    print(describe(Assumptions(cost_ms=cost_ms, **{name: getattr(arguments, name) for name in names})))


def measure(folder: Path, costs: Path, seconds: float) -> str:
    """Cost against connections, pictures in a request, and the size of a picture.

    Returns:
        A Markdown table and the line through the costs, also printed. `costs` keeps what `pods` needs.
    """
    contestant = Site(folder / "site").contestants()[0]
    own = folder / "run" / "scale"
    own.mkdir(parents=True, exist_ok=True)
    place = Place(free_ports(1), own, partial(bin_of, folder / "venvs"), folder / "weights.npz")
    pngs = _with_key(contestant, png_uploads())
    with running(contestant, place, DEFAULT, pngs) as server:
        table = _Table(server, seconds)
        for connections in CONNECTIONS:
            table.add(f"28 px, {connections} connections", DEFAULT, pngs, connections)
        batches, sides = {}, {}
        for batch in BATCHES:
            tensors = _with_key(contestant, binary_tensors(batch))
            batches[batch] = table.add(f"{batch} binary tensors in a request", BATCH_ADDRESS, tensors)
        for side in SIDES_PX:
            pictures = _with_key(contestant, resized_uploads(side))
            sides[side] = table.add(f"{side} px a side", DEFAULT, pictures)
    fixed_ms, each_ms = fitted_line(batches)
    table.say(f"\nA request of n tensors costs {fixed_ms:.2f} ms + n x {each_ms:.3f} ms.")
    costs.write_text(json.dumps({"canvas_ms": sides[280], "request_ms": fixed_ms, "picture_ms": each_ms}))
    return "\n".join(table.lines)


class _Table:
    """Lines that are printed as they come."""

    def __init__(self, server: Running, seconds: float) -> None:
        self.server, self.seconds = server, seconds
        self.lines: list[str] = []
        self.say("| `mnist-cnn` by uWSGI | CPU, ms | requests/s | p50, ms | p99, ms | failed |")
        self.say("|---|---|---|---|---|---|")

    def say(self, line: str) -> None:
        print(line, flush=True)
        self.lines.append(line)

    def add(self, name: str, path: str, bodies: Bodies, connections: int = FEW) -> float:
        """Measure once; returns the CPU time of a request in milliseconds."""
        before = self.server.tree.cpu_s()
        load = generate(self.server.port, path, bodies, connections=connections, seconds=self.seconds)
        cost_ms = (self.server.tree.cpu_s() - before) / max(1, load.requests) * 1000
        waits = f"{load.p50_ms:.0f} | {load.p99_ms:.0f} | {load.refused + load.broken}"
        self.say(f"| {name} | {cost_ms:.2f} | {load.requests / load.seconds:,.0f} | {waits} |")
        return cost_ms


def _with_key(contestant: Contestant, bodies: Bodies) -> Bodies:
    return Bodies({**bodies.headers, **contestant.headers}, bodies.bodies, bodies.labels)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure cost against load, or compute what a load needs.")
    parser.add_argument("what", choices=["measure", "pods"])
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/performance.md")
    parser.add_argument("--cost-ms", type=float, help="CPU time of a stroke; default: what was measured")
    parser.add_argument("--people", type=int, default=1_000_000, help="who have the page open")
    parser.add_argument("--drawing-share", type=float, default=0.2, help="of them who draw at a time")
    parser.add_argument("--strokes-per-minute", type=float, default=12.0, help="of one who draws")
    parser.add_argument("--peak", type=float, default=2.0, help="the busiest second to the average")
    parser.add_argument("--cores-per-pod", type=float, default=2.0)
    parser.add_argument(
        "--use", type=float, default=0.6, help="of a pod's CPU time, so that waits stay short"
    )
    return parser


if __name__ == "__main__":
    main()

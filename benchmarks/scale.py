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
        measure(folder, costs, arguments.seconds)
        return
    cost_ms = arguments.cost_ms or json.loads(costs.read_text())["canvas_ms"]
    names = ("people", "drawing_share", "strokes_per_minute", "peak", "cores_per_pod", "use")
    print(describe(Assumptions(cost_ms=cost_ms, **{name: getattr(arguments, name) for name in names})))


def measure(folder: Path, costs: Path, seconds: float) -> None:
    """Cost against connections, pictures in a request, and the size of a picture."""
    contestant = Site(folder / "site").contestants()[0]
    own = folder / "run" / "scale"
    own.mkdir(parents=True, exist_ok=True)
    place = Place(free_ports(3), own, partial(bin_of, folder / "venvs"), folder / "weights.npz")
    pngs = _with_key(contestant, png_uploads())
    with running(contestant, place, DEFAULT, pngs) as server:
        for connections in CONNECTIONS:
            _line(
                server, f"{connections} connections", DEFAULT, pngs, connections=connections, seconds=seconds
            )
        batches, sides = {}, {}
        for batch in BATCHES:
            tensors = _with_key(contestant, binary_tensors(batch))
            batches[batch] = _line(server, f"{batch} in a request", BATCH_ADDRESS, tensors, seconds=seconds)
        for side in SIDES_PX:
            pictures = _with_key(contestant, resized_uploads(side))
            sides[side] = _line(server, f"{side} px a side", DEFAULT, pictures, seconds=seconds)
    fixed_ms, each_ms = fitted_line(batches)
    print(f"A request of n tensors costs {fixed_ms:.2f} ms + n x {each_ms:.3f} ms.")
    costs.write_text(json.dumps({"canvas_ms": sides[280], "request_ms": fixed_ms, "picture_ms": each_ms}))


def _line(
    server: Running, name: str, path: str, bodies: Bodies, *, connections: int = FEW, seconds: float
) -> float:
    """Measure once, print, and give the CPU time of a request in milliseconds."""
    before = server.tree.cpu_s()
    load = generate(server.port, path, bodies, connections=connections, seconds=seconds)
    cost_ms = (server.tree.cpu_s() - before) / max(1, load.requests) * 1000
    failed = load.refused + load.broken
    print(
        f"| {name} | {cost_ms:.2f} | {load.requests / load.seconds:,.0f} | {load.p50_ms:.0f} "
        f"| {load.p99_ms:.0f} | {failed} |",
        flush=True,
    )
    return cost_ms


def _with_key(contestant: Contestant, bodies: Bodies) -> Bodies:
    return Bodies({**bodies.headers, **contestant.headers}, bodies.bodies, bodies.labels)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure cost against load, or compute what a load needs.")
    parser.add_argument("what", choices=["measure", "pods"])
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
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

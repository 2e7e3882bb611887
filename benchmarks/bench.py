"""This service against others that do the classic recipe's job, in one interleaved run on one machine.

    make bench                                  # three rounds, written into docs/performance.md
    python -m benchmarks.bench --quick          # one short round, to see that all works; printed
    python -m benchmarks.bench --only ours_uwsgi flask_gunicorn --cases sgd_png cnn_png

Every round starts each contestant in turn, checks its answers, measures it and stops it. The contestants'
virtualenvs are made in VAR_DIR/bench on the first run. Needs a C compiler for uWSGI; `wrk`, for which a
slower generator of our own stands in; and Nginx for the contestant that has one.
"""

from __future__ import annotations

import argparse
import os
import platform
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import joblib
import numpy as np

from benchmarks.serving.cases import CASES
from benchmarks.serving.contestants import SGD_PACKAGE, Contestant, Place, peers
from benchmarks.serving.load import generator_name
from benchmarks.serving.measuring import Plan, draw_on, play
from benchmarks.serving.ports import free_ports
from benchmarks.serving.report import print_report, write_report
from benchmarks.serving.results import Results
from benchmarks.serving.site import Site
from benchmarks.serving.virtualenvs import ROOT, bin_of

DRAW_SECONDS = 15
PORTS = 3  # MLServer wants as many.
QUICK = {"rounds": 1, "seconds": 2.0}


def main() -> None:
    """Parse, measure, report."""
    parser = _parser()
    if parser.parse_args().quick:
        parser.set_defaults(**QUICK)
    arguments = parser.parse_args()
    if arguments.report:
        write_report(Results.read(arguments.report))
        return
    folder = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute() / "bench"
    output = arguments.output or folder / "results.json"
    results = measure(folder, output, arguments)
    results.write(output)
    print_report(results)
    if arguments.docs:
        write_report(results)


def measure(folder: Path, output: Path, arguments: argparse.Namespace) -> Results:
    """All rounds. Each begins with another contestant, so that none is always measured first."""
    site = Site(folder / "site")
    contestants = [*site.contestants(), *peers()]
    if arguments.only:
        contestants = [each for each in contestants if each.key in arguments.only]
    plan = Plan(arguments.seconds, arguments.connections, frozenset(arguments.cases))
    results = Results(machine=_machine(arguments))
    weights = _write_weights(folder / "weights.npz")
    for turn in range(arguments.rounds):
        print(f"Round {turn + 1} of {arguments.rounds}", flush=True)
        start = turn * len(contestants) // arguments.rounds
        for contestant in contestants[start:] + contestants[:start]:
            play(contestant, _place(folder, contestant, weights), plan, results)
            results.write(output)  # A run that is broken off keeps what it has.
    _draw(contestants, folder, weights, results)
    return results


def _draw(contestants: list[Contestant], folder: Path, weights: Path, results: Results) -> None:
    """The draw page is measured as it is deployed, behind Nginx."""
    for contestant in contestants:
        if contestant.key == "ours_nginx":
            draw_on(contestant, _place(folder, contestant, weights), DRAW_SECONDS, results)


def _place(folder: Path, contestant: Contestant, weights: Path) -> Place:
    own = folder / "run" / contestant.key
    own.mkdir(parents=True, exist_ok=True)
    return Place(free_ports(PORTS), own, partial(bin_of, folder / "venvs"), weights)


def _write_weights(path: Path) -> Path:
    """The linear model without scikit-learn, for the floor."""
    path.parent.mkdir(parents=True, exist_ok=True)
    model = joblib.load(SGD_PACKAGE / "model.pkl.gz")  # noqa: TID251 - our own file, as the peers load it
    np.savez(path, weights=model.coef_, bias=model.intercept_)
    return path


def _machine(arguments: argparse.Namespace) -> dict[str, object]:
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": cpu[0].partition(":")[2].strip() if cpu else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "generator": generator_name(),
        "rounds": arguments.rounds,
        "seconds": arguments.seconds,
        "connections": arguments.connections,
        "load_before": round(os.getloadavg()[1], 1),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure this service against others.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each case in each round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--quick", action="store_true", help="one round of two seconds")
    parser.add_argument("--only", nargs="+", metavar="CONTESTANT")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--output", type=Path, help="default: VAR_DIR/bench/results.json")
    parser.add_argument("--docs", action="store_true", help="write the tables and the chart into docs/")
    parser.add_argument(
        "--report", type=Path, metavar="RESULTS", help="write docs/ from an earlier run's results"
    )
    return parser


if __name__ == "__main__":
    main()

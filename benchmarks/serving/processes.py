"""What a contestant costs: CPU time and memory of all its processes together, as Linux counts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARKER = "BENCH_CONTESTANT"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
STOP_PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Stat:
    """What /proc says of one process.

    Attributes:
        parent: its parent's process id.
        cpu_s: CPU time in seconds of all its threads and of its children that have ended.
        started: when, in clock ticks since the machine's start; with the id it names a process for ever.
    """

    parent: int
    cpu_s: float
    started: int


def parse_stat(line: str) -> Stat:
    """Read /proc/PID/stat. The command's name stands in brackets and may hold anything, brackets too."""
    fields = line.rpartition(")")[2].split()
    ticks = sum(int(field) for field in fields[11:15])  # User, system, and both of children that ended.
    return Stat(parent=int(fields[1]), cpu_s=ticks / TICKS_PER_SECOND, started=int(fields[19]))


def tree_of(roots: set[int], parents: dict[int, int]) -> set[int]:
    """The processes that stem from some, and these."""
    found = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
        found |= more
    return found


@dataclass(frozen=True, slots=True)
class Tree:
    """All processes of a contestant: those that stem from its first ones or carry its mark.

    The mark, a variable of the environment, finds daemons that were cut loose; the parents find those that
    overwrite their environment.
    """

    processes: Sequence[subprocess.Popen[bytes]]
    mark: str

    def pids(self) -> set[int]:
        """Who they are now."""
        stats = _all_stats()
        marked = {pid for pid in stats if self._is_marked(pid)}
        roots = marked | {process.pid for process in self.processes if process.poll() is None}
        return tree_of(roots, {pid: stat.parent for pid, stat in stats.items()})

    def cpu_s(self) -> float:
        """CPU time in seconds that they have spent since their start."""
        stats = _all_stats()
        return sum(stats[pid].cpu_s for pid in self.pids() if pid in stats)

    def pss_mb(self) -> float:
        """Memory in MB; what several share counts for each in proportion."""
        return sum(_pss_kb(pid) for pid in self.pids()) / 1024

    def stop(self) -> None:
        """End them all, gently first."""
        for process in self.processes:
            process.terminate()
        deadline = time.monotonic() + STOP_PATIENCE_S
        while (alive := self.pids()) and time.monotonic() < deadline:
            time.sleep(0.1)
        for pid in alive:
            _signal(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()

    def _is_marked(self, pid: int) -> bool:
        try:
            return f"{MARKER}={self.mark}\0".encode() in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False


def _all_stats() -> dict[int, Stat]:
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stats[int(folder.name)] = parse_stat((folder / "stat").read_text())
        except OSError:  # It has ended meanwhile.
            continue
    return stats


def _pss_kb(pid: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)

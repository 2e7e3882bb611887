"""A stand-in for systemctl: it starts, reloads and stops what the units of a folder say, as systemd would.

    UNITS=... STATE=... python systemctl.py enable --now UNIT...

Of a unit it reads how to start, reload and end it. It gives no protection and does not restart what fails.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS, STATE = Path(os.environ["UNITS"]), Path(os.environ["STATE"])


class Unit:
    """A service."""

    def __init__(self, name: str) -> None:
        self.name = name
        lines = (UNITS / f"{name}.service").read_text().splitlines()
        pairs = [line.partition("=")[::2] for line in lines if "=" in line and not line.startswith("#")]
        self.settings = dict(pairs)
        self.pid_file = STATE / f"{name}.pid"

    def start(self) -> None:
        for key in ("ExecStartPre", "ExecStart"):
            if key in self.settings:
                process = self._run(self.settings[key])
            if key == "ExecStartPre" and key in self.settings and process.wait():
                sys.exit(f"{self.name}: {key} failed")
        self.pid_file.write_text(str(process.pid))

    def stop(self) -> None:
        if not self.pid_file.exists():
            return
        pid = int(self.pid_file.read_text())
        os.kill(pid, getattr(signal, self.settings.get("KillSignal", "SIGTERM")))
        while _lives(pid):
            time.sleep(0.05)
        self.pid_file.unlink()

    def reload(self) -> None:
        os.environ["MAINPID"] = self.pid_file.read_text()
        if self._run(self.settings["ExecReload"].replace("$MAINPID", os.environ["MAINPID"])).wait():
            sys.exit(f"{self.name}: it cannot be reloaded")

    def _run(self, command: str) -> subprocess.Popen[bytes]:
        arguments = shlex.split(command)
        if "nginx" in arguments[0]:  # As root it would serve as another user.
            arguments[-1] += " user root;"
        with (STATE / f"{self.name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - what our own units say
                arguments,
                cwd=self.settings["WorkingDirectory"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        file = self.settings.get("EnvironmentFile")
        lines = Path(file).read_text().splitlines() if file else []
        pairs = [line.partition("=")[::2] for line in lines]
        return {"PATH": "/usr/bin:/bin:/usr/sbin"} | {name: value.strip('"') for name, value in pairs}


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def main(verb: str, *arguments: str) -> None:
    """Do what systemctl is asked."""
    known = [name for name in arguments if (UNITS / f"{name}.service").exists()]
    units = list(map(Unit, known))
    match verb:
        case "daemon-reload":
            pass
        case "enable" | "start":
            for unit in units:
                unit.start()
        case "disable" | "stop":
            for unit in reversed(units):
                unit.stop()
        case "restart":
            for unit in units:
                unit.stop()
                unit.start()
        case "reload":
            for unit in units:
                unit.reload()
        case _:
            sys.exit(f"systemctl {verb} is not known here")


if __name__ == "__main__":
    main(*sys.argv[1:])

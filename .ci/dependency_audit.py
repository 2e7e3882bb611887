"""`make check`: no pinned runtime version has a known vulnerability.

Exits 1 where one has. Without the advisory database (no network) nothing can be said, and that is printed.
"""

from __future__ import annotations

import json
import subprocess
import sys

COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--requirement", "requirements.txt"),
    *("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"),
]


def audit(report: str) -> tuple[list[str], int, int]:
    """Read pip-audit's JSON report.

    Returns:
        A line for each vulnerability, the number of packages audited, the number that could not be.
    """
    dependencies = json.loads(report)["dependencies"]
    audited = [dependency for dependency in dependencies if "skip_reason" not in dependency]
    found = [
        f"{dependency['name']} {dependency['version']}: {vulnerability['id']},"
        f" fixed in {', '.join(vulnerability['fix_versions']) or 'no release yet'}"
        for dependency in audited
        for vulnerability in dependency["vulns"]
    ]
    return found, len(audited), len(dependencies) - len(audited)


def main() -> int:
    """Ask pip-audit, and print what it found."""
    run = subprocess.run(COMMAND, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    try:
        found, audited, skipped = audit(run.stdout)
    except (ValueError, KeyError):
        lines = run.stderr.strip().splitlines()
        sys.stdout.write(f"Dependency audit: NOT DONE, {lines[-1] if lines else 'no report'}\n")
        return 0
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"Dependency audit: {len(found)} vulnerabilities; {audited} packages audited")
    sys.stdout.write(
        f", {skipped} NOT (the advisory database does not answer for them)\n" if skipped else "\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The optional components for Prometheus: each overlay takes them as an operator adds them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.system import optional_program

KUBERNETES = Path(__file__).parent.parent.parent / "deploy" / "kubernetes"


def rendered(folder, overlay, component):
    """What kustomize makes of an overlay with one component."""
    program = optional_program("kubectl")
    resources, components = (
        [os.path.relpath(KUBERNETES / part, folder.resolve())]
        for part in (f"overlays/{overlay}", f"components/{component}")
    )
    text = yaml.safe_dump({"resources": resources, "components": components})
    (folder / "kustomization.yaml").write_text(text)
    made = subprocess.run(  # noqa: S603 - a fixed command
        [program, "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return list(yaml.safe_load_all(made.stdout))


@pytest.mark.parametrize("overlay", ["local", "production"])
def test_the_autoscaler_follows_slots_in_use_beside_the_cpu(tmp_path, overlay):
    documents = rendered(tmp_path, overlay, "scale-on-requests")

    (autoscaler,) = [one for one in documents if one["kind"] == "HorizontalPodAutoscaler"]
    processor, requests = autoscaler["spec"]["metrics"]
    assert processor["resource"]["name"] == "cpu"
    assert requests["pods"] == {
        "metric": {"name": "mnistsite_slots_in_use"},
        "target": {"type": "AverageValue", "averageValue": "500m"},
    }


def test_prometheus_scrapes_the_operators_port_of_the_very_pods(tmp_path):
    documents = rendered(tmp_path, "production", "monitoring")

    (monitor,) = [one for one in documents if one["kind"] == "PodMonitor"]
    (pods,) = [one["spec"]["template"] for one in documents if one["kind"] == "Deployment"]
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    ports = {port["name"] for box in pods["spec"]["containers"] for port in box.get("ports", [])}
    assert endpoint["port"] in ports
    assert monitor["spec"]["selector"]["matchLabels"].items() <= pods["metadata"]["labels"].items()
    assert pods["metadata"]["labels"][monitor["spec"]["jobLabel"]] == "mnistsite"
    assert "PrometheusRule" in {one["kind"] for one in documents}

"""Alerts, runbook and dashboard: they agree with each other and with what `/metrics` tells."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY, Gauge
from prometheus_client.metrics import MetricWrapperBase

from predictor.metrics import instruments
from tests.system import require_program

ROOT = Path(__file__).parent.parent.parent
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "mnistsite.json"
COMPONENTS = ROOT / "deploy" / "kubernetes" / "components"
# What Prometheus adds to every series, and Kubernetes' service discovery besides.
ADDED_LABELS = {"job", "instance", "namespace", "pod"}
# Series of Prometheus itself.
OTHERS = {"up": set(), "ALERTS": {"alertname", "alertstate"}}


def rules():
    (group,) = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text())["groups"]
    return group["rules"]


def dashboard():
    return json.loads(DASHBOARD.read_text())


def panel_expressions():
    panels = dashboard()["panels"]
    return {
        f"{panel['title']}: {one['refId']}": one["expr"]
        for panel in panels
        for one in panel.get("targets", [])
    }


def expressions():
    others = (
        dashboard()["annotations"]["list"][0]["expr"],
        dashboard()["templating"]["list"][1]["query"]["query"],
    )
    adapter = yaml.safe_load((PROMETHEUS / "adapter.yaml").read_text())["rules"][0]["seriesQuery"]
    alerts = {rule["alert"]: rule["expr"] for rule in rules()}
    return {
        **alerts,
        **panel_expressions(),
        "alerts shown": others[0],
        "servers": others[1],
        "adapter": adapter,
    }


def offered():
    """The labels of every series that `/metrics` tells, by its name."""
    series = {}
    for metric in vars(instruments).values():
        if isinstance(metric, MetricWrapperBase):
            labels = set(metric._labelnames)
            for name in REGISTRY._collector_to_names[metric]:
                series[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    return series


@pytest.mark.parametrize("where", sorted(expressions()))
def test_an_expression_names_series_and_labels_that_exist(where):
    expression, series = expressions()[where], offered() | OTHERS
    selected = re.findall(r"\b(mnistsite_\w+|up|ALERTS)\b(?:\{([^}]*)\})?", expression)

    assert selected
    for name, selector in selected:
        assert name in series, name
        used = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        assert used <= series[name] | ADDED_LABELS, name
    grouped = {
        label for group in re.findall(r"\bby \(([\w, ]+)\)", expression) for label in group.split(", ")
    }
    assert grouped <= set().union(*(series[name] for name, _ in selected)) | ADDED_LABELS


@pytest.mark.parametrize("where", sorted(expressions()))
def test_the_addresses_that_an_expression_names_exist(where):
    ours = {
        *("healthz", "readyz", "metrics", "predict", "api:predict"),
        *("inference_protocol:model_infer", "inference_protocol:model_version_infer"),
    }
    for pattern in re.findall(r'\bview(?:=~|!~|=)"([^"]+)"', expressions()[where]):
        assert [view for view in ours if re.fullmatch(pattern, view)], pattern


@pytest.mark.system
def test_promtool_raises_each_alert_when_it_should_and_only_then():
    tried = _promtool("test", "rules", str(PROMETHEUS / "tests.yaml"))
    tests = yaml.safe_load((PROMETHEUS / "tests.yaml").read_text())["tests"]
    raised = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one["exp_alerts"]}

    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert raised == {rule["alert"] for rule in rules()}


@pytest.mark.system
def test_promtool_takes_the_configuration_and_every_expression_of_the_dashboard(tmp_path):
    asked = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(panel_expressions().values())
    ]
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": asked}]}))

    panels = _promtool("check", "rules", str(tmp_path / "panels.yaml"))
    configuration = _promtool("check", "config", str(PROMETHEUS / "prometheus.yaml"))

    assert panels.returncode == 0, panels.stdout + panels.stderr
    assert configuration.returncode == 0, configuration.stdout + configuration.stderr


def test_every_alert_has_its_entry_in_the_runbook_and_every_entry_its_alert():
    page = (ROOT / "docs" / "operations.md").read_text()
    runbook = page.partition("\n## What to do on each alert\n")[2].partition("\n## ")[0]

    entries = re.findall(r"^### (\w+)$", runbook, re.MULTILINE)

    assert entries == [rule["alert"] for rule in rules()]
    for rule in rules():
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{rule['alert'].lower()}"
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_kubernetes_has_the_very_same_alerts():
    resource = yaml.safe_load((COMPONENTS / "monitoring" / "alerts.yaml").read_text())

    assert resource["kind"] == "PrometheusRule"
    assert resource["spec"] == yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text())


def test_the_dashboard_is_whole():
    numbers = [panel["id"] for panel in dashboard()["panels"]]
    told = {name for name in offered() if re.search(r"_(bucket|total)$", name) or name in _gauges()}
    text = "".join(panel_expressions().values())

    assert numbers == sorted(set(numbers))
    assert {name for name in told if name not in text} == set()
    assert {panel["datasource"]["uid"] for panel in dashboard()["panels"] if "targets" in panel} == {
        "${datasource}"
    }


def _gauges():
    return {metric._name for metric in vars(instruments).values() if isinstance(metric, Gauge)}


def _promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a fixed command
        [require_program("promtool"), *arguments], capture_output=True, text=True, check=False
    )

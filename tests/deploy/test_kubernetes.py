"""The Kubernetes manifests: what kustomize makes of each overlay holds together, and nothing in it is lax."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from mnistsite.env import env

ROOT = Path(__file__).parent.parent.parent
OVERLAYS = ["local", "production"]
# Read by uWSGI, by the image's entry point or by the Prometheus library.
OTHER_SETTINGS = {"WEB_CONFIG", "WEB_SOCKET", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"}

Document = dict[str, Any]


@cache
def rendered(overlay: str) -> list[Document]:
    program = shutil.which("kubectl")
    if program is None:
        pytest.skip("kubectl is not installed (Debian has none that is new enough)")
    folder = ROOT / "deploy" / "kubernetes" / "overlays" / overlay
    made = subprocess.run(  # noqa: S603 - a fixed command
        [program, "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return list(yaml.safe_load_all(made.stdout))


def pod_specs(overlay: str) -> Iterator[tuple[str, Document]]:
    """Every pod that the overlay would start: what starts it, and the pod's spec."""
    for document in rendered(overlay):
        spec = document.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield f"{document['kind']} {document['metadata']['name']}", spec["template"]["spec"]


def containers(pod: Document) -> list[Document]:
    return [*pod.get("initContainers", []), *pod["containers"]]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_part_of_the_contract_is_there(overlay):
    kinds = {document["kind"] for document in rendered(overlay)}

    assert kinds >= {
        *("Namespace", "ServiceAccount", "Deployment", "Service", "Ingress", "ConfigMap", "Job", "CronJob"),
        *("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"),
    }


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_secret_is_in_the_repository(overlay):
    assert [document for document in rendered(overlay) if document["kind"] == "Secret"] == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_pods_are_as_restricted_as_pod_security_asks(overlay):
    for name, pod in pod_specs(overlay):
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC"}, name
        assert {next(iter(set(volume) - {"name"})) for volume in pod["volumes"]} <= {
            *("emptyDir", "configMap", "secret", "persistentVolumeClaim")
        }
        for container in containers(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert context["readOnlyRootFilesystem"] is True, name
            assert context.get("runAsUser", 1) != 0, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_asks_for_what_it_needs_and_has_a_bound(overlay):
    for name, pod in pod_specs(overlay):
        for container in containers(pod):
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name
            assert container["resources"]["limits"].keys() == {"cpu", "memory"}, name
            assert re.search(r":[0-9a-z.-]+$", container["image"]), container["image"]
            assert not container["image"].endswith(":latest"), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_pods_name_exists(overlay):
    made = {(document["kind"], document["metadata"]["name"]) for document in rendered(overlay)}
    outside = {("secret", "mnistsite"), ("secret", "postgres")}
    for name, pod in pod_specs(overlay):
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        for volume in volumes.values():
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in made, name
            if "secret" in volume:
                assert ("secret", volume["secret"]["secretName"]) in outside, name
        for container in containers(pod):
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            claimed = {"data"} if "StatefulSet" in name else set()
            assert mounted <= volumes.keys() | claimed, name
            for source in container.get("envFrom", []):
                assert ("ConfigMap", source["configMapRef"]["name"]) in made, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_deployment_never_has_fewer_pods_than_it_should(overlay):
    (deployment,) = [
        document
        for document in rendered(overlay)
        if (document["kind"], document["metadata"]["name"]) == ("Deployment", "mnistsite")
    ]
    spec = deployment["spec"]

    assert "replicas" not in spec  # The autoscaler's number would be overwritten by each `apply`.
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    for container in spec["template"]["spec"]["containers"]:
        assert {"readinessProbe", "livenessProbe", "lifecycle"} <= container.keys()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_services_budgets_and_policies_select_pods_that_exist(overlay):
    labels = [
        document["spec"].get("jobTemplate", document)["spec"]["template"]["metadata"]["labels"]
        for document in rendered(overlay)
        if document["kind"] in {"Deployment", "StatefulSet", "Job", "CronJob"}
    ]
    for document in rendered(overlay):
        spec = document.get("spec", {})
        selector = {"Service": spec.get("selector")}.get(document["kind"])
        if document["kind"] == "PodDisruptionBudget":
            selector = spec["selector"]["matchLabels"]
        if document["kind"] == "NetworkPolicy":
            selector = spec["podSelector"].get("matchLabels")
        if selector:
            assert any(selector.items() <= found.items() for found in labels), document["metadata"]["name"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_settings_are_ones_that_something_reads(overlay):
    (settings,) = [
        document["data"]
        for document in rendered(overlay)
        if document["kind"] == "ConfigMap" and document["metadata"]["name"].startswith("settings-")
    ]

    assert {name.removesuffix("_FILE") for name in settings} <= {*env.scheme, *OTHER_SETTINGS}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nginx_and_uwsgi_have_the_files_of_their_folders(overlay):
    configured = {
        document["metadata"]["name"].rpartition("-")[0]: document["data"]
        for document in rendered(overlay)
        if document["kind"] == "ConfigMap"
    }
    nginx = ROOT / "deploy" / "nginx"
    files = [*nginx.glob("*.conf"), nginx / "entrance" / "behind-ingress.conf"]

    assert configured["nginx"] == {file.name: file.read_text() for file in files}
    assert configured["uwsgi"] == {"uwsgi.ini": (ROOT / "deploy" / "uwsgi" / "uwsgi.ini").read_text()}

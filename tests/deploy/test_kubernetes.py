"""The Kubernetes manifests: what kustomize makes of each overlay holds together, and nothing in it is lax."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mnistsite.env import env
from tests.deploy.manifests import ROOT, VARIANTS, Document, Variant, found, rendered, variant_name

# Read by uWSGI, by the image's entry point or by the Prometheus library.
OTHER_SETTINGS = {"WEB_CONFIG", "WEB_SOCKET", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"}

every_variant = pytest.mark.parametrize("variant", VARIANTS, ids=variant_name)


def pod_specs(variant: Variant) -> Iterator[tuple[str, Document]]:
    """Every pod that the overlay would start: what starts it, and the pod's spec."""
    for document in rendered(variant):
        spec = document.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield f"{document['kind']} {document['metadata']['name']}", spec["template"]["spec"]


def containers(pod: Document) -> list[Document]:
    return [*pod.get("initContainers", []), *pod["containers"]]


@every_variant
def test_every_part_of_the_contract_is_there(variant):
    kinds = {document["kind"] for document in rendered(variant)}

    assert kinds >= {
        *("Namespace", "ServiceAccount", "Deployment", "Service", "Ingress", "ConfigMap", "Job", "CronJob"),
        *("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"),
    }


@every_variant
def test_no_secret_is_in_the_repository(variant):
    assert [document for document in rendered(variant) if document["kind"] == "Secret"] == []


@every_variant
def test_pods_are_as_restricted_as_pod_security_asks(variant):
    for name, pod in pod_specs(variant):
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


@every_variant
def test_every_container_asks_for_what_it_needs_and_has_a_bound(variant):
    for name, pod in pod_specs(variant):
        for container in containers(pod):
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name
            assert container["resources"]["limits"].keys() == {"cpu", "memory"}, name
            assert re.search(r":[0-9a-z.-]+$", container["image"]), container["image"]
            assert not container["image"].endswith(":latest"), name


@every_variant
def test_what_pods_name_exists(variant):
    made = {(document["kind"], document["metadata"]["name"]) for document in rendered(variant)}
    outside = {("secret", "mnistsite"), ("secret", "postgres")}
    for name, pod in pod_specs(variant):
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        for volume in volumes.values():
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in made, name
            if "secret" in volume:
                assert ("secret", volume["secret"]["secretName"]) in outside, name
            if "persistentVolumeClaim" in volume:
                claim = volume["persistentVolumeClaim"]["claimName"]
                assert ("PersistentVolumeClaim", claim) in made, name
        for container in containers(pod):
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            claimed = {"data"} if "StatefulSet" in name else set()
            assert mounted <= volumes.keys() | claimed, name
            for source in container.get("envFrom", []):
                assert ("ConfigMap", source["configMapRef"]["name"]) in made, name


@every_variant
def test_the_deployment_never_has_fewer_pods_than_it_should(variant):
    deployment = found(variant, "Deployment", "mnistsite")
    spec = deployment["spec"]

    assert "replicas" not in spec  # The autoscaler's number would be overwritten by each `apply`.
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    for container in spec["template"]["spec"]["containers"]:
        assert {"readinessProbe", "livenessProbe", "lifecycle"} <= container.keys()


@every_variant
def test_services_budgets_and_policies_select_pods_that_exist(variant):
    labels = [
        document["spec"].get("jobTemplate", document)["spec"]["template"]["metadata"]["labels"]
        for document in rendered(variant)
        if document["kind"] in {"Deployment", "StatefulSet", "Job", "CronJob"}
    ]
    for document in rendered(variant):
        spec = document.get("spec", {})
        selector = {"Service": spec.get("selector")}.get(document["kind"])
        if document["kind"] == "PodDisruptionBudget":
            selector = spec["selector"]["matchLabels"]
        if document["kind"] == "NetworkPolicy":
            selector = spec["podSelector"].get("matchLabels")
        if selector:
            assert any(selector.items() <= found.items() for found in labels), document["metadata"]["name"]


@every_variant
def test_the_settings_are_ones_that_something_reads(variant):
    (settings,) = [
        document["data"]
        for document in rendered(variant)
        if document["kind"] == "ConfigMap" and document["metadata"]["name"].startswith("settings-")
    ]

    assert {name.removesuffix("_FILE") for name in settings} <= {*env.scheme, *OTHER_SETTINGS}


@every_variant
def test_nginx_and_uwsgi_have_the_files_of_their_folders(variant):
    configured = {
        document["metadata"]["name"].rpartition("-")[0]: document["data"]
        for document in rendered(variant)
        if document["kind"] == "ConfigMap"
    }
    nginx = ROOT / "deploy" / "nginx"
    files = [*nginx.glob("*.conf"), nginx / "entrance" / "behind-ingress.conf"]

    assert configured["nginx"] == {file.name: file.read_text() for file in files}
    assert configured["uwsgi"] == {"uwsgi.ini": (ROOT / "deploy" / "uwsgi" / "uwsgi.ini").read_text()}


FROM_OUTSIDE = {
    "packages-from-volume": "/srv/packages",
    "packages-from-https": "https://packages.example/packages.tar.gz",
}


@pytest.mark.parametrize("component", FROM_OUTSIDE)
def test_packages_from_outside_join_those_of_the_image_for_server_and_batch(component):
    variant = ("production", "batch", component)
    (packages,) = [
        document["data"]
        for document in rendered(variant)
        if document["kind"] == "ConfigMap" and document["metadata"]["name"].startswith("packages-")
    ]
    pods = [pod for name, pod in pod_specs(variant) if name.endswith((" mnistsite", " mnistsite-predict"))]

    assert packages == {"PACKAGES": FROM_OUTSIDE[component]}
    assert len(pods) == 2
    for pod in pods:
        (fetching,) = [one for one in pod["initContainers"] if one["name"] == "packages"]
        (asked,) = [one for one in pod["containers"] if one["name"] in {"web", "predict"}]
        assert fetching["args"] == [
            *("manage.py", "fetch_packages", "trained_models", "$(PACKAGES)", "--to", "/srv/models")
        ]
        assert {"name": "MODELS_DIR", "value": "/srv/models"} in asked["env"]
        assert {"name": "models", "mountPath": "/srv/models", "readOnly": True} in asked["volumeMounts"]


def test_a_batch_that_refused_pictures_is_not_tried_again():
    job = found(("production", "batch"), "CronJob", "mnistsite-predict")["spec"]["jobTemplate"]["spec"]

    first, _ = job["podFailurePolicy"]["rules"]
    assert first["action"] == "FailJob"
    assert first["onExitCodes"]["values"] == [1, 2]

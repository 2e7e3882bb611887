"""Every overlay, with every component, is valid to the letter for the newest versions of Kubernetes."""

from __future__ import annotations

import kubernetes_validate
import pytest
from kubernetes_validate.utils import all_versions
from packaging.version import Version

from tests.deploy.manifests import distinct_documents

OPERATORS = "monitoring.coreos.com/"  # Resources of the Prometheus operator are no part of Kubernetes.
NEWEST = sorted({version.partition("_")[0] for version in all_versions()}, key=Version)[-3:]


def test_they_are_three():
    assert len({version.rpartition(".")[0] for version in NEWEST}) == 3


@pytest.mark.parametrize("version", NEWEST)
def test_the_manifests_are_valid_and_hold_no_unknown_field(version):
    for document in distinct_documents():
        if not document["apiVersion"].startswith(OPERATORS):
            kubernetes_validate.validate(document, version, strict=True)


def test_a_field_that_does_not_exist_would_be_refused():
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"prots": []}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(service, NEWEST[-1], strict=True)

"""The OpenAPI document: valid, true, complete, and the same as the committed copy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from predictor.api.openapi.document import METHODS, openapi_document
from predictor.api.openapi.failures import FAILURES
from predictor.api.urls import urlpatterns
from tests.api.test_api_docs import API_DOCS
from tests.api.uploads import as_file

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.yaml"
DOCUMENT = openapi_document()
OPERATIONS = [
    (method, path, methods[method])
    for path, methods in DOCUMENT["paths"].items()
    for method in METHODS
    if method in methods
]


def followed(value):
    found = value
    if "$ref" in value:
        found = DOCUMENT
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    return found


def errors_of(value, schema):
    validator = Draft202012Validator(
        {"$ref": "#/components/schemas/Wanted", "components": DOCUMENT["components"]}
        | {"components": {"schemas": DOCUMENT["components"]["schemas"] | {"Wanted": schema}}},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [error.message for error in validator.iter_errors(value)]


def contents():
    """Every body of the document, of requests and of answers."""
    for method, path, operation in OPERATIONS:
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (content for body in bodies for content in body.get("content", {}).values()):
            yield f"{method} {path}", content


def test_it_is_valid_openapi_3_1():
    validate_schema(DOCUMENT)

    assert DOCUMENT["openapi"].startswith("3.1.")


def test_the_committed_copy_is_the_code_s_own():
    committed = yaml.safe_load(COMMITTED.read_text())

    assert committed == json.loads(json.dumps(DOCUMENT)), "The contract has changed: make openapi"


def test_every_address_and_method_is_described():
    in_code = {
        (method, re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/v1/{pattern.pattern}"))
        for pattern in urlpatterns
        for method in METHODS
        if hasattr(pattern.callback.cls, method)
    }

    assert {(method, path) for method, path, _ in OPERATIONS} == in_code


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=lambda value: str(value)[:60])
def test_an_operation_says_all_that_a_client_needs(method, path, operation):
    assert operation["operationId"]
    assert operation["summary"]
    assert operation["description"]
    assert operation["security"]
    assert {"400", "405", "406", "500"} <= set(operation["responses"])
    for status, response in operation["responses"].items():
        assert "X-Request-ID" in response["headers"]
        assert ("WWW-Authenticate" in response["headers"]) == (status == "401")
        assert ("Retry-After" in response["headers"]) == (status in {"429", "503"})
        if status >= "400":
            (content,) = response["content"].values()
            assert content["schema"] == {"$ref": "#/components/schemas/Error"}
        if status != "204":
            assert all(content.get("examples") for content in response["content"].values())


def test_every_example_is_of_the_form_that_it_is_an_example_of():
    wrong = [
        f"{place}: {message}"
        for place, content in contents()
        for example in content.get("examples", {}).values()
        for message in errors_of(followed(example)["value"], content["schema"])
    ]

    assert wrong == []


def test_every_error_code_of_the_docs_is_in_the_document_and_no_other():
    documented = set(
        re.findall(r"`([a-z_0-9]+)`", "".join(re.findall(r"^\| \d{3} \|[^|]+", API_DOCS, re.MULTILINE)))
    )
    known = {code for codes in FAILURES.values() for code in codes}

    assert documented == known


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("application/yaml", "application/yaml"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
    ],
)
def test_it_comes_as_json_and_yaml_to_everyone(client, accept, content_type):
    response = client.get("/api/schema/", headers={"Accept": accept} if accept else {})

    assert response.status_code == 200
    assert response["Content-Type"].split(";")[0] == content_type
    assert yaml.safe_load(response.content) == json.loads(json.dumps(DOCUMENT))


def test_the_answers_are_of_the_form_that_the_document_gives(program, picture, alice_key):
    answers = {
        "Prediction": program.post("/api/v1/predict?explain=true", {"file": as_file(picture)}),
        "Batch": program.post("/api/v1/predict/batch", {"file": [as_file(picture), as_file(b"text")]}),
        "ModelList": program.get("/api/v1/models"),
        "ModelAndVersions": program.get("/api/v1/models/tiny-digits"),
        "Model": program.get("/api/v1/models/tiny-digits/versions/1.2.3"),
        "TokenList": program.get("/api/v1/tokens"),
        "Root": program.get("/api/v1/"),
        "Error": program.post("/api/v1/predict"),
    }

    wrong = {
        name: errors_of(answer.json(), {"$ref": f"#/components/schemas/{name}"})
        for name, answer in answers.items()
    }

    assert wrong == {name: [] for name in answers}


@pytest.mark.django_db
def test_the_page_shows_every_operation(client):
    page = client.get("/api/docs/").text

    for method, path, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in page
        assert f"{method.upper()}</code> <code>{path}</code>" in page
    assert "model_unavailable" in page

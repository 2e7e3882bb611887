"""The OpenAPI document: valid, true, complete, and the same as the committed copy."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
import yaml
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from predictor.access.tokens import issue_token
from predictor.api.openapi.document import METHODS, openapi_document
from predictor.api.openapi.failures import FAILURES
from predictor.api.urls import urlpatterns
from predictor.models import APIToken, ShadowCount
from predictor.versions.watcher import Watcher
from tests.api.test_api_docs import API_DOCS
from tests.api.uploads import as_file

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "docs" / "openapi.yaml"
PREDICTOR = ROOT / "predictor"
OF_REST_FRAMEWORK = {
    *("parse_error", "not_authenticated", "method_not_allowed", "not_acceptable"),
    "unsupported_media_type",
}
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
    assert {"400", "405", "406", "429", "500", "503"} <= set(operation["responses"])
    for status, response in operation["responses"].items():
        assert "X-Request-ID" in response["headers"]
        assert ("WWW-Authenticate" in response["headers"]) == (status == "401")
        assert ("Retry-After" in response["headers"]) == (status in {"429", "503"})
        assert ("RateLimit" in response["headers"]) == (status not in {"406", "411"})
        assert ("RateLimit-Policy" in response["headers"]) == (status not in {"406", "411"})
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
    documented = {
        (int(status), code)
        for status, codes in re.findall(r"^\| (\d{3}) \|([^|]+)", API_DOCS, re.MULTILINE)
        for code in re.findall(r"`([a-z_0-9]+)`", codes)
    }
    known = {(status, code) for status, codes in FAILURES.items() for code in codes}

    assert documented == known


def test_every_error_code_of_the_document_is_in_the_code():
    sources = [path for path in PREDICTOR.rglob("*.py") if "openapi" not in path.relative_to(PREDICTOR).parts]
    written = set(re.findall(r"""["']([a-z_0-9]+)["']""", "".join(path.read_text() for path in sources)))

    assert {code for codes in FAILURES.values() for code in codes} - written <= OF_REST_FRAMEWORK


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


def test_the_answers_are_of_the_form_that_the_document_gives(program, picture, alice):
    token = APIToken.objects.for_owner(alice).get()
    answers = {
        "Prediction": program.post("/api/v1/predict?explain=true", {"file": as_file(picture)}),
        "Batch": program.post("/api/v1/predict/batch", {"file": [as_file(picture), as_file(b"text")]}),
        "ModelList": program.get("/api/v1/models"),
        "ModelAndVersions": program.get("/api/v1/models/tiny-digits"),
        "Model": program.get("/api/v1/models/tiny-digits/versions/1.2.3"),
        "TokenList": program.get("/api/v1/tokens"),
        "Token": program.get(f"/api/v1/tokens/{token.public_id}"),
        "NewToken": program.post(f"/api/v1/tokens/{token.public_id}/rotate"),
        "Root": program.get("/api/v1/"),
        "Error": program.post("/api/v1/predict"),
    }

    wrong = {
        name: errors_of(answer.json(), {"$ref": f"#/components/schemas/{name}"})
        for name, answer in answers.items()
    }

    assert wrong == {name: [] for name in answers}


def test_the_answers_about_versions_are_of_the_form_that_the_document_gives(operator, two_versions):
    key, _token = issue_token(operator, name="deployment", scopes=["admin:models"])
    ask = partial(Client(headers={"Authorization": f"Token {key}"}).generic, content_type="application/json")
    model = "/api/v1/models/tiny-digits"
    activated = ask("POST", f"{model}/activate", b'{"version": "2.0.0"}')
    canary = ask("PUT", f"{model}/canary", b'{"version": "1.2.3", "percent": 10}')
    shadow = ask("PUT", f"{model}/shadow", b'{"version": "1.2.3"}')
    Watcher().look()
    ShadowCount.objects.create(name="tiny-digits", version="1.2.3", compared_with="2.0.0", agreed=1)
    versions = ask("GET", f"{model}/versions")
    with_roles = ask("GET", model)

    wrong = [
        *errors_of_answer(activated, "Activation"),
        *errors_of_answer(canary, "Activation"),
        *errors_of_answer(shadow, "Activation"),
        *errors_of_answer(versions, "ModelVersions"),
        *errors_of_answer(with_roles, "ModelAndVersions"),
    ]

    assert wrong == []
    assert all(versions.json()[name] for name in ("workers", "shadow_counts", "history"))


def errors_of_answer(answer, component):
    assert answer.status_code == 200
    return errors_of(answer.json(), {"$ref": f"#/components/schemas/{component}"})


@pytest.mark.parametrize("name", ["RateLimit", "RateLimit-Policy"])
@pytest.mark.parametrize("with_token", [True, False])
def test_the_headers_of_limits_are_of_the_form_that_the_document_gives(
    client, program, settings, name, with_token
):
    settings.RATE_LIMIT_PER_TOKEN = settings.RATE_LIMIT_PER_ADDRESS = 10
    header = DOCUMENT["components"]["headers"][name]

    answer = (program if with_token else client).get("/api/v1/models")

    assert re.search(header["schema"]["pattern"], answer[name])
    assert re.search(header["schema"]["pattern"], header["example"])


@pytest.mark.django_db
def test_the_page_shows_every_operation(client):
    page = client.get("/api/docs/").text

    for method, path, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in page
        assert f"{method.upper()}</code> <code>{path}</code>" in page
    assert "model_unavailable" in page
    assert "`" not in page
    assert "X-Request-ID, RateLimit, RateLimit-Policy" in page
    assert "<code>multipart/form-data</code>, <code>application/x-www-form-urlencoded</code>" in page

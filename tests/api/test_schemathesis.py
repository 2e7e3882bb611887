"""schemathesis over the whole OpenAPI document: no 500, no undocumented status, no answer of another form.

SCHEMATHESIS_EXAMPLES says how many requests are made up for each operation, of valid and of invalid ones,
with a token that may do everything and without one; by default few. With 100 they are about 5,000:

    SCHEMATHESIS_EXAMPLES=100 pytest -n 0 --timeout 0 tests/api/test_schemathesis.py
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from mnistsite.handlers import UTF8WSGIHandler
from predictor.access.scopes import SCOPES
from predictor.access.tokens import issue_token
from predictor.api.openapi.document import openapi_document

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))
VERSIONS = st.sampled_from(["1.2.3", "2.0.0", "0.9.0", "4.0.0"])  # Two sound ones, a bad one and none.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]


@schemathesis.serializer("image/*")
def as_the_body(ctx, value):
    """A picture is the body itself."""
    return value if isinstance(value, bytes) else str(value).encode()


SCHEMA = schemathesis.openapi.from_dict(openapi_document())
SCHEMA.app = UTF8WSGIHandler()
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}
# Of the parts of an address every text is valid, so only a body can be invalid.
KINDS = [(label, GenerationMode.POSITIVE) for label in OPERATIONS] + [
    (label, GenerationMode.NEGATIVE) for label, operation in OPERATIONS.items() if len(operation.body)
]


@pytest.fixture
def generous_limits(settings):
    """Every request is counted, and none is too much."""
    settings.RATE_LIMIT_PER_TOKEN = settings.RATE_LIMIT_PER_ADDRESS = 10**9


@pytest.mark.parametrize("with_token", [True, False], ids=["token", "stranger"])
@pytest.mark.parametrize(("label", "mode"), KINDS)
def test_requests_made_up_from_the_document_are_answered_as_it_says(
    label, mode, with_token, operator, two_versions, generous_limits
):
    strategy = OPERATIONS[label].as_strategy(generation_mode=mode)
    key, token = issue_token(operator, name="everything", scopes=list(SCOPES))
    headers = {"Authorization": f"Token {key}"} if with_token else {}
    existing = {"name": "tiny-digits", "version": "1.2.3", "public_id": token.public_id}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, named=st.sampled_from(["made up", "address", "address and body"]), version=VERSIONS)
    def ask(case, named, version):
        if named != "made up":
            case.path_parameters = {name: existing[name] for name in case.path_parameters}
        if named == "address and body" and isinstance(case.body, dict) and "version" in case.body:
            case.body = case.body | {"version": version}  # A copy: it may be an example of the document.
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    ask()

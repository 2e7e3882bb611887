"""A program's usual request is answered as Django would answer it; any other is left to Django untouched."""

from __future__ import annotations

import json

import pytest
from prometheus_client import REGISTRY

from predictor.access.tokens import revoke_token
from predictor.count_models import TokenUsage
from predictor.models import APIToken
from predictor.short_way.application import ShortWay, answer_shortly
from tests.inference_protocol.asking import INFER, blank
from tests.pictures import canvas
from tests.short_way.asking import by_django, form, in_json

TENSOR = {"name": "image", "shape": [2, 784], "datatype": "FP32", "parameters": {"binary_data_size": 6272}}
HEAD = json.dumps({"inputs": [TENSOR]}).encode()
RAW = HEAD + bytes(6272)
RAW_LENGTH = {"HTTP_INFERENCE_HEADER_CONTENT_LENGTH": str(len(HEAD))}
VERSION = "/api/v1/models/tiny-digits/versions/1.2.3/predict"

USUAL = {
    "form": lambda picture: (("/api/v1/predict", form(("file", picture))), {}),
    "classic address": lambda picture: (("/predict", form(("file", picture))), {}),
    "model in the form": lambda picture: (
        ("/predict", form(("model", b"tiny-digits"), ("file", picture))),
        {},
    ),
    "model in the query": lambda picture: (("/predict?model=tiny-digits", form(("file", picture))), {}),
    "version in the address": lambda picture: ((VERSION, form(("file", picture))), {}),
    "explained": lambda picture: (("/predict?explain=true", form(("file", picture))), {}),
    "picture as the body": lambda picture: (("/predict", picture, "image/png"), {}),
    "bytes": lambda picture: (("/predict", picture, "application/octet-stream"), {}),
    "JSON": lambda picture: (("/predict", in_json(picture, model="tiny-digits"), "application/json"), {}),
    "own id": lambda picture: (("/predict", picture, "image/png"), {"HTTP_X_REQUEST_ID": "mine-1"}),
    "anything accepted": lambda picture: (("/predict", picture, "image/png"), {"HTTP_ACCEPT": "*/*"}),
    "numbers in JSON": lambda picture: ((INFER, json.dumps(blank()).encode(), ""), {}),
    "numbers behind JSON": lambda picture: ((INFER, RAW, "application/octet-stream"), RAW_LENGTH),
    "raw outputs": lambda picture: (
        (INFER, json.dumps(blank() | {"parameters": {"binary_data_output": True}}).encode(), ""),
        {},
    ),
}

UNUSUAL = {
    "another method": lambda picture: (("/predict", picture, "image/png"), {"REQUEST_METHOD": "PUT"}),
    "no token": lambda picture: (("/predict", picture, "image/png"), {"HTTP_AUTHORIZATION": None}),
    "wrong token": lambda picture: (
        ("/predict", picture, "image/png"),
        {"HTTP_AUTHORIZATION": "Token mns_" + "a" * 43},
    ),
    "malformed token": lambda picture: (
        ("/predict", picture, "image/png"),
        {"HTTP_AUTHORIZATION": "Token x"},
    ),
    "foreign host": lambda picture: (("/predict", picture, "image/png"), {"HTTP_HOST": "evil.example"}),
    "no host": lambda picture: (("/predict", picture, "image/png"), {"HTTP_HOST": None}),
    "browser": lambda picture: (("/predict", picture, "image/png"), {"HTTP_ACCEPT": "text/html"}),
    "renderer named": lambda picture: (("/predict?format=json", picture, "image/png"), {}),
    "no length": lambda picture: (("/predict", picture, "image/png"), {"CONTENT_LENGTH": ""}),
    "chunked": lambda picture: (
        ("/predict", picture, "image/png"),
        {"CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked"},
    ),
    "too long": lambda picture: (("/predict", picture, "image/png"), {"CONTENT_LENGTH": "99999999"}),
    "unknown kind of body": lambda picture: (("/predict", picture, "text/plain"), {}),
    "charset": lambda picture: (("/predict", picture, "image/png; charset=hex"), {}),
    "no file": lambda picture: (("/predict", form(("model", b"tiny-digits"))), {}),
    "two files": lambda picture: (("/predict", form(("file", picture), ("file", picture))), {}),
    "no picture": lambda picture: (("/predict", b"none", "image/png"), {}),
    "damaged picture": lambda picture: (("/predict", picture[:60], "image/png"), {}),
    "blank picture": lambda picture: (("/predict", canvas("white"), "image/png"), {}),
    "no JSON": lambda picture: (("/predict", b"{", "application/json"), {}),
    "unknown model": lambda picture: (("/predict?model=none", picture, "image/png"), {}),
    "unclear explain": lambda picture: (("/predict?explain=maybe", picture, "image/png"), {}),
    "batch": lambda picture: (("/api/v1/predict/batch", form(("file", picture))), {}),
    "unknown address": lambda picture: (("/api/v1/guess", form(("file", picture))), {}),
    "numbers out of range": lambda picture: (
        (INFER, json.dumps(blank(data=[2.0] * 784, datatype="FP32")).encode(), ""),
        {},
    ),
    "encoded pictures": lambda picture: (
        (INFER, json.dumps(blank(datatype="BYTES", shape=[1], data=["bm90"])).encode(), ""),
        {},
    ),
}


@pytest.fixture
def limited(settings):
    """A limit, of which this process takes parts in advance."""
    settings.RATE_LIMIT_PER_TOKEN = 6000


def requests_counted(view: str) -> float:
    labels = {"view": view, "method": "POST", "status": "200"}
    return REGISTRY.get_sample_value("mnistsite_requests_total", labels) or 0


@pytest.mark.parametrize("request_of", USUAL.values(), ids=USUAL)
def test_a_usual_request_is_answered_as_by_django(asking, limited, picture, request_of):
    args, more = request_of(picture)
    long = asking.by_django(*args, **more)

    short = asking.shortly(*args, **more)

    assert long.status == "200 OK"
    assert short.lasting() == long.lasting()
    assert short.headers.keys() == long.headers.keys()


@pytest.mark.parametrize("request_of", UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_request_is_left_to_django_as_it_came(asking, limited, picture, request_of):
    args, more = request_of(picture)
    asking.by_django("/predict", picture, "image/png")
    expected = asking.by_django(*args, **more)
    environ = asking.environ(*args, **more)

    assert answer_shortly(environ) is None
    assert by_django(environ).lasting() == expected.lasting()


def test_it_asks_no_database(asking, limited, picture, django_assert_num_queries, counts_in_memory):
    asking.by_django("/predict", picture, "image/png")

    with django_assert_num_queries(0):
        assert asking.shortly("/predict", picture, "image/png")


def test_what_it_answered_is_counted_once(asking, picture):
    before = requests_counted("predict")

    asking.shortly("/predict", picture, "image/png")

    assert requests_counted("predict") == before + 1
    assert [row.count for row in TokenUsage.objects.all()] == [1]


def test_a_bad_picture_is_counted_once(asking, limited, picture):
    asking.by_django("/predict", picture, "image/png")
    TokenUsage.objects.all().delete()
    environ = asking.environ("/predict", b"none", "image/png")

    application = ShortWay(lambda environ, _start: [by_django(environ).status.encode()])

    assert application(environ, None) == [b"415 Unsupported Media Type"]
    assert [(row.outcome, row.count) for row in TokenUsage.objects.all()] == [("bad_picture", 1)]


def test_a_limit_goes_on_from_one_way_to_the_other(asking, limited, picture):
    ways = [asking.by_django, asking.shortly, asking.shortly, asking.by_django]

    left = [way("/predict", picture, "image/png").headers["RateLimit"] for way in ways]

    assert [each.split(";")[1] for each in left] == ["r=5999", "r=5998", "r=5997", "r=5996"]


def test_what_a_request_for_django_had_paid_is_given_back(asking, limited, picture):
    asking.by_django("/predict", picture, "image/png")
    assert answer_shortly(asking.environ("/predict", b"none", "image/png")) is None

    left = asking.by_django("/predict", picture, "image/png").headers["RateLimit"]

    assert left.split(";")[1] == "r=5998"


def test_each_picture_of_a_tensor_is_paid_for(asking, limited, picture):
    asking.by_django("/predict", picture, "image/png")

    answer = asking.shortly(INFER, RAW, "application/octet-stream", **RAW_LENGTH)

    assert answer.headers["RateLimit"].split(";")[1] == "r=5997"


def test_a_limit_that_is_used_up_is_for_the_counters_to_tell(asking, settings, picture):
    settings.RATE_LIMIT_PER_TOKEN = 200  # Of which a process takes two at a time.
    asking.by_django("/predict", picture, "image/png")

    assert asking.shortly("/predict", picture, "image/png")
    assert asking.shortly("/predict", picture, "image/png") is None


def test_a_revoked_token_is_left_to_django_at_once(asking, alice, picture):
    assert asking.shortly("/predict", picture, "image/png")
    revoke_token(APIToken.objects.get())

    assert asking.shortly("/predict", picture, "image/png") is None


def test_a_token_that_was_not_looked_up_a_moment_ago_is_left_to_django(asking, settings, picture):
    settings.TOKEN_CACHE_SECONDS = 0

    assert asking.shortly("/predict", picture, "image/png") is None


@pytest.mark.parametrize("lacks", [{"scopes": ["feedback"]}, {"model_names": ["other"]}])
def test_a_token_that_may_not_ask_is_left_to_django(asking, picture, lacks):
    token = APIToken.objects.get()
    for name, value in lacks.items():
        setattr(token, name, value)
    token.save()
    asking.by_django("/predict", picture, "image/png")

    assert asking.shortly("/predict", picture, "image/png") is None


def test_where_https_is_asked_for_only_encrypted_requests_are_answered(asking, settings, picture):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60

    args = ("/predict", picture, "image/png")
    encrypted = asking.shortly(*args, HTTP_X_FORWARDED_PROTO="https")

    assert asking.shortly(*args) is None
    assert asking.shortly(*args, HTTP_X_FORWARDED_PROTO="http") is None
    assert encrypted.lasting() == asking.by_django(*args, HTTP_X_FORWARDED_PROTO="https").lasting()
    assert "Strict-Transport-Security" in encrypted.headers

"""Whatever charset a client names, a request is UTF-8. Asked of the WSGI application, as servers do."""

from __future__ import annotations

import io
import json

import pytest

from mnistsite.wsgi import application


def ask(path, content_type, body=b"a=%C", **headers):
    """The status and the body of the answer to a POST."""
    seen = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "model=mnist-sgd",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        **headers,
    }
    response = application(environ, lambda status, headers: seen.append(int(status[:3])))
    answer = b"".join(response)
    response.close()
    return seen[0], answer


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "idna", "undefined", "bz2_codec", "utf-16"])
@pytest.mark.parametrize("kind", ["image/png", "application/json", "application/x-www-form-urlencoded"])
def test_a_charset_is_no_way_to_an_error_of_ours(kind, charset):
    status, body = ask("/api/v1/predict", f"{kind}; charset={charset}")

    assert status == 401
    assert json.loads(body)["error"]["code"] == "not_authenticated"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/predict", "/api/v1/predict"])
@pytest.mark.parametrize("parameter", ["x*=nope''%41", "boundary*=undefined''BB", "charset*=idna''%41"])
def test_nor_is_a_parameter_with_a_charset_of_its_own(path, parameter):
    status, body = ask(path, f"multipart/form-data; {parameter}")

    assert status == 401
    assert json.loads(body)["error"]["code"] == "not_authenticated"


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"", b"a=b"])
@pytest.mark.parametrize("path", ["/api/v1/predict", "/api/v1/predict/batch"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "image/png"])
def test_nor_is_such_a_parameter_of_who_may_ask(alice_key, path, kind, body):
    authorization = {"HTTP_AUTHORIZATION": f"Token {alice_key}"}

    status, _ = ask(path, f"{kind}; x*=nope''%41", body, **authorization)

    assert status in (400, 415)


@pytest.mark.parametrize("path", ["/no/such/page", "/upload/no"])
def test_nor_is_an_accept_header_that_cannot_be_read(client, path):
    assert client.get(path, headers={"Accept": "x/y; x*=nope''%41"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/upload/", "/accounts/login/"])
def test_nor_on_a_page(path):
    status, _ = ask(path, "application/x-www-form-urlencoded; charset=hex")

    assert status == 403


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "idna", "undefined", "utf-16", "bz2_codec", "none-such"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "image/png"])
def test_a_charset_changes_nothing_for_who_may_ask(alice_key, kind, charset):
    authorization = {"HTTP_AUTHORIZATION": f"Token {alice_key}"}

    status, _ = ask("/api/v1/predict", f"{kind}; charset={charset}", b"no picture", **authorization)

    assert status in (400, 415)


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "idna", "undefined"])
def test_a_form_is_utf8_whatever_its_charset_says(charset):
    form = f"application/x-www-form-urlencoded; charset={charset}"

    status, body = ask("/api/v1/token", form, b"username=%41&password=b")

    assert (status, json.loads(body)["error"]["code"]) == (401, "invalid_credentials")

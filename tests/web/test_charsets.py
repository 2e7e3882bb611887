"""Whatever charset a client names, a request is UTF-8. Asked of the WSGI application, as servers do."""

from __future__ import annotations

import io
import json

import pytest

from mnistsite.wsgi import application


def ask(path, content_type):
    """The status and the body of a POST."""
    seen = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "model=mnist-sgd",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "4",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(b"a=%C"),
        "wsgi.url_scheme": "http",
    }
    response = application(environ, lambda status, headers: seen.append(int(status[:3])))
    body = b"".join(response)
    response.close()
    return seen[0], body


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


@pytest.mark.parametrize("path", ["/no/such/page", "/upload/no"])
def test_nor_is_an_accept_header_that_cannot_be_read(client, path):
    assert client.get(path, headers={"Accept": "x/y; x*=nope''%41"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/upload/", "/accounts/login/"])
def test_nor_on_a_page(path):
    status, _ = ask(path, "application/x-www-form-urlencoded; charset=hex")

    assert status == 403

"""A key is in the one answer that makes it, and from then on nowhere: database, history, logs, pages."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection
from django.test import Client

from predictor.json_logs import JSONFormatter
from predictor.models import APIToken
from tests.api.uploads import as_file, post_json
from tests.people import PASSWORD

PAGES = ["/tokens/", "/api/v1/tokens", "/admin/", "/admin/predictor/apitoken/"]


def by_the_api(client, alice):
    response = post_json(client, "/api/v1/token", {"username": "alice", "password": PASSWORD})
    return response.json()["key"]


def by_the_page(client, alice):
    return key_in(logged_in(alice).post("/tokens/", {"name": "mine", "expires_in_days": "30"}).text)


def by_the_admin(client, alice):
    form = {"owner": alice.pk, "name": "made by staff", "scopes": ["predict"]}
    return key_in(client.post("/admin/predictor/apitoken/add/", form).text)


def by_the_command(client, alice):
    out = io.StringIO()
    call_command("create_token", "alice", stdout=out, stderr=io.StringIO())
    return key_in(out.getvalue())


def logged_in(person):
    client = Client()
    client.force_login(person)
    return client


def key_in(text):
    (key,) = set(re.findall(r"mns_[\w-]{43}", text))
    return key


def database_dump():
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = [cursor.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables]  # noqa: S608 - our tables
    return str(rows)


@pytest.fixture
def staff(client, operator):
    """A client in which the superuser is logged in."""
    client.force_login(operator)
    return client


@pytest.mark.parametrize("make", [by_the_api, by_the_page, by_the_admin, by_the_command])
def test_the_key_is_nowhere_after_the_answer_that_made_it(staff, alice, picture, caplog, make):
    caplog.set_level(logging.DEBUG)
    key = make(staff, alice)
    program = Client(headers={"Authorization": f"Token {key}"})
    program.post("/predict", {"file": as_file(picture)})
    program.post("/predict", {"file": as_file(b"no picture")})
    program.post("/api/v1/token", {"username": "alice"})
    change = f"/admin/predictor/apitoken/{APIToken.objects.get().pk}/change/"
    pages = [staff.get(path) for path in [*PAGES, change, change.replace("change", "history")]]
    pages += [logged_in(alice).get(path) for path in PAGES[:2]]

    secret = key.removeprefix("mns_")
    assert "alice" in database_dump()
    assert secret not in database_dump()
    assert secret not in str(list(LogEntry.objects.values()))
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert secret not in "".join(page.text for page in pages)
    assert secret not in str(staff.cookies)
    assert secret not in str([vars(record) for record in caplog.records])
    assert secret not in "".join(JSONFormatter().format(record) for record in caplog.records)


def test_the_password_reaches_neither_the_logs_nor_the_table_of_failures(client, alice, caplog):
    caplog.set_level(logging.DEBUG)
    post_json(client, "/api/v1/token", {"username": "alice", "password": "my wrong one"})
    client.post("/api/v1/token", {"username": "alice", "password": "my wrong one"})
    client.post("/accounts/login/", {"username": "alice", "password": "my wrong one"})

    assert AccessAttempt.objects.exists()
    assert "my wrong one" not in database_dump()
    assert "my wrong one" not in json.dumps([str(vars(record)) for record in caplog.records])

"""The short form of `make faults`: parts break under load, and only the requests fail that must.

A graceful restart has a test of its own, in test_nginx_and_uwsgi.py.
"""

from __future__ import annotations

import pytest

from tests.deploy import faults
from tests.deploy.faults import Fault, try_fault

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def site(tmp_path_factory, seven):
    with faults.site(tmp_path_factory.mktemp("faults"), seven) as site:
        yield site


def test_a_killed_worker_fails_at_most_what_it_held(site):
    outcome = try_fault(site, Fault("killed", faults.kill_a_worker))

    assert outcome.load.failures.keys() <= {"502 unavailable"}
    assert outcome.load.failures.total() <= 1
    assert (outcome.healed, outcome.lost_rows) == (True, 0)


@pytest.mark.parametrize(
    "happen", [faults.stop_the_database, faults.freeze_the_database, faults.stop_redis, faults.be_slow]
)
def test_known_tokens_predict_on_and_nothing_is_lost(site, happen):
    outcome = try_fault(site, Fault(happen.__name__, happen, seconds=3))

    assert not outcome.load.failures
    assert (outcome.healed, outcome.lost_rows, outcome.lost_counts) == (True, 0, 0)


def test_a_full_disk_refuses_large_requests_alone(site):
    if not faults.can_mount(site.folder / "tmp"):
        pytest.skip("nothing can be mounted here")

    outcome = try_fault(site, Fault("disk", faults.fill_the_disk, seconds=3))

    assert not outcome.load.failures
    assert outcome.load.beside.keys() == {"500 server_error"}
    assert (outcome.healed, outcome.lost_rows, outcome.lost_counts) == (True, 0, 0)

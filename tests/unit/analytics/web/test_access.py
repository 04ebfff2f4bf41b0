from base64 import b64encode

import pytest
from prometheus_client import REGISTRY
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from satark.analytics.web.credentials import parse
from satark.analytics.web.rates import Rates
from satark.analytics.web.route import Role
from tests.unit.analytics.web.asking import Clock, ask, client, route, served

FILE = """
read  viewer  the-secret-of-viewer
operate noc   the-secret-of-noc
admin admin   contrail123
"""


def basic(text: str) -> dict[str, str]:
    """Return the header of Basic for name:password."""
    return {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}


def app(*, rate: Rates | None = None, clock: Clock | None = None) -> ASGIApp:
    """Return an application with a route for each role."""
    routes = [route(f"/v1/{role.name.lower()}", role=role) for role in Role]
    return served(*routes, credentials=parse(FILE), rate=rate, clock=clock)


def denials(reason: str) -> float:
    """Return how often callers were turned away for a reason."""
    return REGISTRY.get_sample_value("satark_analytics_denials_total", {"reason": reason}) or 0


class TestCredentials:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": "Bearer the-secret-of-noc"},
            {"Authorization": "bearer  the-secret-of-noc "},
            {"X-Auth-Token": "the-secret-of-noc"},
            basic("noc:the-secret-of-noc"),
        ],
    )
    async def test_each_way_to_say_who_one_is(self, headers: dict[str, str]) -> None:
        """A secret is accepted as bearer token, as Keystone's token, and as the password of its name."""
        response = await ask(app(), "/v1/operate", headers=headers)

        assert response.json()["caller"] == "noc"

    @pytest.mark.parametrize(
        ("headers", "reason"),
        [
            ({}, "no_credentials"),
            ({"Authorization": ""}, "no_credentials"),
            ({"Authorization": "Bearer"}, "malformed"),
            ({"Authorization": "Bearer " + "x" * 1025}, "malformed"),
            ({"Authorization": "Digest username=noc"}, "malformed"),
            ({"Authorization": "Basic ***"}, "malformed"),
            ({"Authorization": "Basic " + b64encode(b"\xff:\xff").decode()}, "malformed"),
            (basic("no colon"), "malformed"),
            ({"Authorization": "Bearer the-secret-of-nobody"}, "unknown"),
            ({"X-Auth-Token": "the-secret-of-nobody"}, "unknown"),
            (basic("viewer:the-secret-of-noc"), "unknown"),
            (basic(":the-secret-of-noc"), "unknown"),
            (basic("noc:"), "unknown"),
        ],
    )
    async def test_each_denial(self, headers: dict[str, str], reason: str) -> None:
        """A caller that is not known is told how to become so; it is counted and logged, without what it said."""
        before = denials(reason)
        with capture_logs() as logs:
            response = await ask(app(), "/v1/read", headers=headers)

        assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
        assert 'Bearer realm="satark"' in response.headers["www-authenticate"]
        assert denials(reason) == before + 1
        denied = next(line for line in logs if line["event"] == "request_denied")
        assert (denied["reason"], denied["route"], denied["address"]) == (reason, "/v1/read", "127.0.0.1")
        assert "the-secret" not in str(logs)

    @pytest.mark.parametrize(
        ("name", "secret", "allowed"),
        [
            ("viewer", "the-secret-of-viewer", {"anyone", "read"}),
            ("noc", "the-secret-of-noc", {"anyone", "read", "operate"}),
            ("admin", "contrail123", {"anyone", "read", "operate", "admin"}),
        ],
    )
    async def test_each_role_may_what_those_before_it_may(self, name: str, secret: str, allowed: set[str]) -> None:
        """A role may do what those before it may, and a refusal says which it needs."""
        async with client(app()) as asking:
            statuses = {
                role.name.lower(): await asking.get(f"/v1/{role.name.lower()}", headers=basic(f"{name}:{secret}"))
                for role in Role
            }

        assert {role for role, response in statuses.items() if response.status_code == 200} == allowed
        for role, response in statuses.items():
            if role not in allowed:
                assert (response.status_code, response.json()["required"]) == (403, role)

    async def test_a_secret_in_the_address_is_none(self) -> None:
        """A token in the query opens nothing: addresses are logged everywhere."""
        assert (await ask(app(), "/v1/read?token=the-secret-of-noc")).status_code == 401


class TestOpen:
    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("127.0.0.1:8081", 200),
            ("localhost", 200),
            ("[::1]:8081", 200),
            ("127.9.9.9", 200),
            ("evil.example:8081", 421),
            ("127.0.0.1.evil.example", 421),
            ("192.0.2.1", 421),
            ("localhost@evil.example", 421),
            ("", 421),
        ],
    )
    async def test_without_credentials_only_this_machine_is_answered(self, host: str, status: int) -> None:
        """Without credentials the name it is called by must be this machine's."""
        response = await ask(served(route(role=Role.ADMIN)), "/v1/things", headers={"Host": host})

        assert response.status_code == status


class TestRate:
    async def test_a_caller_that_asks_too_often_waits(self) -> None:
        """A caller has a burst, then waits as long as it is told; others do not."""
        clock = Clock()
        asked = app(rate=Rates(per_s=0.5, burst=2), clock=clock)
        noc, viewer = basic("noc:the-secret-of-noc"), basic("viewer:the-secret-of-viewer")

        answers = [await ask(asked, "/v1/read", headers=noc) for _ in range(3)]
        others = await ask(asked, "/v1/read", headers=viewer)
        clock.now_s += 2
        again = await ask(asked, "/v1/read", headers=noc)

        assert [one.status_code for one in (*answers, others, again)] == [200, 200, 429, 200, 200]
        assert answers[0].headers["ratelimit"] == '"caller";r=1;t=2'
        assert answers[2].headers["retry-after"] == "2"
        assert {one.headers["ratelimit-policy"] for one in answers} == {'"caller";q=2;w=4'}
        assert answers[2].json()["code"] == "too_many_requests"

    async def test_guesses_are_limited_by_address(self) -> None:
        """Who guesses secrets is soon not listened to, by the address the guesses come from."""
        asked = app(rate=Rates(per_s=1, burst=3))

        answers = [await ask(asked, "/v1/read", headers=basic(f"noc:guess-{n}")) for n in range(4)]

        assert [one.status_code for one in answers] == [401, 401, 401, 429]

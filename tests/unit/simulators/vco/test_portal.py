import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from satark.runtime.settings import Secret
from satark.simulators.vco.auth import Account
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.server import RunningVco, running_vco
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.support.certificates import Authority
from tests.unit.simulators.vco.portal_client import Client

VERSION = "system/getVersionInfo"
EDGES = "enterprise/getEnterpriseEdges"
CALL = {"jsonrpc": "2.0", "id": 1, "method": VERSION, "params": {}}
CUSTOMER = {"username": "customer@example.net", "password": "customer-password"}
OPERATOR = {"username": "operator@example.net", "password": "operator-password"}


class TestEnvelopes:
    @pytest.mark.parametrize("rpc_id", [7, "seven", None])
    async def test_json_rpc(self, client: Client, rpc_id: Any) -> None:
        """The JSON-RPC form answers with the id it got, with or without the slash at the end."""
        for path in ("/portal/", "/portal"):
            answer = (await client.post(path, CALL | {"id": rpc_id})).json()
            assert {"jsonrpc", "result", "id"} == answer.keys()
            assert rpc_id == answer["id"]

    async def test_same_result(self, client: Client) -> None:
        """Both forms give the same result."""
        rest = await client.post(f"/portal/rest/{EDGES}", {})

        assert await client.result(EDGES) == rest.json()
        assert rest.content_type == "application/json"

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"method": 5}', b"\xff", b'"x"'])
    async def test_broken_envelope(self, client: Client, body: bytes) -> None:
        """A body that is no call is refused as such."""
        async with client.http.post(f"{client.vco.url}/portal/", data=body, headers=client.headers) as response:
            answer = await response.json()

        assert (response.status, answer["error"]["code"]) == (200, -32600)

    async def test_unknown_method(self, client: Client) -> None:
        """An unknown method is a methodError in both forms, and counted apart."""
        rest = await client.post("/portal/rest/liveMode/nothing", {})

        assert (await client.error("liveMode/nothing"))["message"] == "methodError"
        assert (rest.status, rest.json()["error"]["message"]) == (400, "methodError")
        assert client.vco.sim.calls == {"unknown": 2}

    async def test_counts(self, client: Client) -> None:
        """Calls are counted by method."""
        await client.result(EDGES)
        await client.result(EDGES)
        await client.result(VERSION)

        assert client.vco.sim.calls == {EDGES: 2, VERSION: 1}


class TestVirtualDate:
    async def test_everywhere(self, client: Client) -> None:
        """Every answer's Date is the virtual time, errors and login pages included."""
        client.vco.sim.advance(3661)
        client.headers = {}
        answers = [
            await client.post("/portal/", CALL),
            await client.post("/login/enterpriseLogin", {}),
            await client.post("/nothing/here", {}),
        ]

        assert [NORTHWIND_NOW + timedelta(seconds=3661)] * 3 == [
            parsedate_to_datetime(answer.headers["Date"]) for answer in answers
        ]

    async def test_runs(self) -> None:
        """With a running clock hours pass in a moment."""
        real = datetime.now(UTC)
        clock = VirtualClock(start=real - timedelta(days=300), started=real - timedelta(seconds=10), rate=86_400)
        async with running_vco(clock=clock) as vco:
            client = Client(vco, aiohttp.ClientSession())
            async with client.http:
                answer = await client.post("/portal/", CALL)

        assert parsedate_to_datetime(answer.headers["Date"]) >= clock.start + timedelta(days=10) - timedelta(seconds=1)


class TestSession:
    async def test_login(self, client: Client) -> None:
        """A login gives a cookie that opens the portal until the logout."""
        client.headers = {}
        login = await client.post("/login/enterpriseLogin", CUSTOMER)
        cookie = login.cookies()["velocloud.session"]
        client.headers = {"Cookie": f"velocloud.session={cookie}"}

        assert (login.status, login.body) == (200, b"")
        assert "HttpOnly" in login.headers["Set-Cookie"]
        assert "Secure" not in login.headers["Set-Cookie"]
        assert len(await client.result(EDGES)) == 3
        assert (await client.post("/logout")).status == 302
        assert (await client.error(EDGES))["message"] == "tokenError [expired session cookie]"

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/portal/rest/login/enterpriseLogin", CUSTOMER),
            ("/login/operatorLogin", OPERATOR),
            ("/portal/rest/login/operatorLogin", OPERATOR),
        ],
    )
    async def test_doors(self, client: Client, path: str, body: Any) -> None:
        """There are four doors, two of them for operators."""
        assert (await client.post(path, body)).cookies()["velocloud.session"]

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/login/enterpriseLogin", CUSTOMER | {"password": "wrong"}),
            ("/login/enterpriseLogin", OPERATOR),
            ("/login/operatorLogin", CUSTOMER),
            ("/login/enterpriseLogin", []),
        ],
    )
    async def test_refused(self, client: Client, path: str, body: Any) -> None:
        """A refused login is a redirect with a percent-encoded message and no session."""
        login = await client.post(path, body)

        assert (login.status, login.headers["Location"]) == (302, "/login")
        assert login.cookies() == {"velocloud.message": "Invalid%20username%20or%20password"}
        assert client.vco.sim.refused_credentials == 1

    async def test_follower_is_fooled(self, client: Client) -> None:
        """A client that follows the redirect meets 200 and a login form."""
        async with client.http.post(f"{client.vco.url}/login/enterpriseLogin", json={}) as response:
            page = await response.text()

        assert (response.status, response.content_type) == (200, "text/html")
        assert "<form" in page

    async def test_redirect_on_success(self, client: Client) -> None:
        """Some releases redirect a login that succeeded, too."""
        client.vco.sim.change(login_status=302)
        login = await client.post("/login/enterpriseLogin", CUSTOMER)

        assert (login.status, login.headers["Location"]) == (302, "/")
        assert login.cookies()["velocloud.session"]

    async def test_time_to_live(self, client: Client) -> None:
        """A session expires in virtual time."""
        client.vco.sim.change(session_ttl_s=60)
        login = await client.post("/login/enterpriseLogin", CUSTOMER)
        client.headers = {"Cookie": f"velocloud.session={login.cookies()['velocloud.session']}"}
        await client.result(VERSION)
        client.vco.sim.advance(60)

        assert (await client.error(VERSION))["message"] == "tokenError [expired session cookie]"


class TestBadCredential:
    @pytest.mark.parametrize(
        ("style", "status", "content_type", "text"),
        [
            ("token_error", 200, "application/json", "tokenError [invalid token]"),
            ("login_redirect", 302, "", ""),
            ("login_page", 200, "text/html", "<form"),
            ("status_401", 401, "application/json", "tokenError"),
            ("status_403", 403, "application/json", "tokenError"),
        ],
    )
    @pytest.mark.parametrize("path", ["/portal/", f"/portal/rest/{VERSION}"])
    async def test_styles(
        self, client: Client, path: str, style: str, status: int, content_type: str, text: str
    ) -> None:
        """A bad credential shows itself in each of the ways seen in the wild, in both forms."""
        client.vco.sim.change(auth_style=style)
        client.headers = {"Authorization": "Token wrong"}
        answer = await client.post(path, CALL)

        assert (status, content_type) == (answer.status, answer.content_type)
        assert text in answer.text
        assert "Expires" not in answer.headers

    async def test_expires_header(self, client: Client) -> None:
        """The header a large provider tests for can be switched on."""
        client.vco.sim.change(expires_header=True)
        good = await client.post("/portal/", CALL)
        client.headers = {}
        bad = await client.post("/portal/", CALL)

        assert (bad.headers.get("Expires"), good.headers.get("Expires")) == ("0", None)

    async def test_token_expires(self, client: Client) -> None:
        """A token is good until its virtual expiry."""
        client.vco.sim.change(token_expires=NORTHWIND_NOW + timedelta(minutes=1))
        await client.result(VERSION)
        client.vco.sim.advance(60)

        assert (await client.error(VERSION))["message"] == "tokenError [expired token]"

    async def test_token_wins(self, client: Client) -> None:
        """A bad token is not saved by a good cookie."""
        login = await client.post("/login/enterpriseLogin", CUSTOMER)
        cookie = login.cookies()["velocloud.session"]
        client.headers = {"Authorization": "Token wrong", "Cookie": f"velocloud.session={cookie}"}

        assert (await client.error(VERSION))["message"] == "tokenError [invalid token]"

    async def test_own_accounts(self) -> None:
        """A test may bring its own accounts, and then only those get in."""
        account = Account(kind="customer", enterprise_ids=(4102,), token=Secret("mine"))
        async with running_vco(accounts=[account]) as vco, aiohttp.ClientSession() as http:
            client = Client(vco, http, {"Authorization": "Token mine"})
            edges = await client.result(EDGES)
            client.be("customer")
            error = await client.error(EDGES)

        assert [edge["name"] for edge in edges] == ["CLINIC-HQ"]
        assert error["message"] == "tokenError [invalid token]"


class TestFailures:
    async def test_error_500(self, client: Client) -> None:
        """A failing orchestrator answers 500 in both forms, as often as asked for."""
        client.vco.sim.fail(VERSION, "error_500", times=2)
        statuses = [
            (await client.post(path, CALL)).status for path in ("/portal/", f"/portal/rest/{VERSION}", "/portal/")
        ]

        assert statuses == [500, 500, 200]

    async def test_bad_gateway(self, client: Client) -> None:
        """A proxy's page is no JSON."""
        client.vco.sim.fail("*", "bad_gateway")
        answer = await client.post("/portal/", CALL)

        assert (answer.status, answer.content_type) == (502, "text/html")

    async def test_truncated(self, client: Client) -> None:
        """A truncated answer is half of the whole one."""
        whole = (await client.post("/portal/", CALL)).body
        client.vco.sim.fail(VERSION, "truncated")
        half = (await client.post("/portal/", CALL)).body

        assert whole[: len(whole) // 2] == half

    @pytest.mark.parametrize("path", ["/portal/", "/login/enterpriseLogin", "/logout"])
    async def test_reset(self, client: Client, path: str) -> None:
        """A reset connection gives no answer at all."""
        client.vco.sim.fail("*", "reset")

        with pytest.raises(aiohttp.ClientConnectionError):
            await client.post(path, CALL)

    async def test_slow(self, client: Client) -> None:
        """A slow answer comes after the client has given up; the next one is as fast as ever."""
        client.vco.sim.fail(VERSION, "slow", delay_s=60)

        with pytest.raises(TimeoutError):
            await client.post("/portal/", CALL, timeout=aiohttp.ClientTimeout(total=0.05))
        await client.result(VERSION)

    async def test_slow_but_there(self, client: Client) -> None:
        """A slow answer is a whole one."""
        client.vco.sim.fail(VERSION, "slow", delay_s=0.01)

        assert (await client.result(VERSION))["version"] == "5.2.3.4"

    async def test_drip(self, client: Client) -> None:
        """An answer that comes in drips is a whole one."""
        client.vco.sim.fail(VERSION, "drip", delay_s=0.05)

        assert (await client.result(VERSION))["version"] == "5.2.3.4"

    async def test_stall(self, client: Client) -> None:
        """Of an answer that stalls half comes, and then nothing until the connection ends."""
        client.vco.sim.fail(VERSION, "stall", delay_s=0.05)

        with pytest.raises(aiohttp.ClientPayloadError):
            await client.post("/portal/", CALL)

    async def test_wrong_clock(self, client: Client) -> None:
        """The `Date` of answers may be another than the virtual time."""
        client.vco.sim.change(date_skew_s=86_400)
        wrong = (await client.post("/portal/", CALL)).headers["Date"]
        client.vco.sim.heal()
        right = (await client.post("/portal/", CALL)).headers["Date"]

        assert parsedate_to_datetime(wrong) - parsedate_to_datetime(right) == timedelta(days=1)

    async def test_privilege(self, client: Client) -> None:
        """A privilege can be taken from a method."""
        client.vco.sim.fail(EDGES, "privilege")

        assert "privilege" in (await client.error(EDGES))["message"]

    @pytest.mark.parametrize("kind", ["detail_missing", "dup_timestamps", "empty_result"])
    async def test_quirks(self, client: Client, kind: Any) -> None:
        """The quirks of quality answers are those of the samples."""
        method = "linkQualityEvent/getLinkQualityEvents"
        params = {"edgeId": 20312, "interval": {"start": 1773140400000, "end": 1773144000000}, "minutesPerSample": 5}
        client.vco.sim.fail(method, kind)
        spoiled, whole = await client.result(method, params), await client.result(method, params)
        rows = spoiled.get("00000001-77aa-4f10-8c21-93b5d7e10a33", {}).get("timeseries", [])
        seen = {
            "detail_missing": any("detail" not in row["metadata"] for row in rows),
            "dup_timestamps": len(rows) > len({row["timestamp"] for row in rows}),
            "empty_result": spoiled == {},
        }

        assert [kind] == [name for name, there in seen.items() if there]
        assert whole["overallLinkQuality"]["sampleCount"] == 12

    async def test_login_fails_too(self, client: Client) -> None:
        """The doors can fail like every method."""
        client.vco.sim.fail("login/enterpriseLogin", "bad_gateway")
        statuses = [(await client.post("/login/enterpriseLogin", CUSTOMER)).status for _ in range(2)]

        assert statuses == [502, 200]


class TestRateLimit:
    async def test_penalty(self, client: Client) -> None:
        """Above the limit everything is answered 429, logins included, and the penalty's requests are counted."""
        client.vco.sim.change(rate={"limit": 2, "penalty_s": 60})
        answers = [await client.post("/portal/", CALL) for _ in range(4)]
        login = await client.post("/login/enterpriseLogin", CUSTOMER)
        limiter = client.vco.sim.limiter

        assert [answer.status for answer in (*answers, login)] == [200, 200, 429, 429, 429]
        assert answers[2].text == "Too Many Requests"
        assert "Retry-After" not in answers[2].headers
        assert (limiter.refused, limiter.refused_in_penalty) == (3, 2)
        assert client.vco.sim.calls == {VERSION: 2}

    async def test_concurrency(self, client: Client) -> None:
        """Requests in flight beyond the limit are refused."""
        client.vco.sim.change(rate={"limit": 100, "max_concurrency": 1})
        client.vco.sim.fail(VERSION, "slow", delay_s=0.3)
        answers = await asyncio.gather(*(client.post("/portal/", CALL) for _ in range(3)))

        assert sorted(answer.status for answer in answers) == [200, 429, 429]
        assert client.vco.sim.in_flight == 0


class TestTls:
    async def test_https(self, tmp_path: Path) -> None:
        """With a certificate the portal is HTTPS and its session cookie is Secure."""
        authority = Authority(tmp_path)
        server = authority.issue("vco")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(server.cert_file, server.key_file)
        trust = ssl.create_default_context(cafile=str(authority.ca_file))
        async with running_vco(tls=context) as vco, aiohttp.ClientSession() as http:
            client = Client(vco, http)
            login = await client.post("/login/enterpriseLogin", CUSTOMER, ssl=trust)

        assert vco.url.startswith("https://127.0.0.1:")
        assert "Secure" in login.headers["Set-Cookie"]


async def test_ports_are_own(vco: RunningVco) -> None:
    """Two simulators run side by side."""
    async with running_vco(world="demo") as other:
        assert vco.url != other.url
        assert other.sim.world.name == "demo"

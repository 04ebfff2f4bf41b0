"""`satark poller check` against the simulator over HTTP and HTTPS, and against orchestrators that give no answer."""

import argparse
import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from satark.poller.main import command
from satark.simulators.vco.server import RunningVco, running_vco
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.support.certificates import Authority
from tests.support.ports import free_port

Check = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """A function that runs the command with settings and arguments, and returns its status and all it printed."""

    async def run(settings: dict[str, Any], *arguments: str) -> tuple[int, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"SATARK_POLLER_{name}", str(value))
        parser = argparse.ArgumentParser(prog="satark poller")
        command.configure(parser)
        status = await asyncio.to_thread(command.run, parser.parse_args(["check", *arguments]))
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


def settings_of(vco: RunningVco, kind: str = "operator", **more: Any) -> dict[str, Any]:
    """Return settings for a simulator with a token of that kind of account."""
    token = vco.accounts[kind].token  # type: ignore[index]
    assert token is not None
    quick = {"DRIVER": "velocloud-v1", "RETRIES": 0, "REQUESTS_PER_S": 1_000}
    return {"VCO_URL": vco.url, "ORCHESTRATOR": "emea", "VCO_TOKEN": token.reveal(), **quick, **more}


async def verdicts(check: Check, settings: dict[str, Any], *arguments: str) -> tuple[int, dict[str, str], Any]:
    """Return the status, the verdict on each thing of the first orchestrator, and what JSON says of it in all."""
    status, text = await check(settings, "--json", *arguments)
    first = json.loads(text)[0]
    return status, {finding["what"]: finding["verdict"] for finding in first["findings"]}, first


class TestReadable:
    @pytest.mark.parametrize("driver", ["velocloud-v1", "velocloud-v2", "auto"])
    async def test_everything(self, check: Check, driver: str) -> None:
        """All of a healthy orchestrator can be read, through either API; the newest sample and its delay are known."""
        async with running_vco() as vco:
            status, found, whole = await verdicts(check, settings_of(vco, DRIVER=driver))

        assert status == 0
        assert whole["readable"]
        assert {what for what, verdict in found.items() if verdict != "ok"} == {"TLS", "clock"}
        assert (whole["enterprises"], whole["edges"], whole["links"]) == (2, 4, 5)
        assert whole["newest"] == "2026-03-10T12:00:00Z"
        assert 290 < whole["data_delay_s"] < 310

    async def test_table(self, check: Check) -> None:
        """The table has a row for each method, with names as the orchestrator has them, and no token."""
        async with running_vco() as vco:
            settings = settings_of(vco)
            status, text = await check(settings)

        rows = (
            "connection",
            "TLS",
            "login",
            "release",
            "clock",
            "token",
            "enterprises",
            "edges",
            "bulk",
            "detail",
            "events",
        )
        assert status == 0
        assert [row for row in (*rows, "newest sample") if f"│ {row} " not in text] == []
        assert "emea (velocloud-v1): 2 enterprises, 4 edges, 5 links" in text
        assert settings["VCO_TOKEN"] not in text

    async def test_tls(self, check: Check, tmp_path: Path) -> None:
        """Over TLS with the right CA nothing is to be said against; with another one that is all that is said."""
        authority = Authority(tmp_path)
        identity = authority.issue("vco")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.cert_file, identity.key_file)
        async with running_vco(tls=context) as vco:
            trusted, found, _ = await verdicts(check, settings_of(vco, CA_FILE=authority.ca_file))
            other = Authority(tmp_path / "other", name="Another CA").ca_file
            distrusted, missing, _ = await verdicts(check, settings_of(vco, CA_FILE=other))

        assert (trusted, found["TLS"], distrusted) == (0, "ok", 1)
        assert (missing["connection"], missing["TLS"], missing["login"]) == ("ok", "failed", "not asked")

    async def test_login(self, check: Check) -> None:
        """A login serves as well as a token, and ends with a logout."""
        async with running_vco() as vco:
            settings = settings_of(vco) | {
                "VCO_TOKEN": "",
                "VCO_USERNAME": "customer@example.net",
                "VCO_PASSWORD": "customer-password",
            }
            status, text = await check(settings)

        assert status == 0
        assert "as customer@example.net" in text
        assert len(vco.sim.sessions) == 0

    async def test_chosen_enterprises(self, check: Check) -> None:
        """Only the enterprises that would be polled are looked at."""
        async with running_vco() as vco:
            _, _, whole = await verdicts(check, settings_of(vco, EXCLUDE_ENTERPRISES="alder*"))
            status, found, _ = await verdicts(check, settings_of(vco, ENTERPRISES="nobody"))

        assert (whole["enterprises"], whole["edges"]) == (1, 3)
        assert (status, found["enterprises"], found["bulk"]) == (1, "failed", "not asked")

    async def test_quality(self, check: Check) -> None:
        """With quality events there is no bulk call, and the newest sample is that of an edge."""
        async with running_vco() as vco:
            status, found, whole = await verdicts(check, settings_of(vco, SOURCE="quality"))

        assert (status, found["bulk"], found["detail"]) == (0, "not asked", "ok")
        assert whole["newest"] is not None

    async def test_nothing_yet(self, check: Check) -> None:
        """An orchestrator whose data is far behind is readable, but worth a warning."""
        async with running_vco() as vco:
            vco.sim.change(lag_s=7_200)
            status, found, whole = await verdicts(check, settings_of(vco))

        assert (status, found["bulk"], found["newest sample"], whole["newest"]) == (0, "ok", "warning", None)

    async def test_token_expires(self, check: Check) -> None:
        """A token that expires soon is worth a warning that names the date."""
        async with running_vco() as vco:
            token = vco.sim.issue_token("operator", NORTHWIND_NOW + timedelta(days=10))
            status, text = await check(settings_of(vco) | {"VCO_TOKEN": token.reveal()})

        assert status == 0
        assert "expires on 2026-03-20 12:10 UTC, in 10 days" in text


class TestUnreadable:
    async def test_dead_host(self, check: Check) -> None:
        """A dead host is told as such, once, and nothing more is asked of it."""
        settings = {"VCO_URL": f"http://127.0.0.1:{free_port()}", "VCO_TOKEN": "geheim", "RETRIES": 0}

        status, found, whole = await verdicts(check, settings)

        assert status == 1
        assert [found[what] for what in ("connection", "TLS", "login", "enterprises")] == ["failed"] + ["not asked"] * 3
        assert "refused" in whole["findings"][0]["detail"]
        assert "geheim" not in json.dumps(whole)

    async def test_slow_method(self, check: Check) -> None:
        """A method that gives no answer in time is what failed, not the connection; and nothing hides it."""
        async with running_vco() as vco:
            vco.sim.fail("enterprise/getEnterprise", "slow", times=None, delay_s=5)
            settings = settings_of(vco, kind="customer", READ_TIMEOUT_S=0.3)
            status, found, _ = await verdicts(check, settings)

        assert status == 1
        assert (found["connection"], found["login"], found["enterprises"]) == ("ok", "not asked", "failed")

    @pytest.mark.parametrize("style", ["token_error", "login_redirect", "login_page", "status_401"])
    async def test_wrong_token(self, check: Check, style: str) -> None:
        """A wrong token is told as such, however the orchestrator hides it."""
        async with running_vco() as vco:
            vco.sim.change(auth_style=style)
            status, found, whole = await verdicts(check, settings_of(vco) | {"VCO_TOKEN": "geheim-geheim"})

        assert (status, found["connection"], found["login"]) == (1, "ok", "failed")
        assert "geheim" not in json.dumps(whole)

    async def test_wrong_password(self, check: Check) -> None:
        """A wrong password is tried once at each login page, and told in the orchestrator's words."""
        async with running_vco() as vco:
            login = {"VCO_TOKEN": "", "VCO_USERNAME": "customer@example.net", "VCO_PASSWORD": "geheim"}
            status, found, whole = await verdicts(check, settings_of(vco) | login)

        assert (status, found["login"]) == (1, "failed")
        assert "geheim" not in json.dumps(whole)

    async def test_forbidden_enterprise(self, check: Check) -> None:
        """One enterprise that may not be read is named; the others are read."""
        async with running_vco() as vco:
            vco.sim.fail("enterprise/getEnterpriseEdges", "privilege")
            status, found, whole = await verdicts(check, settings_of(vco))

        forbidden = [what for what, verdict in found.items() if verdict == "forbidden"]
        assert status == 1
        assert len(forbidden) == 1
        assert forbidden[0].startswith("edges (")
        assert (found["edges"], found["detail"], found["events"]) == ("ok", "ok", "ok")
        assert "in 1 of 2 enterprises" in json.dumps(whole)

    @pytest.mark.parametrize(
        ("kind", "verdict"), [("privilege", "forbidden"), ("method_error", "unknown"), ("error_500", "failed")]
    )
    async def test_each_method(self, check: Check, kind: Any, verdict: str) -> None:
        """What may not be read, what the release lacks and what fails are told apart, method by method."""
        methods = {
            "bulk": "monitoring/getAggregateEdgeLinkMetrics",
            "detail (LDN-BR-01)": "metrics/getEdgeLinkSeries",
            "events (Northwind Freight Ltd)": "event/getEnterpriseEvents",
        }
        async with running_vco() as vco:
            for method in methods.values():
                vco.sim.fail(method, kind, times=None)
            status, found, _ = await verdicts(check, settings_of(vco, kind="customer"))

        assert status == 1
        assert {what: found[what] for what in methods if what in found} == dict.fromkeys(methods, verdict)
        assert found["edges"] == "ok"

    async def test_markup(self, check: Check) -> None:
        """What an orchestrator says is shown as it is, never as markup."""
        settings = {
            "VCO_URL": "http://127.0.0.1:1",
            "VCO_TOKEN": "x",
            "ORCHESTRATOR": "[bold]x[/nonsense]",
            "RETRIES": 0,
        }

        _, text = await check(settings)

        assert "[bold]x[/nonsense]" in text


class TestSeveral:
    async def test_one_dead(self, check: Check, tmp_path: Path) -> None:
        """Each has a table of its own; one that is dead makes the status 1."""
        async with running_vco() as vco:
            settings = settings_of(vco)
            file = tmp_path / "o.toml"
            file.write_text(
                f'[orchestrators.dead]\nurl = "http://127.0.0.1:{free_port()}"\ntoken = "geheim"\n'
                f'[orchestrators.dreary]\nurl = "http://127.0.0.1:{free_port()}"\ntoken = "geheim"\n'
            )
            settings["ORCHESTRATORS_FILE"] = str(file)
            status, text = await check(settings)
            alone, only = await check(settings, "--orchestrator", "emea")

        assert (status, alone) == (1, 0)
        assert text.index("emea (") < text.index("dead (") < text.index("dreary (")
        assert "dead" not in only

    async def test_unknown_name(self, check: Check) -> None:
        """A name that there is not is a mistake that tells which there are."""
        settings = {"VCO_URL": "vco.example.net", "VCO_TOKEN": "x"}

        status, text = await check(settings, "--orchestrator", "apac")

        assert (status, text) == (78, "satark poller check: --orchestrator apac: there are vco.example.net\n")

    async def test_wrong_settings(self, check: Check) -> None:
        """Wrong settings end with 78 and every mistake."""
        status, text = await check({"VCO_URL": "http://vco.example.net", "SAMPLE_S": 70})

        assert status == 78
        assert len(text.splitlines()) == 3

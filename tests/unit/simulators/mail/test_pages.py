import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from satark.simulators.mail.server import RunningMailCatcher
from tests.unit.simulators.mail.letters import letter, send

EVIL = '<script>alert("evil")</script>'


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser without scripts."""
    async with aiohttp.ClientSession() as session:
        yield session


async def get(http: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, Any, str]:
    """Return status, headers and text of a page."""
    async with http.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        return answer.status, answer.headers, await answer.text(errors="replace")


async def only_mail(catcher: RunningMailCatcher) -> str:
    """Return the path of the page of the one mail there is."""
    (mail,) = await catcher.wait_for(1)
    return f"{catcher.url}mails/{mail.summary.id}"


class TestList:
    async def test_empty(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """Without mails the page says so."""
        status, _, page = await get(http, catcher.url)

        assert status == 200
        assert "No mail yet." in page

    async def test_threads(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """Mails are listed newest first, those of a thread together, with the state their headers tell."""
        await send(catcher, letter("opened it", Message_ID="<1@x>", X_Satark_State="opened"))
        await send(catcher, letter("something else"))
        await send(catcher, letter("resolved it", References="<1@x>", X_Satark_State="resolved"))
        _, _, page = await get(http, catcher.url)
        subjects = re.findall(r'class="subject">([^<]+)<', page)

        assert subjects == ["resolved it", "opened it", "something else"]
        assert page.count('<section class="thread">') == 2
        assert re.findall(r'class="state (\w+)"', page) == ["resolved", "opened", "none"]

    async def test_refresh(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """A page that is up to date is not sent again; after a mail it is."""
        _, headers, _ = await get(http, catcher.url)
        unchanged, _, _ = await get(http, catcher.url, If_None_Match=headers["ETag"])
        await send(catcher, letter())
        changed, _, page = await get(http, catcher.url, If_None_Match=headers["ETag"])

        assert (unchanged, changed) == (304, 200)
        assert "1 mail" in page

    async def test_hostile_headers(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """Headers are shown as text, never as markup."""
        await send(catcher, letter(EVIL, X_Satark_State='"><script>', Message_ID="<1@x>"))
        for url in (catcher.url, await only_mail(catcher)):
            _, _, page = await get(http, url)

            assert "<script>" not in page.replace('<script src="/static/catcher.js" defer></script>', "")
            assert "&lt;script&gt;alert(" in page


class TestMail:
    async def test_shows(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """A mail's page has its headers, its text, its parts, and its HTML in a frame that may do nothing."""
        await send(catcher, letter(html="<b>slow</b>", X_Satark_Severity="high"))
        status, _, page = await get(http, await only_mail(catcher))

        assert status == 200
        assert "Latency of WAN Rádio D" in page
        assert "São Paulo 03 is slow." in page
        assert "<dt>X-Satark-Severity</dt><dd>high</dd>" in page
        assert re.search(
            r'<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" [^>]*src="/mails/[^"]+/html">', page
        )
        assert "<td>image/png</td>" in page
        assert "<b>slow</b>" not in page

    async def test_without_html(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """A mail without HTML has no frame."""
        await send(catcher, letter())
        url = await only_mail(catcher)
        _, _, page = await get(http, url)
        status, _, _ = await get(http, f"{url}/html")

        assert "<iframe" not in page
        assert status == 404

    async def test_unreadable(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """A mail that cannot be read says why, and its source is there."""
        await send(catcher, b"Subject: deep\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000)
        url = await only_mail(catcher)
        _, _, page = await get(http, url)
        status, _, source = await get(http, f"{url}/raw")

        assert "nested too deep" in page
        assert status == 200
        assert "Subject: deep" in source

    @pytest.mark.parametrize(
        "path", ["mails/none", "mails/none/html", "mails/none/raw", "mails/..%2f..%2fetc", "static/x"]
    )
    async def test_not_there(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession, path: str) -> None:
        """What is not there is not found."""
        status, _, _ = await get(http, catcher.url + path)

        assert status == 404


class TestFrame:
    async def test_locked(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """The HTML of a mail may run no script, load nothing, send nothing, and has no origin."""
        await send(catcher, letter(html=EVIL + '<img src="cid:chart@satark">'))
        _, headers, body = await get(http, f"{await only_mail(catcher)}/html")
        policy = headers["Content-Security-Policy"]

        assert policy.startswith(
            "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;"
        )
        assert "script-src" not in policy
        assert re.findall(r"allow-[a-z-]+", policy) == ["allow-popups", "allow-popups-to-escape-sandbox"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert 'src="data:image/png;base64,' in body

    async def test_source_is_text(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """The source is plain text, whatever it says about itself."""
        await send(catcher, b"Content-Type: text/html\r\nSubject: \xe9\r\n\r\n" + EVIL.encode())
        _, headers, body = await get(http, f"{await only_mail(catcher)}/raw")

        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert headers["Content-Security-Policy"].startswith("sandbox;")
        assert EVIL in body

    async def test_pages_are_strict(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """Every page, also one that is not there, has a policy without inline scripts or strangers' servers."""
        for path in ("", "nothing", "api/mails", "static/catcher.js", "static/catcher.css"):
            _, headers, text = await get(http, catcher.url + path)
            policy = headers["Content-Security-Policy"]

            assert policy.startswith("default-src 'none';")
            assert "unsafe" not in policy
            assert "http" not in policy
            assert "://" not in text


class TestJson:
    async def test_fields(self, catcher: RunningMailCatcher, http: aiohttp.ClientSession) -> None:
        """The list as JSON has what a script needs, newest first."""
        await send(catcher, letter("first", Message_ID="<1@x>"))
        await send(
            catcher,
            letter(
                "second",
                Message_ID="<2@x>",
                References="<1@x>",
                Date="Tue, 10 Mar 2026 12:10:00 +0000",
                X_Satark_Edge="LDN-vVCE",
            ),
        )
        _, headers, text = await get(http, f"{catcher.url}api/mails")
        second, first = json.loads(text)

        assert headers["Content-Type"].startswith("application/json")
        assert first["subject"] == "first"
        assert {key: second[key] for key in second if key not in {"id", "size"}} == {
            "subject": "second",
            "from": "Satark <satark@example.net>",
            "to": "noc@example.net",
            "date": "Tue, 10 Mar 2026 12:10:00 +0000",
            "message_id": "<2@x>",
            "in_reply_to": "",
            "references": ["<1@x>"],
            "recipients": ["noc@example.net"],
            "headers": {"X-Satark-Edge": "LDN-vVCE"},
        }

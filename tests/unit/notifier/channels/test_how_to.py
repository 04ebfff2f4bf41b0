"""The examples of docs/how-to/receive-webhooks.md: what is shown there is what runs here."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.channels import webhook
from satark.notifier.channels.delivery import Delivery, Permanent, Sent
from satark.notifier.channels.http import HttpChannel, Poster
from satark.notifier.channels.words import linking
from satark.notifier.routing.model import WEBHOOK
from satark.notifier.routing.reading import Draft
from satark.notifier.routing.receivers import WebhookConfig
from satark.notifier.telling import Telling
from satark.runtime.secret import Secret
from tests.support.environment import REPOSITORY
from tests.unit.notifier.channels.tellings import telling
from tests.unit.notifier.scenes import WRITTEN, opened

PAGE = (REPOSITORY / "docs" / "how-to" / "receive-webhooks.md").read_text()
WORD = Secret("the content of secret_file")


def page() -> dict[str, Any]:
    """Run all Python of the page; return its names."""
    names: dict[str, Any] = {"__name__": "page"}
    for text in re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        exec(compile(text, "receive-webhooks.md", "exec"), names)  # noqa: S102 - that it runs is what is tested
    return names


NAMES = page()


@contextmanager
def receiving() -> Iterator[str]:
    """Run the page's receiver on loopback; yields its address."""
    with HTTPServer(("127.0.0.1", 0), NAMES["Receiver"]) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/satark"
        finally:
            server.shutdown()
            thread.join()


def send(told: Telling, now: datetime) -> Delivery:
    """Send a message as the notifier does."""

    async def sending() -> Delivery:
        channel = HttpChannel(WEBHOOK, partial(webhook.write, link=linking(None)), Poster())
        delivery = await channel.deliver(told, now)
        await channel.close()
        return delivery

    return asyncio.run(sending())


class TestRoutes:
    def test_are_a_file_of_routes(self) -> None:
        """The example at the top is taken as it is, with what its files hold."""
        content = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[0]
        draft = Draft.of(content.encode(), "routes.yaml")
        routing = draft.routing(dict.fromkeys(draft.files, b"https://hooks.example.net/a-secret-part"))

        assert ["noc/webhook", "noc/alertmanager", "noc/slack"] == [one.name for one in routing.targets("noc")]


class TestReceiver:
    def test_takes_what_is_ours_and_shows_it_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A retry of what it has taken is taken again, and shown no more."""
        with receiving() as url:
            told = telling(WebhookConfig(Secret(url), WORD), opened())
            now = datetime.now(UTC)
            deliveries = [send(told, now), send(told, now + timedelta(seconds=2))]

        assert ["204 No Content"] * 2 == [delivery.detail for delivery in deliveries if isinstance(delivery, Sent)]
        assert 1 == capsys.readouterr().out.count("opened [OPENED] LDN-vVCE / BT Business Broadband: download latency")

    @pytest.mark.parametrize(("secret", "age_s"), [(None, 0), (Secret("another"), 0), (WORD, 600), (WORD, -600)])
    def test_refuses_what_is_not(self, secret: Secret | None, age_s: float) -> None:
        """No signature, another secret, an old message."""
        with receiving() as url:
            told = telling(WebhookConfig(Secret(url), secret), opened())
            delivery = send(told, datetime.now(UTC) - timedelta(seconds=age_s))

        assert Permanent("401 Unauthorized") == delivery


class TestIsGenuine:
    @given(body=st.binary(max_size=200), other=st.binary(max_size=200), word=st.text(min_size=1, max_size=20))
    def test_knows_our_signature(self, body: bytes, other: bytes, word: str) -> None:
        """It holds for the signed body alone, and for the one secret."""
        made, now = webhook.signature(Secret(word), body, WRITTEN), WRITTEN.timestamp()

        assert NAMES["is_genuine"](made, body, word.encode(), now=now)
        assert NAMES["is_genuine"](made, other, word.encode(), now=now) == (body == other)
        assert not NAMES["is_genuine"](made, body, word.encode() + b"x", now=now)
        assert not NAMES["is_genuine"](made, body, word.encode(), now=now + 301)

    @given(st.text(max_size=60) | st.from_regex(r"t=[0-9]{0,12}(,v1=[0-9a-fé]{0,64})*", fullmatch=True))
    def test_believes_no_nonsense(self, signature: str) -> None:
        """Whatever the header says."""
        assert not NAMES["is_genuine"](signature, b"{}", b"open sesame", now=WRITTEN.timestamp())

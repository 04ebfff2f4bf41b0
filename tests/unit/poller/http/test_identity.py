from collections.abc import Mapping

from satark.poller.http.exchange import Answer, Asked, Request
from satark.poller.http.identity import Fixed


async def never(_request: Request, _headers: Mapping[str, str], _asked: Asked) -> Answer:
    """Fail: nothing is to be asked."""
    raise AssertionError("a request was sent")


class TestFixed:
    async def test_headers(self) -> None:
        """Fixed headers are the same for ever, are not renewed, and need no request."""
        identity = Fixed({"Authorization": "Token abc"}, secrets=("abc",))
        identity.begin_cycle()

        assert await identity.headers(never) == {"Authorization": "Token abc"}
        assert not await identity.renew({"Authorization": "Token abc"}, never)
        assert identity.secrets == ("abc",)
        await identity.end(never)

    async def test_nobody(self) -> None:
        """One may be nobody."""
        assert await Fixed({}).headers(never) == {}

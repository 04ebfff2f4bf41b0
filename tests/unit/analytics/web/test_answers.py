import pytest
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.web.answers import answer, etag, has
from tests.unit.analytics.web.asking import ask, route, served


async def numbers(request: Request) -> Response:
    """Answer some numbers."""
    return answer(request, {"numbers": [1, 2, 3]})


class TestAnswer:
    async def test_what_one_has_is_not_sent_again(self) -> None:
        """An answer has a tag; who shows it gets nothing but that it is still so."""
        app = served(route(handler=numbers))
        first = await ask(app, "/v1/things")

        again = await ask(app, "/v1/things", headers={"If-None-Match": first.headers["etag"]})
        other = await ask(app, "/v1/things", headers={"If-None-Match": '"something else"'})

        assert first.headers["cache-control"] == "private, no-cache"
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert (other.status_code, other.json()) == (200, {"numbers": [1, 2, 3]})

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ('W/"a"', True),
            ('"a"', True),
            ('"b", W/"a"', True),
            ("*", True),
            ("", False),
            ('W/"b"', False),
            ("a", False),
        ],
    )
    def test_if_none_match(self, header: str, expected: bool) -> None:
        """Tags are compared weakly, and may be several."""
        assert has(header, 'W/"a"') is expected

    def test_tags_are_of_the_content(self) -> None:
        """The same content has the same tag, and another another."""
        assert etag(b"a") == etag(b"a")
        assert etag(b"a") != etag(b"b")

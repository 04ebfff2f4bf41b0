from base64 import b64encode

from satark.simulators.mail.html import with_inline_images, with_links_outside
from tests.unit.simulators.mail.letters import PIXEL

IMAGES = {"chart@satark": ("image/png", PIXEL)}
DATA = f"data:image/png;base64,{b64encode(PIXEL).decode()}"


class TestInlineImages:
    def test_replaced(self) -> None:
        """References to images the mail brings along become data, in attributes and in styles, escaped or not."""
        html = (
            """<img src="cid:chart@satark"><img src='CID:chart%40satark'><p style="background:url(cid:chart@satark)">"""
        )

        assert with_inline_images(html, IMAGES) == (
            f"""<img src="{DATA}"><img src='{DATA}'><p style="background:url({DATA})">"""
        )

    def test_strangers_stay(self) -> None:
        """References to nothing stay as they are."""
        assert with_inline_images('<img src="cid:other">', IMAGES) == '<img src="cid:other">'


class TestLinks:
    def test_open_outside_of_the_frame(self) -> None:
        """A page that refuses frames is seen all the same."""
        html = '<a href="http://127.0.0.1/act/x">Acknowledge</a> <abbr>a</abbr>'

        assert with_links_outside(html) == (
            '<a target="_blank" rel="noopener noreferrer" href="http://127.0.0.1/act/x">Acknowledge</a> <abbr>a</abbr>'
        )

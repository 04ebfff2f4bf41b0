from satark.notifier.preview.page import Shown, index, standing_alone

HTML = '<style>@media (prefers-color-scheme: dark) { a {} }</style><img src="cid:c@d">'


class TestStandingAlone:
    def test_shows_the_file_beside_it(self) -> None:
        """A browser knows no Content-ID."""
        assert '<img src="x.png">' in standing_alone(HTML, "c@d", "x.png", dark=False)
        assert standing_alone(HTML, None, "x.png", dark=False).endswith('<img src="cid:c@d">')

    def test_is_dark_or_light_whatever_the_reader_likes(self) -> None:
        """Both are looked at side by side."""
        assert "<style>@media all {" in standing_alone(HTML, None, "", dark=True)
        assert "<style>@media not all {" in standing_alone(HTML, None, "", dark=False)


class TestIndex:
    def test_shows_each_mail_four_times(self) -> None:
        """Wide and narrow, light and dark; with its files and its subject, which is only text."""
        page = index([Shown("a", "[OPENED] <b>", has_picture=True), Shown("b", "x", has_picture=False)])

        assert page.count("<iframe") == 8
        assert 'href="a.png"' in page
        assert 'href="b.png"' not in page
        assert "[OPENED] &lt;b&gt;" in page

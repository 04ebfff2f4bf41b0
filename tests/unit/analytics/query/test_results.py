from satark.analytics.query.results import LINE_BYTES, Mapper, lines, percentiles


class TestLines:
    def test_rows_are_joined_until_a_line_is_full(self) -> None:
        """A line ends after about LINE_BYTES; all but the very first begin with a comma."""
        text = b"x" * (LINE_BYTES // 2)

        assert lines([text] * 3, first=True) == [text + b", " + text, b", " + text]
        assert lines([text], first=False) == [b", " + text]

    def test_no_rows_are_no_line(self) -> None:
        """An empty batch writes nothing."""
        assert lines([], first=True) == []
        assert lines([b"x" * LINE_BYTES], first=True) == [b"x" * LINE_BYTES]


class TestMapper:
    def test_values_are_named_in_order(self) -> None:
        """A row becomes an object; what needs it is converted."""
        mapper = Mapper(("T=", "n"), ((1, lambda value: value + 1),))

        assert mapper.texts([(60, 1)]) == [b'{"T=":60,"n":2}']
        assert Mapper(("a",)).object_of((None,)) == {"a": None}

    def test_percentiles_have_seven_names(self) -> None:
        """The quantiles of nothing are none."""
        assert percentiles([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]) == {
            "01": 1.0,
            "05": 2.0,
            "25": 3.0,
            "50": 4.0,
            "75": 5.0,
            "95": 6.0,
            "99": 7.0,
        }
        assert percentiles([float("nan")] * 7) is None
        assert percentiles([]) is None

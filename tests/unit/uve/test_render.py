import json

import pytest

from satark.schemas.uves import Value
from satark.uve import views
from satark.uve.render import flat, structured
from satark.uve.uve import TIME, Uve
from tests.unit.uve.say import G1, G2, mapped, scalar, struct, structs, texts, told


class TestFlat:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (scalar("-7", "i64"), -7),
            (scalar("7", "u8"), "7"),
            (scalar("7", "i8"), "7"),
            (scalar("seven", "i32"), "seven"),
            (scalar("", "i32"), None),
            (scalar("0.25", "float"), 0.25),
            (scalar("nan", "double"), "nan"),
            (scalar("1e999", "double"), "1e999"),
            (scalar("a lot", "double"), "a lot"),
            (scalar("true", "bool"), True),
            (scalar("TRUE", "bool"), False),
            (texts("a", ""), ["a", None]),
            (texts(), []),
            (struct(), {}),
            (structs(struct(a=scalar("1")), struct()), [{"a": 1}, None]),
            (mapped(("a", ""), ("b", "2")), {"a": "", "b": "2"}),
            (mapped(("a", struct(n=scalar("1"))), element="struct"), {"a": {"n": 1}}),
            (Value(type="list", element="list", items=(texts("a"), texts())), [["a"], []]),
            (Value(type="set", element="string", items=("a",)), ["a"]),
        ],
    )
    def test_is_plain(self, value: Value, shown: object) -> None:
        """Numbers are numbers if JSON has them; elements of lists and maps stay texts."""
        assert shown == flat(value)


class TestStructured:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (scalar("", tags=".x"), {"@type": "i32", "@tags": ".x"}),
            (struct(), {"@type": "struct", "St": None}),
            (texts("a"), {"@type": "list", "list": {"@type": "string", "@size": "1", "element": "a"}}),
            (texts("a", ""), {"@type": "list", "list": {"@type": "string", "@size": "2", "element": ["a", None]}}),
            (
                mapped(("a", struct(n=scalar("1"))), element="struct"),
                {
                    "@type": "map",
                    "map": {
                        "@key": "string",
                        "@value": "struct",
                        "@size": "1",
                        "element": "a",
                        "St": {"n": {"@type": "i32", "#text": "1"}},
                    },
                },
            ),
            (
                Value(type="list", element="list", items=(texts("a"), texts("b"))),
                {
                    "@type": "list",
                    "list": {
                        "@type": "list",
                        "@size": "2",
                        "list": [
                            {"@type": "string", "@size": "1", "element": "a"},
                            {"@type": "string", "@size": "1", "element": "b"},
                        ],
                    },
                },
            ),
        ],
    )
    def test_is_the_xml_as_json(self, value: Value, shown: object) -> None:
        """A list of one within a value is no list, as XML cannot tell."""
        assert shown == structured(value)

    def test_lists_of_attributes_are_lists(self) -> None:
        """Even of one element."""
        assert structured(texts("a"), at_top=True)["list"]["element"] == ["a"]

    def test_maps_that_aggregation_made_are_lists(self) -> None:
        """Even of one entry, or of none."""
        one = structured(mapped(("a", struct(n=scalar("1"))), element="struct"), merged=True)["map"]

        assert one["element"] == ["a"]
        assert one["St"] == [{"n": {"@type": "i32", "#text": "1"}}]
        assert structured(mapped(), merged=True)["map"]["element"] == []


class TestViews:
    def test_are_sorted(self) -> None:
        """Whoever came first; equal objects are equal texts."""
        shares = [
            told(G2, name="Vn", x=scalar("1"), a=scalar("2")),
            told(G1, name="Vn", x=scalar("2")),
            told(G1, name="Agent", y=scalar("1")),
        ]
        texts_shown = set()
        for order in (shares, shares[::-1]):
            uve = Uve()
            for share in order:
                uve.apply(share, seen_us=0)
            texts_shown.add(json.dumps(views.flat(uve)) + json.dumps(views.structured(uve)))

        assert len(texts_shown) == 1
        assert texts_shown.pop().startswith(
            '{"Agent": {"__T": 1000, "y": 1}, "Vn": {"__T": 1000, "a": 2, "x": [[2, "h1'
        )

    def test_show_one_attribute_alone(self) -> None:
        """To who is told that it changed; None when it is gone."""
        uve = Uve()
        uve.apply(told(x=scalar("1")), seen_us=0)

        shown = [views.flat_value(uve, *at) for at in (("Vn", "x"), ("Vn", TIME), ("Vn", "y"), ("Other", "x"))]

        assert shown == [1, 1_000, None, None]

    def test_leave_out_lists_without_elements(self) -> None:
        """A source that has none says nothing; what it said before is gone."""
        uve = Uve()
        uve.apply(told(G1, x=texts("a"), y=texts("b")), seen_us=0)
        uve.apply(told(G2, x=texts()), seen_us=0)

        assert uve.apply(told(G1, number=2, y=texts()), seen_us=0).changed == {"Vn": {"y"}}
        assert views.flat(uve) == {"Vn": {"__T": 1_000, "x": ["a"]}}

from collections.abc import Iterable

import pytest

from satark.sandesh.contents import ContentError, Sample, Samples, samples_of
from satark.sandesh.types import Hint, SandeshType
from tests.unit.sandesh.contents.receive import NAME, SOURCE, received, text, uve


def stat(in_: int, peer: str) -> str:
    """An element of a statistic."""
    return f'<Stat><in type="u64">{in_}</in><peer type="string">{peer}</peer></Stat>'


def listed(tags: str, *elements: str, name: str = "l") -> str:
    """A tagged list of structs."""
    return f'<{name} type="list" tags="{tags}"><list type="struct" size="1">{"".join(elements)}</list></{name}>'


def rows(found: Iterable[Sample]) -> list[tuple[str, dict[str, float], dict[str, str]]]:
    """Paths, numbers and tags."""
    return [(each.attribute, dict(each.numbers), dict(each.tags)) for each in found]


class TestShapes:
    def test_a_list_of_structs_is_a_sample_an_element(self) -> None:
        """Three elements are three rows with their own index column."""
        found = samples_of(uve(NAME + listed(".peer", stat(1, "a"), stat(2, "b"), stat(3, "a"))))

        assert [
            ("l", {"in": 1}, {"l.peer": "a"}),
            ("l", {"in": 2}, {"l.peer": "b"}),
            ("l", {"in": 3}, {"l.peer": "a"}),
        ] == rows(found)
        assert [{"peer": "a"}, {"peer": "b"}, {"peer": "a"}] == [each.texts for each in found]

    def test_a_struct_is_one_sample(self) -> None:
        """Its scalars are the members."""
        found = samples_of(uve(f'{NAME}<s type="struct" tags="">{stat(7, "p")}</s>'))

        assert [("s", {"in": 7}, {})] == rows(found)
        assert ["s.in"] == [found.samples[0].column(each) for each in found.samples[0].numbers]

    def test_a_map_of_structs_is_a_sample_an_entry(self) -> None:
        """The key is a text of its own."""
        found = samples_of(
            uve(
                f'{NAME}<m type="map" tags=".__key,.peer"><map key="string" value="struct" size="2">'
                f"<element>x</element>{stat(1, 'a')}<element>y</element>{stat(2, 'b')}</map></m>"
            )
        )

        assert [
            ("m", {"in": 1}, {"m.__key": "x", "m.peer": "a"}),
            ("m", {"in": 2}, {"m.__key": "y", "m.peer": "b"}),
        ] == rows(found)
        assert {"peer": "a", "__key": "x"} == found.samples[0].texts

    def test_a_map_of_scalars_has_values(self) -> None:
        """Key and value may both be index columns."""
        found = samples_of(
            uve(
                f'{NAME}<m type="map" tags=".__key,.__value"><map key="i32" value="u64" size="1">'
                "<element>7</element><element>40</element></map></m>"
            )
        )

        assert [("m", {"value": 40}, {"m.__key": "7", "m.__value": "40"})] == rows(found)
        assert "m.value" == found.samples[0].column("value")

    @pytest.mark.parametrize("kind", ["list", "set"])
    def test_a_list_of_scalars_has_values(self, kind: str) -> None:
        """One sample an element here as well."""
        found = samples_of(
            uve(
                f'{NAME}<l type="{kind}" tags=""><{kind} type="i32" size="2"><element>4</element>'
                f"<element>-5</element></{kind}></l>"
            )
        )

        assert [("l", {"value": 4}, {}), ("l", {"value": -5}, {})] == rows(found)

    def test_a_scalar_is_one_sample_by_its_own_name(self) -> None:
        """Its column is not below itself."""
        found = samples_of(uve(f'{NAME}<ratio type="double" tags="">0.25</ratio>'))

        assert [("ratio", {"ratio": 0.25}, {})] == rows(found)
        assert "ratio" == found.samples[0].column("ratio")

    def test_empty_containers_are_no_samples(self) -> None:
        """There is nothing to count."""
        assert Samples() == samples_of(
            uve(f'{NAME}{listed("")}<m type="map" tags=""><map key="string" value="u64" size="0"/></m>')
        )

    def test_a_struct_without_fields_is_a_sample_all_the_same(self) -> None:
        """It tells that the element is there."""
        assert [("l", {}, {})] == rows(samples_of(uve(NAME + listed("", "<Stat></Stat>"))))

    def test_fields_without_tags_are_no_statistics(self) -> None:
        """Only the annotation makes them one."""
        assert 0 == len(samples_of(uve(f'{NAME}<n type="i32" aggtype="sum">4</n>')))


class TestMembers:
    @pytest.mark.parametrize(
        ("type_", "sent", "number"),
        [
            ("byte", "-128", -128),
            ("i8", "3", 3),
            ("i16", "-300", -300),
            ("i32", "-7", -7),
            ("i64", "-9223372036854775808", -(2**63)),
            ("u16", "65535", 65535),
            ("u32", "4294967295", 2**32 - 1),
            ("u64", "18446744073709551615", 2**64 - 1),
            ("double", "1.23457e+06", 1234570.0),
            ("bool", "true", 1),
            ("bool", "false", 0),
        ],
    )
    def test_numbers_of_every_type_count(self, type_: str, sent: str, number: float) -> None:
        """The original leaves out signed ones, booleans and enums without a word; integers stay exact."""
        (sample,) = samples_of(uve(f'{NAME}<x type="{type_}" tags="">{sent}</x>'))

        assert {"x": number} == sample.numbers
        assert type(number) is type(sample.numbers["x"])
        assert {} == sample.texts

    @pytest.mark.parametrize(
        ("type_", "sent", "shown"),
        [
            ("string", "a&amp;b", "a&b"),
            ("string", "", ""),
            ("ipaddr", "fe80::1", "fe80::1"),
            ("ipv4", "167772161", "10.0.0.1"),
            ("ipv4", "-1", "-1"),
            ("uuid_t", "00000000-0000-0000-0000-00000000004d", "00000000-0000-0000-0000-00000000004d"),
        ],
    )
    def test_all_else_is_text(self, type_: str, sent: str, shown: str) -> None:
        """Addresses are written as people write them."""
        (sample,) = samples_of(uve(f'{NAME}<x type="{type_}" tags="">{sent}</x>'))

        assert ({}, {"x": shown}) == (sample.numbers, sample.texts)

    @pytest.mark.parametrize(
        ("type_", "sent"),
        [
            ("u64", ""),
            ("u64", "x"),
            ("i32", "1_000"),
            ("i32", " 1"),
            ("i32", "--1"),
            ("u64", "1" * 21),
            ("i32", "٣"),
            ("double", "nan"),
            ("double", "inf"),
            ("double", "1_0"),
            ("double", "1e999"),
            ("bool", "1"),
        ],
    )
    def test_what_is_no_number_is_a_problem(self, type_: str, sent: str) -> None:
        """The sample is there without it."""
        found = samples_of(uve(f'{NAME}<s type="struct" tags=""><S><x type="{type_}">{sent}</x></S></s>'))

        assert [("s", {}, {})] == rows(found)
        assert (f"s.x is no {type_}: {sent!r}",) == found.problems

    def test_lists_and_maps_of_scalars_are_columns_of_several_values(self) -> None:
        """Structs without tags, lists of structs and XML are no columns."""
        (sample,) = samples_of(
            uve(
                NAME
                + listed(
                    "",
                    '<S><ips type="list"><list type="ipv4" size="2"><element>1</element><element>2</element></list>'
                    '</ips><set type="set"><set type="string" size="1"><element>a</element></set></set>'
                    '<map type="map"><map key="string" value="i32" size="1"><element>k</element><element>1</element>'
                    '</map></map><in type="struct"><T><a type="i32">1</a></T></in><doc type="xml"><![CDATA[<x/>]]></doc>'
                    '<many type="list"><list type="struct" size="1"><T/></list></many>'
                    '<deep type="map"><map key="string" value="struct" size="1"><element>k</element><T/></map></deep></S>',
                )
            )
        )

        assert {"ips": ("0.0.0.1", "0.0.0.2"), "set": ("a",)} == sample.lists
        assert {"map": {"k": "1"}} == sample.maps
        assert ({}, {}) == (sample.numbers, sample.texts)


class TestTags:
    def test_a_tag_without_a_point_is_a_field_beside(self) -> None:
        """All samples have its value."""
        found = samples_of(uve(NAME + text("vn", "v1") + listed("vn,.peer", stat(1, "a"), stat(2, "b"))))

        assert [{"vn": "v1", "l.peer": "a"}, {"vn": "v1", "l.peer": "b"}] == [each.tags for each in found]

    @pytest.mark.parametrize(
        ("tags", "pair"),
        [("vn:.peer", ("vn", "l.peer")), (".in:.peer", ("l.in", "l.peer"))],
    )
    def test_two_columns_may_be_looked_up_together(self, tags: str, pair: tuple[str, str]) -> None:
        """Both are index columns, and the pair is told."""
        (sample,) = samples_of(uve(NAME + text("vn", "v1") + listed(tags, stat(1, "a"))))

        assert (pair,) == sample.pairs
        assert list(pair) == list(sample.tags)

    def test_half_a_pair_is_a_column_of_its_own(self) -> None:
        """The other field was not sent."""
        (sample,) = samples_of(uve(NAME + listed("vn:.peer", stat(1, "a"))))

        assert ({"l.peer": "a"}, ()) == (sample.tags, sample.pairs)

    def test_a_field_that_was_not_sent_gives_no_column(self) -> None:
        """Optional fields may be absent; that is no problem."""
        found = samples_of(uve(NAME + listed(".nope,nope", stat(1, "a"))))

        assert ([{}], ()) == ([each.tags for each in found], found.problems)

    def test_a_list_is_a_column_of_several_values(self) -> None:
        """It is found by any of them."""
        element = (
            '<S><l2 type="list"><list type="string" size="2"><element>a</element><element>b</element></list></l2></S>'
        )
        (sample,) = samples_of(uve(NAME + listed(".l2", element)))

        assert ({}, {"l.l2": ("a", "b")}) == (sample.tags, sample.many_tags)

    @pytest.mark.parametrize(
        "member",
        [
            '<m type="struct"><S/></m>',
            f'<m type="string">{"x" * 1025}</m>',
            '<m type="map"><map key="i32" value="i32"/></m>',
        ],
    )
    def test_what_cannot_be_a_column_is_a_problem(self, member: str) -> None:
        """The sample is there without it."""
        found = samples_of(uve(NAME + listed(".m", f"<S>{member}</S>")))

        assert [("l", {}, {})] == rows(found)
        assert ("l has a tag l.m that is no text, or too long",) == found.problems

    def test_faulty_tags_lose_no_sample(self) -> None:
        """They are told once, however many elements there are."""
        found = samples_of(uve(NAME + listed("a:b,,.peer", stat(1, "a"), stat(2, "b"))))

        assert [{"l.peer": "a"}, {"l.peer": "b"}] == [each.tags for each in found]
        assert ("l has a tag that is none: 'a:b'", "l has a tag that is none: ''") == found.problems


class TestNested:
    FIELDS = NAME + listed(
        ".port",
        '<If><port type="string">p1</port><speed type="u64">10</speed>'
        + listed(".number,port", '<Q><number type="i32">0</number><drops type="u64">3</drops></Q>', name="queues")
        + "</If>",
        name="ifs",
    )

    def test_a_tagged_member_is_a_statistic_of_the_longer_path(self) -> None:
        """It has the outer index columns, but not the outer members."""
        found = samples_of(uve(self.FIELDS))

        assert [
            ("ifs", {"speed": 10}, {"ifs.port": "p1"}),
            ("ifs.queues", {"number": 0, "drops": 3}, {"ifs.port": "p1", "ifs.queues.number": "0"}),
        ] == rows(found)
        assert "ifs.queues.drops" == found.samples[1].column("drops")

    def test_a_field_beside_is_looked_for_outwards(self) -> None:
        """First in the enclosing element, then in what encloses that."""
        inner = listed("vn,port", "<Q/>", name="queues")
        (_, sample) = samples_of(
            uve(NAME + text("vn", "v1") + text("port", "outer") + listed("", f"<If>{text('port', 'p1')}{inner}</If>"))
        )

        assert {"vn": "v1", "l.port": "p1"} == sample.tags

    def test_a_tagged_scalar_in_an_element_is_a_member(self) -> None:
        """Only containers and structs are statistics of their own there."""
        found = samples_of(uve(NAME + listed("", '<S><n type="i32" tags="">1</n></S>')))

        assert [("l", {"n": 1}, {})] == rows(found)


class TestNames:
    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            (NAME, "vn1"),
            (text("vrf", "x", key="T") + text("peer", "y", key="T"), "x:y"),
            (text("name", "n") + text("vrf", "x", key="T"), "n"),
            (text("vrf", "x" * 3000, key="T"), SOURCE),
            ('<name type="struct" key="T"><S/></name>', SOURCE),
            ("", SOURCE),
        ],
    )
    def test_the_name_is_the_objects(self, fields: str, name: str) -> None:
        """Its field `name`, else its key, else the generator's host."""
        (sample,) = samples_of(uve(f'{fields}<n type="i32" tags="">1</n>'))

        assert (name, SOURCE, "Vn", None) == (sample.name, sample.source, sample.stat, sample.proxy)

    @pytest.mark.parametrize("proxy", ["gw1", ""])
    def test_the_proxy_is_told(self, proxy: str) -> None:
        """The statistic's table is that of the struct without it."""
        (sample,) = samples_of(uve(f'{NAME}{text("proxy", proxy)}<n type="i32" tags="">1</n>'))

        assert ("Vn", proxy) == (sample.stat, sample.proxy)


class TestMessages:
    FIELDS = f'{NAME}<n type="i32" tags="">1</n>'

    def test_what_is_sent_again_is_no_sample(self) -> None:
        """It was counted when it changed."""
        assert 0 == len(samples_of(uve(self.FIELDS, hints=Hint.KEY | Hint.SYNC)))

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_deleted_object_has_no_samples(self, order: int) -> None:
        """Wherever the field stands: the originals write it in different places."""
        fields = ['<deleted type="bool">true</deleted>', self.FIELDS][::order]

        assert 0 == len(samples_of(uve("".join(fields))))

    def test_deleted_false_is_a_field_like_any_other(self) -> None:
        """The object is there."""
        assert 1 == len(samples_of(uve(f'{self.FIELDS}<deleted type="bool">false</deleted>')))

    @pytest.mark.parametrize(
        ("type_", "hints", "count"),
        [
            (SandeshType.OBJECT, Hint.NONE, 1),
            (SandeshType.OBJECT, Hint.SYNC, 1),
            (SandeshType.SYSTEM, Hint.KEY, 1),
            (SandeshType.TRACE_OBJECT, Hint.KEY, 1),
            (SandeshType.SYSTEM, Hint.NONE, 0),
            (SandeshType.ALARM, Hint.KEY, 0),
            (SandeshType.SESSION, Hint.KEY, 0),
            (SandeshType.FLOW, Hint.KEY, 0),
        ],
    )
    def test_other_messages_have_statistics_in_their_own_fields(self, type_: int, hints: int, count: int) -> None:
        """Object logs, and what has the KEY hint and is neither alarm, flow nor session."""
        found = samples_of(received(f'<Log type="sandesh">{self.FIELDS}</Log>', type_, hints))

        assert [("Log", "n", "vn1")] * count == [(each.stat, each.attribute, each.name) for each in found]

    def test_a_uve_without_data_is_refused(self) -> None:
        """As it is for its share."""
        with pytest.raises(ContentError, match="no struct `data`"):
            samples_of(received('<T type="sandesh"></T>'))

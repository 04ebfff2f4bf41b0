import pytest

from satark.sandesh.contents import ContentError, body_xml, plain_text, without_identifiers
from satark.sandesh.contents.text import MAX_CHARACTERS
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import ListValue, Node, StructValue, Tree
from satark.sandesh.wire.xml import decode_frame
from tests.unit.sandesh.captures import frame_named
from tests.unit.sandesh.contents.receive import received
from tests.unit.sandesh.probe import ProbeSystemLog


def line(fields: str) -> str:
    """The line of a log of these fields."""
    return plain_text(received(f'<Log type="sandesh">{fields}</Log>', SandeshType.SYSTEM))


class TestLine:
    @pytest.mark.parametrize(
        ("capture", "expected"),
        [
            ("py/c2s/008_ProbeSystemLog.bin", "static text one text = hello number = 7 static text two"),
            ("py/c2s/015_ProbeSystemLog.bin", "static text one text = file/line set number = 14 static text two"),
            (
                "py/c2s/013_ProbeSystemLog.bin",
                r"static text one text = ctl: tab\t nl\n cr\r nul-less number = 12 static text two",
            ),
            ("py/c2s/019_ProbeObjectLog.bin", "obj = [ProbeObject: name = vn1, detail = det] what = added"),
            ("py/c2s/024_ProbeTrace.bin", "probe trace: what = t3 n = 3"),
            ("cpp/c2s/006_SystemLogTest.bin", "Const static string is f2 = 8 f3 = macro send"),
        ],
    )
    def test_recorded_messages_read_as_in_the_daemons_log(self, capture: str, expected: str) -> None:
        """Constant texts stand alone; file and line are left out."""
        assert expected == plain_text(decode_frame(frame_named(capture)))

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ("", ""),
            ('<a type="string"></a>', "a = "),
            ('<a type="ipv4">167772161</a>', "a = 10.0.0.1"),
            (
                '<l type="list"><list type="ipv4" size="2"><element>1</element><element>2</element></list></l>',
                "l = [0.0.0.1, 0.0.0.2]",
            ),
            ('<l type="list"><list type="struct" size="1"><S><a type="i32">1</a></S></list></l>', "l = [[S: a = 1]]"),
            (
                '<m type="map"><map key="i32" value="i32" size="2"><element>1</element><element>2</element></map></m>',
                "m = {1: 2}",
            ),
            ('<m type="map"><map key="string" value="i32" size="0"></map></m>', "m = {}"),
            ('<s type="struct"><S><a type="i32">1</a><b type="i32">2</b></S></s>', "s = [S: a = 1, b = 2]"),
            ('<s type="struct"><S></S></s>', "s = [S: ]"),
            ('<u><a type="i32">1</a></u>', "u = [a = 1]"),
            ('<str1 type="i32" identifier="1">7</str1>', "str1 = 7"),
            ('<str2 type="string" identifier="1">7</str2>', "str2 = 7"),
            ('<file type="string" identifier="3">x</file>', "file = x"),
        ],
    )
    def test_values_of_every_shape(self, fields: str, expected: str) -> None:
        """Names and values, as a person would write them down."""
        assert expected == line(fields)

    def test_a_line_is_one_line(self) -> None:
        """Nobody may begin a line of a log who is not a program."""
        assert r"a = x\n2026 root: \x1b[2J\u2028" == line('<a type="string">x\n2026 root: \x1b[2J\u2028</a>')

    def test_a_long_line_is_cut(self) -> None:
        """The whole is in the XML."""
        found = line(f'<a type="string">{"x" * 10**6}</a>')

        assert "a = " + "x" * (MAX_CHARACTERS - 4) + "..." == found

    def test_escaping_does_not_make_a_line_longer(self) -> None:
        """It is cut after that."""
        assert MAX_CHARACTERS + 3 == len(line("<a type='string'>" + "\n" * 10**6 + "</a>"))

    def test_a_deep_tree_is_cut_too(self) -> None:
        """No peer can send one, but a program can make one."""
        node = Node("a", "string", "", "deep")
        for _ in range(1000):
            node = Node("s", "struct", "", StructValue("S", [node]))

        assert plain_text(received(Tree("Log", [node]))).startswith("s = [S: s = [S: ")


class TestXml:
    def test_identifiers_are_left_out(self) -> None:
        """All else is as it was sent."""
        sent = (
            '<Log type="sandesh"><a type="string" identifier="1" key="T">&lt;x&gt;</a>'
            '<l type="list" identifier="2"><list type="struct" size="1"><S><b type="i32" identifier="1">2</b></S></list></l>'
            '<m type="map" identifier="3"><map key="string" value="struct" size="1"><element>k</element>'
            '<S><b type="i32" identifier="1">2</b></S></map></m><x type="xml" identifier="4"><![CDATA[<q/>]]></x></Log>'
        )

        assert body_xml(received(sent)) == (
            '<Log type="sandesh"><a type="string" key="T">&lt;x&gt;</a>'
            '<l type="list"><list type="struct" size="1"><S><b type="i32">2</b></S></list></l>'
            '<m type="map"><map key="string" value="struct" size="1"><element>k</element>'
            '<S><b type="i32">2</b></S></map></m><x type="xml"><![CDATA[<q/>]]></x></Log>'
        )

    def test_a_member_of_that_name_is_no_identifier(self) -> None:
        """Only the attribute goes."""
        sent = '<Log type="sandesh"><identifier type="i32" identifier="1">1</identifier></Log>'

        assert '<Log type="sandesh"><identifier type="i32">1</identifier></Log>' == body_xml(received(sent))

    def test_the_message_itself_is_not_changed(self) -> None:
        """What is within may be shared, so nobody may write into it."""
        sent = '<Log type="sandesh"><s type="struct" identifier="1"><S><b type="i32" identifier="1">2</b></S></s></Log>'
        tree = decode_tree(sent.encode())

        bare = without_identifiers(tree)

        assert decode_tree(sent.encode()) == tree
        assert bare == without_identifiers(bare)

    def test_a_class_is_written_first(self) -> None:
        """It costs as much as that, but a program that registers classes is served as well."""
        body = ProbeSystemLog(text="hello", number=7)

        assert "static text one text = hello number = 7 static text two" == plain_text(received(body))
        assert body_xml(received(body)).startswith(
            '<ProbeSystemLog type="sandesh"><str1 type="string">static text one<'
        )

    @pytest.mark.parametrize("list_", [False, True])
    def test_a_tree_too_deep_is_refused(self, list_: bool) -> None:
        """No peer can send one, but a program can make one."""
        node = Node("a", "string", "", "deep")
        for _ in range(200):
            value = StructValue("S", [node])
            node = Node("s", "list", "", ListValue("struct", [value])) if list_ else Node("s", "struct", "", value)

        with pytest.raises(ContentError, match="nested deeper"):
            body_xml(received(Tree("Log", [node])))

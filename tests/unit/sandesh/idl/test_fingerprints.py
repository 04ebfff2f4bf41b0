import hashlib

import pytest

from satark.sandesh.idl import load, load_texts
from satark.sandesh.idl.model import Message, Struct, extent
from satark.sandesh.idl.model import StructType as Of
from tests.unit.sandesh.idl.corpus import RECORDED

# Only the library's test programs have these; what their fields are was not recorded.
UNKNOWN_SHAPES = {
    "FlowLogTest", "ObjectLogAnnTest", "SandeshPeriodicData", "SandeshPeriodicTest", "SandeshResponseElem",
    "SandeshResponseTest", "SandeshTraceText", "SandeshUVEData", "SandeshUVETest",
}  # fmt: skip


def vectors() -> dict[str, tuple[str, int]]:
    """Return the original's fingerprints and signatures by name."""
    rows = [line.split("\t") for line in (RECORDED / "fingerprints.tsv").read_text().splitlines() if line[0] != "#"]
    return {name: (fingerprint, int(signature)) for name, fingerprint, signature in rows}


def shapes() -> dict[str, Struct | Message]:
    """Return the checked structs and messages of the recorded files by name."""
    bundles = [load(RECORDED / f"{name}.sandesh") for name in ("probe", "library", "recorded")]
    units = [unit for bundle in bundles for unit in bundle.units]
    found: list[Struct | Message] = [shape for unit in units for shape in unit.structs]
    found += [shape for unit in units for shape in unit.messages]
    return {shape.name: shape for shape in found}


class TestVectors:
    def test_every_known_shape(self) -> None:
        """Fingerprint and VersionSig are the original's, for every struct and message whose fields are known."""
        found = {name: (shape.fingerprint, shape.version_sig) for name, shape in shapes().items()}
        expected = {name: vector for name, vector in vectors().items() if name not in UNKNOWN_SHAPES}

        assert {name: found.get(name) for name in expected} == expected

    def test_signature_of_a_fingerprint(self) -> None:
        """The VersionSig is the first four bytes of the fingerprint, little endian and signed, in all recorded rows."""
        rows = vectors().values()

        assert [int.from_bytes(bytes.fromhex(md5)[:4], "little", signed=True) for md5, _ in rows] == [
            s for _, s in rows
        ]

    @pytest.mark.parametrize(
        ("text", "material"),
        [
            ("request sandesh M { }", "{}"),
            ("request sandesh M { 2: i32 b 1: string a }", "{1:string;2:i32;}"),
            ("request sandesh M { 1: optional bool a }", "{1:opt-bool;}"),
            ("systemlog sandesh M { 1: 'x' }", "{-32768:string;-32767:i32;1:static const string;}"),
            ("response sandesh M { 1: u32 a }", "{0:bool;1:u32;}"),
            ("enum E { A } request sandesh M { 1: E a 2: set<E> b }", "{1:enum;2:set<enum>;}"),
            (
                "struct S { 1: i32 a } request sandesh M { 1: map<string, list<S>> a }",
                "{1:map<string,list<{1:i32;}>>;}",
            ),
            ("typedef list<i32> T request sandesh M { 1: T a }", "{1:list<i32>;}"),
            ("request sandesh M { 1: binary a 2: slist b 3: xml c }", "{1:string;2:string;3:xml;}"),
            ("request sandesh M { i32 a string b }", "{-2:string;-1:i32;}"),
        ],
    )
    def test_material(self, text: str, material: str) -> None:
        """The fingerprint is the MD5 of ids and types in ascending order, no names, automatic fields among them."""
        (message,) = load_texts({"t": text}, "t").main.messages

        assert message.material == material
        assert message.fingerprint == hashlib.md5(material.encode(), usedforsecurity=False).hexdigest().upper()

    def test_extent_is_the_length(self) -> None:
        """The size that is limited is the length of the material, known without writing it out."""
        for shape in shapes().values():
            assert shape.extent.size == len(shape.material)
            if isinstance(shape, Struct):
                assert extent(Of(shape)) == shape.extent

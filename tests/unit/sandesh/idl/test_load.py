from collections.abc import Mapping
from pathlib import Path

import pytest

from satark.sandesh.idl import Code, IdlError, load, load_texts, parse_file
from satark.sandesh.idl.load import module_of


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder and return the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


class TestLookup:
    def test_beside_the_including_file_first(self, tmp_path: Path) -> None:
        """A file beside the one that includes it is taken before those of the include folders."""
        written(
            tmp_path, {"a/t.sandesh": 'include "i.sandesh"', "a/i.sandesh": "struct A {}", "b/i.sandesh": "struct B {}"}
        )

        bundle = load(tmp_path / "a/t.sandesh", [tmp_path / "b"])

        assert [each.name for each in bundle.main.includes["i"].definitions] == ["A"]

    def test_include_folders_in_order(self, tmp_path: Path) -> None:
        """The first include folder that has the file is taken; folders that are not there do no harm."""
        written(
            tmp_path, {"t.sandesh": 'include "i.sandesh"', "b/i.sandesh": "struct B {}", "c/i.sandesh": "struct C {}"}
        )

        bundle = load(tmp_path / "t.sandesh", [tmp_path / "nowhere", tmp_path / "b", tmp_path / "c"])

        assert [each.name for each in bundle.main.includes["i"].definitions] == ["B"]

    def test_absolute(self, tmp_path: Path) -> None:
        """An absolute path is taken as it is."""
        other = written(tmp_path / "other", {"i.sandesh": ""}) / "i.sandesh"
        written(tmp_path, {"t.sandesh": f'include "{other}"'})

        assert load(tmp_path / "t.sandesh").main.includes["i"].file == str(other)

    def test_each_file_once(self, tmp_path: Path) -> None:
        """A file that two files include is one unit, before both; the file asked for is last."""
        texts = {
            "t.sandesh": 'include "a.sandesh"\ninclude "x/b.sandesh"',
            "a.sandesh": 'include "x/b.sandesh"',
            "x/b.sandesh": "",
        }
        written(tmp_path, texts)

        bundle = load(tmp_path / "t.sandesh")

        assert [unit.module for unit in bundle.units] == ["b", "a", "t"]
        assert bundle.main.includes["b"] is bundle.main.includes["a"].includes["b"]

    def test_module(self) -> None:
        """A file is called by its name without folder and suffix."""
        names = ("a/b/thing.sandesh", "c\\thing.sandesh", "thing", "thing.thrift", "thing.old.sandesh")

        assert [module_of(name) for name in names] == [*["thing"] * 4, "thing.old"]

    def test_a_name_with_a_dot(self, tmp_path: Path) -> None:
        """What stands before the last dot is the file, even if there is a dot in it."""
        texts = {
            "t.sandesh": 'include "a.b.sandesh"\nstruct S { 1: a.b.E e = a.b.E.X 2: i32 n = a.b.N }\n',
            "a.b.sandesh": "enum E { X }\nconst i32 N = 5\n",
        }
        written(tmp_path, texts)

        (struct,) = load(tmp_path / "t.sandesh").main.structs

        assert [str(field.type.enumeration.name) for field in struct.fields[:1]] == ["E"]  # type: ignore[union-attr]
        assert struct.fields[1].default == 5


class TestUnreadable:
    @pytest.mark.parametrize("read", [load, parse_file])
    @pytest.mark.parametrize("name", ["nowhere.sandesh", ".", "nul\0.sandesh", "x" * 5000])
    def test_files(self, tmp_path: Path, read: object, name: str) -> None:
        """A file that cannot be read is an error of its own, without a place in it."""
        assert callable(read)

        with pytest.raises(IdlError) as caught:
            read(f"{tmp_path}/{name}")

        assert [(problem.code, problem.span.line) for problem in caught.value.problems] == [(Code.UNREADABLE_FILE, 0)]
        assert str(caught.value).count("\n") == 0

    def test_links_that_go_round(self, tmp_path: Path) -> None:
        """A link to itself is a file that cannot be read."""
        path = tmp_path / "t.sandesh"
        path.symlink_to(path)

        with pytest.raises(IdlError) as caught:
            load(path)

        assert caught.value.code is Code.UNREADABLE_FILE

    def test_texts(self) -> None:
        """So is a text that was not given."""
        with pytest.raises(IdlError) as caught:
            load_texts({}, "t")

        assert str(caught.value) == "t: error: cannot read t: no such file [unreadable-file]"

    @pytest.mark.parametrize("name", ["nul\\\\0", "x" * 5000, "", "."])
    def test_includes(self, tmp_path: Path, name: str) -> None:
        """An include that can be no file is missing."""
        written(tmp_path, {"t.sandesh": f'include "{name}"'})

        with pytest.raises(IdlError) as caught:
            load(tmp_path / "t.sandesh")

        assert caught.value.code is Code.MISSING_INCLUDE


class TestErrorsInIncludes:
    def test_both_files_are_told(self) -> None:
        """Errors of an included file are told with its name, beside those of the file that includes it."""
        files = {"t": 'include "i"\nstruct A { 1: Foo a }', "i": "struct B { 1: Bar b }"}

        with pytest.raises(IdlError) as caught:
            load_texts(files, "t")

        assert {(problem.span.file, problem.span.line) for problem in caught.value.errors} == {("t", 2), ("i", 1)}

    def test_using_what_is_broken_is_no_mistake(self) -> None:
        """What a mistake in another definition or file took away is not reported again where it is used."""
        files = {
            "t": 'include "i"\ninclude "gone"\nstruct A { 1: i.B b 2: i.C c 3: gone.D d }\nstruct E { 1: A a }\nconst i32 F = i.G',
            "i": "struct B { 1: Bar b }\nstruct C { 1 i32 c }\nconst i32 G = 'x'",
        }

        with pytest.raises(IdlError) as caught:
            load_texts(files, "t")

        assert sorted((problem.span.file, problem.code) for problem in caught.value.errors) == [
            ("i", Code.SYNTAX),
            ("i", Code.UNKNOWN_TYPE),
            ("i", Code.VALUE_TYPE),
            ("t", Code.MISSING_INCLUDE),
        ]

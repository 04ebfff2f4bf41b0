from pathlib import Path

import pytest

from satark.sandesh.compiler.output import ContradictionError, OutputError, UnsafePathError, Written, merge, write_tree


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    """A tree is made where there was none."""
    written = write_tree(tmp_path / "out", {"b/c.py": "ä\n", "a.py": ""})

    assert written == Written(changed=("a.py", "b/c.py"))
    assert (tmp_path / "out/b/c.py").read_bytes() == "ä\n".encode()


def test_what_is_the_same_is_not_touched(tmp_path: Path) -> None:
    """A second run writes only what changed, and leaves nothing else behind."""
    write_tree(tmp_path, {"a": "1", "b": "1"})
    before = (tmp_path / "a").stat()

    written = write_tree(tmp_path, {"a": "1", "b": "2"})

    assert written == Written(changed=("b",), unchanged=("a",))
    assert (tmp_path / "a").stat() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("path", ["", ".", "/etc/x", "../x", "a/../../x", "a\\b", "a\0b"])
def test_nothing_is_written_outside(tmp_path: Path, path: str) -> None:
    """A path that is not below the directory is refused before anything is written."""
    with pytest.raises(UnsafePathError):
        write_tree(tmp_path / "out", {"a": "1", path: "x"})

    assert not (tmp_path / "out").exists()


def test_a_link_does_not_lead_outside(tmp_path: Path) -> None:
    """A folder that is a link to elsewhere is refused."""
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UnsafePathError, match="through a link"):
        write_tree(tmp_path / "out", {"link/x": "x"})

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_link_in_place_of_a_file_is_replaced(tmp_path: Path) -> None:
    """What a link points to keeps its text."""
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x").symlink_to(tmp_path / "mine")

    write_tree(tmp_path / "out", {"x": "x"})

    assert ((tmp_path / "mine").read_text(), (tmp_path / "out/x").read_text()) == ("mine", "x")


def test_what_the_file_system_refuses_is_one_error(tmp_path: Path) -> None:
    """A folder in place of a file is reported with its name."""
    (tmp_path / "x").mkdir()

    with pytest.raises(OutputError, match="x"):
        write_tree(tmp_path, {"x": "x"})

    assert [each.name for each in tmp_path.iterdir()] == ["x"]


def test_inputs_may_agree_on_a_file() -> None:
    """The same file with the same text from two inputs is one file."""
    files = {"style.css": "x"}

    merge(files, {"style.css": "x", "b": "y"}, source="b.sandesh")

    assert files == {"style.css": "x", "b": "y"}


def test_inputs_must_not_contradict_each_other() -> None:
    """The same file with two texts is an error that names the later input."""
    with pytest.raises(ContradictionError, match=r"b\.sandesh: a is already made"):
        merge({"a": "1"}, {"a": "2"}, source="b.sandesh")

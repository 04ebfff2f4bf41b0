"""The page that says what `make faults` breaks."""

from pathlib import Path

import pytest

from scripts.faults import PAGE, TESTS, Fault, faults, page


def test_the_page_is_what_the_tests_say() -> None:
    """`make docs` was run after the last change of a test's sentence."""
    assert page(faults(TESTS)) == PAGE.read_text()


def test_tests_are_read_in_classes_and_outside(tmp_path: Path) -> None:
    """Sentences are in the order of the file; helpers are no tests."""
    source = '"""A dead broker."""\ndef helper(): ...\nclass TestA:\n    def test_b(self):\n        """It waits."""\nasync def test_c():\n    """It\n    goes on."""\n'
    (tmp_path / "test_broker.py").write_text(source)

    assert [Fault("test_broker.py", "A dead broker.", ("It waits.", "It goes on."))] == faults(tmp_path)


def test_a_silent_test_is_a_mistake(tmp_path: Path) -> None:
    """A test without a sentence is named."""
    (tmp_path / "test_x.py").write_text('"""A."""\ndef test_quiet(): ...\n')

    with pytest.raises(ValueError, match="test_quiet does not say"):
        faults(tmp_path)

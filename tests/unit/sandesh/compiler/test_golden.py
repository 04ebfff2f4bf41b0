import pytest

from satark.sandesh.compiler import languages
from tests.unit.sandesh.compiler.golden import expected, made


@pytest.mark.parametrize("language", languages.BUILT_IN)
def test_the_output_is_what_was_looked_at(language: str) -> None:
    """Every language writes the same files with the same texts as when they were last judged."""
    files = made(language)

    assert sorted(expected(language)) == sorted(files)
    for path, text in expected(language).items():
        assert (path, text) == (path, files[path])

import pytest

from satark.runtime.cli import main
from tests.support.environment import REPOSITORY


def test_generated_files_are_those_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    """References, JSON Schemas, AsyncAPI and .env.example repeat the code; `make docs` writes them anew."""
    status = main(["docs", "--check", "--root", str(REPOSITORY)])

    assert 0 == status, capsys.readouterr().err

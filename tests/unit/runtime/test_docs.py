import argparse
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from satark.runtime.cli import main
from satark.runtime.command import GROUP
from satark.runtime.commands import docs
from satark.runtime.docsgen import catalogue
from tests.support.environment import REPOSITORY


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a folder that is known as the repository, without generated files."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / docs.MARK).touch()
    return tmp_path


def satark_docs(*arguments: str) -> int:
    """Run the command; return its exit status."""
    return main(["docs", *arguments])


class TestWrite:
    def test_writes_every_generated_file(self, repository: Path) -> None:
        """An empty repository gets all of them, and a check finds nothing to do."""
        assert 0 == satark_docs("--root", str(repository))

        expected = {"settings.md", "metrics.md", "topics.md", "events.md", "commands.md", "rest.md", "openapi.json"}
        assert expected == {path.name for path in (repository / "docs" / "reference").iterdir()}
        assert (repository / ".env.example").is_file()
        assert (repository / "schemas" / "asyncapi.yaml").is_file()
        assert (repository / "schemas" / "jsonschema" / "satark.metric.sample.v1.json").is_file()
        assert 0 == satark_docs("--check", "--root", str(repository))

    def test_writes_only_what_differs(self, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A second run names nothing but the file that was changed meanwhile."""
        satark_docs("--root", str(repository))
        (repository / ".env.example").write_text("changed")
        capsys.readouterr()

        assert 0 == satark_docs("--root", str(repository))
        assert "wrote .env.example\n" == capsys.readouterr().out

    def test_finds_the_repository_upwards(self, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It works in any folder of the repository."""
        (repository / "docs" / "how-to").mkdir(parents=True)
        monkeypatch.chdir(repository / "docs" / "how-to")

        assert 0 == satark_docs()
        assert (repository / ".env.example").is_file()


class TestCheck:
    def test_names_what_is_missing_and_writes_nothing(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A file that was never generated differs."""
        assert 1 == satark_docs("--check", "--root", str(repository))

        assert "schemas/asyncapi.yaml differs" in capsys.readouterr().err
        assert not (repository / ".env.example").exists()

    def test_names_what_was_changed_by_hand(self, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The answer is one line for the one file."""
        satark_docs("--root", str(repository))
        path = repository / "docs" / "reference" / "topics.md"
        path.write_text(path.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
        capsys.readouterr()

        assert 1 == satark_docs("--check", "--root", str(repository))
        differing = [line for line in capsys.readouterr().err.splitlines() if "differs" in line]
        assert ["satark docs: docs/reference/topics.md differs: run `satark docs`"] == differing

    def test_names_what_is_generated_no_more(self, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The schema of an event that is gone would mislead."""
        satark_docs("--root", str(repository))
        (repository / "schemas" / "jsonschema" / "satark.gone.v1.json").touch()

        assert 1 == satark_docs("--check", "--root", str(repository))
        assert "satark.gone.v1.json is not generated any more: remove it" in capsys.readouterr().err


class TestRefusal:
    def test_outside_a_repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is written to a folder that happens to be current."""
        monkeypatch.chdir(tmp_path)

        assert docs.EX_USAGE == satark_docs()
        assert docs.EX_USAGE == satark_docs("--root", str(tmp_path))
        assert [] == list(tmp_path.iterdir())

    def test_without_pyyaml(
        self, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The extra that brings it is named."""
        catalogue.catalogue()  # commands that need it themselves are imported before it is gone
        monkeypatch.setitem(sys.modules, "yaml", None)

        assert docs.EX_UNAVAILABLE == satark_docs("--root", str(repository))
        assert "install satark-schemas[export]" in capsys.readouterr().err


class TestCatalogue:
    def test_refuses_a_command_that_cannot_be_imported(
        self, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A reference without it would be wrong, so nothing is written."""
        entries = {"gone": EntryPoint("gone", "satark.gone.main:command", GROUP)}
        monkeypatch.setattr(catalogue, "installed", lambda: entries)

        status = docs.command.run(argparse.Namespace(root=repository, check=False))

        assert docs.EX_UNAVAILABLE == status
        expected = "satark docs: satark gone cannot be imported: No module named 'satark.gone'\n"
        assert expected == capsys.readouterr().err
        assert not (repository / ".env.example").exists()

    def test_has_documents_that_distributions_make(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who makes documents is found by entry point; one that cannot be imported is named."""
        assert "docs/reference/rest.md" in catalogue.documents()

        gone = EntryPoint("gone", "satark.gone:files", catalogue.DOCUMENTS)
        monkeypatch.setattr(catalogue, "entry_points", lambda group: [gone] if group == catalogue.DOCUMENTS else [])
        with pytest.raises(ImportError, match="the documents of gone cannot be imported"):
            catalogue.documents()

    def test_has_the_metrics_of_every_distribution_that_has_commands(self) -> None:
        """Distributions without a module of metrics are passed over."""
        found = catalogue.catalogue()

        assert {"satark.detector", "satark.notifier", "satark.poller", "satark.runtime"} <= set(found.metrics)
        assert "satark.simulators" not in found.metrics


def test_knows_the_repository_by_its_contract() -> None:
    """A folder of this repository leads to its top."""
    assert REPOSITORY == docs.repository(Path(__file__).parent)

import os
from hashlib import sha256
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from satark.analytics.web.callers import Credential
from satark.analytics.web.credentials import CredentialsError, CredentialsFile, load, parse
from satark.analytics.web.route import Role
from tests.unit.analytics.web.asking import Clock

DIGEST = sha256(b"hunter2hunter2").digest()


class TestParse:
    def test_secrets_and_digests(self) -> None:
        """A secret and its digest are the same credential; comments and empty lines are none."""
        text = f"# who may\n\nread viewer hunter2hunter2\nadmin root sha256:{'0' * 64}\n"

        assert parse(text) == (Credential("viewer", Role.READ, DIGEST), Credential("root", Role.ADMIN, bytes(32)))

    @pytest.mark.parametrize(
        ("text", "mistake"),
        [
            ("", "no credentials"),
            ("# none\n", "no credentials"),
            ("read viewer", "line 1 is not `role name secret`"),
            ("read viewer with spaces", "line 1 is not"),
            ("\nroot viewer hunter2hunter2", "line 2: the role is none of read, operate, admin"),
            ("read a:b hunter2hunter2", "line 1: the name"),
            ("read viewer hunter2", "fewer than 8"),
            ("read viewer sha256:beef", "64 hexadecimal"),
            ("read a hunter2hunter2\nread a hunter3hunter3", "a name twice"),
            ("read a hunter2hunter2\nadmin b hunter2hunter2", "a secret twice"),
            ("\n".join(f"read n{n} secret-number-{n}" for n in range(1001)), "1000 are the limit"),
        ],
    )
    def test_mistakes_name_lines_and_no_secrets(self, text: str, mistake: str) -> None:
        """A mistake names its line, and never what is on it."""
        with pytest.raises(CredentialsError, match=mistake) as raised:
            parse(text)

        assert "hunter" not in str(raised.value)


class TestLoad:
    @pytest.mark.parametrize(
        ("content", "mistake"), [(b"\xff", "not UTF-8"), (b"#" * 1_000_001, "larger"), (None, "cannot be read")]
    )
    def test_files_that_cannot_be_used(self, tmp_path: Path, content: bytes | None, mistake: str) -> None:
        """A file that is away, too large or no text is told."""
        path = tmp_path / "credentials"
        if content is not None:
            path.write_bytes(content)

        with pytest.raises(CredentialsError, match=mistake):
            load(path)


class TestCredentialsFile:
    def test_changes_count_from_the_next_look(self, tmp_path: Path) -> None:
        """A change of the file counts within a second; a mistake leaves what was."""
        path, clock = tmp_path / "credentials", Clock()
        path.write_text("read viewer hunter2hunter2")
        found = CredentialsFile(path, clock=clock)

        assert [one.name for one in found] == ["viewer"]
        path.write_text("read viewer hunter2hunter2\nread other hunter3hunter3\n")
        assert [one.name for one in found] == ["viewer"]
        clock.now_s += 1
        assert [one.name for one in found] == ["viewer", "other"]

    @pytest.mark.parametrize("away", [True, False])
    def test_a_mistake_leaves_what_was(self, tmp_path: Path, away: bool) -> None:
        """While the file is wrong or away the credentials that it had count, and the log says so, once."""
        path, clock = tmp_path / "credentials", Clock()
        path.write_text("read viewer hunter2hunter2")
        found = CredentialsFile(path, clock=clock)
        assert [one.name for one in found] == ["viewer"]

        if away:
            path.unlink()
        else:
            path.write_text("nonsense")
        with capture_logs() as logs:
            for _ in range(3):
                clock.now_s += 1
                assert [one.name for one in found] == ["viewer"]

        assert [line["event"] for line in logs] == ["credentials_not_read"]

    def test_an_unchanged_file_is_not_read_again(self, tmp_path: Path) -> None:
        """A file is read when its time, size or place on the disk changes, and not otherwise."""
        path, clock = tmp_path / "credentials", Clock()
        path.write_text("read viewer hunter2hunter2")
        found = CredentialsFile(path, clock=clock)
        assert [one.name for one in found] == ["viewer"]
        status = path.stat()

        path.write_text("read VIEWER hunter2hunter2")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        clock.now_s += 5

        assert [one.name for one in found] == ["viewer"]

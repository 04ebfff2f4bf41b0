"""The file of several orchestrators: what it may hold, and that every mistake in it is told at once."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satark.poller.orchestrator import Polling
from satark.poller.orchestrators import MAX_FILE_BYTES, Found, duplicates, read
from tests.support.environment import REPOSITORY

EXAMPLE = REPOSITORY / "deploy" / "orchestrators.example.toml"
ANY = '[orchestrators.a]\nurl = "a.example.net"\ntoken = "geheim"\n'


def found_in(folder: Path, text: str, environ: dict[str, str] | None = None, **defaults: object) -> Found:
    """Return what a file with that text gives."""
    path = folder / "o.toml"
    path.write_text(text)
    return read(path, Polling(**defaults), environ or {})  # type: ignore[arg-type]


def said(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    """Return the mistakes in the first table of a file, without what they all begin with."""
    return [
        m.removeprefix("ORCHESTRATORS_FILE: o.toml [orchestrators.a] ")
        for m in found_in(folder, text, environ).mistakes
    ]


class TestTables:
    def test_example(self) -> None:
        """The example file gives three complete orchestrators."""
        environ = {"VCO_EMEA_TOKEN": "one", "VCO_APAC_PASSWORD": "two", "VCO_LAB_TOKEN": "three"}

        found = read(EXAMPLE, Polling(), environ)

        assert found.mistakes == []
        assert [row.name for row in found.rows] == ["emea", "apac", "laboratory"]
        assert [row.secrets for row in found.rows] == [("one",), ("two",), ("three",)]
        assert [row.driver for row in found.rows] == ["auto", "velocloud-v1", "velocloud-v2"]
        assert found.rows[0].exclude_enterprises == ("Lab *", "4711")

    def test_secret_file(self, tmp_path: Path) -> None:
        """A secret's file is looked for beside the orchestrators' file, and stripped."""
        (tmp_path / "secret").write_text(" Token geheim\n")

        found = found_in(tmp_path, '[orchestrators.a]\nurl = "a.example.net"\ntoken_file = "secret"\n')

        assert found.mistakes == []
        assert found.rows[0].bare_token == "geheim"

    def test_paths(self, tmp_path: Path) -> None:
        """Other paths are relative to the file too; those of the process stay as they are."""
        found = found_in(tmp_path, ANY + 'mapping_file = "m.yaml"\n', ca_file=None)

        assert found.rows[0].mapping_file == tmp_path / "m.yaml"

    def test_numbers(self, tmp_path: Path) -> None:
        """A whole number is a number, as in the environment."""
        found = found_in(tmp_path, ANY + "interval_s = 60\nverify = false\n")

        assert (found.rows[0].interval_s, found.rows[0].verify) == (60.0, False)


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("exclude_enterprise = []", "has the unknown key exclude_enterprise: did you mean exclude_enterprises?"),
            ("exclude = []", "has the unknown key exclude: did you mean exclude_enterprises?"),
            ("zzz = 1", "has the unknown key zzz"),
            ('interval_s = "x"', "interval_s: expected a number (got 'x')"),
            ('verify = "no"', "verify: expected true or false (got 'no')"),
            ('enterprises = "Lab"', "enterprises: expected a list (got 'Lab')"),
            ("ca_file = 5", "ca_file: expected a text (got 5)"),
            ('source = "both"', "source: expected one of stats, quality (got 'both')"),
            ("read_timeout_s = inf", "read_timeout_s: expected a finite number (got inf)"),
            ("sample_s = 70", "sample_s must be whole minutes that divide a day, not 70"),
            ('token_env = "X"', "token, token_env: keep one of them"),
            ("username = 5", "username: expected a text that is not empty"),
            ('ca_file = "none.pem"', "ca_file: {folder}/none.pem is no readable file"),
        ],
    )
    def test_one(self, tmp_path: Path, text: str, expected: str) -> None:
        """A mistake names the table, the key and what would be right."""
        assert said(tmp_path, ANY + text) == [expected.format(folder=tmp_path)]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('token_env = "A_NAME"', "token_env: A_NAME is not in the environment, or empty"),
            ('token_env = "geheim"', "token_env: the variable that it names is not in the environment, or empty"),
            ('token_file = "no\\u0000ne"', "token_file: expected a text that is not empty"),
            ('token_file = "none"', "token_file: cannot read {folder}/none: No such file or directory"),
            ("token = 5", "token: expected a text that is not empty"),
            ('token = ""', "token: expected a text that is not empty"),
            ('token = "geheim\\n"\nusername = "u"\npassword = ""', "password: expected a text that is not empty"),
            ('username = "geheim"', "username and password go together"),
            ("", "either token, or username and password, must be given"),
        ],
    )
    def test_credential(self, tmp_path: Path, text: str, expected: str) -> None:
        """A mistake in a credential is told without the credential."""
        told = said(tmp_path, f'[orchestrators.a]\nurl = "a.example.net"\n{text}\n')

        assert told == [expected.format(folder=tmp_path)]

    def test_all_at_once(self, tmp_path: Path) -> None:
        """Mistakes of several tables and kinds are told together."""
        found = found_in(
            tmp_path,
            '[orchestrators.one]\nurl = "http://one.example.net"\ntoken_env = "NONE"\nretries = 11\n'
            '[orchestrators.two]\ntoken = "geheim"\ndriver = "mapped"\n[orchestrators."a b"]\nurl = "x.example.net"\n',
        )

        text = "\n".join(found.mistakes)
        words = ("url: plain http://", "allow_plain_http", "token_env", "retries", "url is missing", "is no name")
        assert [word for word in words if word not in text] == []
        assert "geheim" not in text

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"[orchestrators.a]\ntoken = geheim\n", "is no TOML: "),
            (b'[orchestrators.a]\ntoken = "\xff"\n', "is not UTF-8 text (at byte 27)"),
            (b"", "must have one table for each orchestrator"),
            (b"[orchestrators]\n", "has 0 orchestrators"),
            (b'[[orchestrators]]\nname = "a"\n', "must have one table for each orchestrator"),
            (b"orchestrators = 5\n", "must have one table for each orchestrator"),
            (b'[orchestrators]\nurl = "x"\n', "must have one table for each orchestrator"),
            (b"[orchestrator.a]\n", "has the unknown key orchestrator: did you mean orchestrators?"),
            pytest.param(b"x = " + b"[" * 100_000, "is n", id="deep"),
            pytest.param(b"#" * (MAX_FILE_BYTES + 1), "is larger than 1000000 bytes", id="large"),
            pytest.param(
                b"".join(b"[orchestrators.o%d]\n" % n for n in range(257)),
                "has 257 orchestrators; 1 to 256 are possible",
                id="many",
            ),
        ],
    )
    def test_file(self, tmp_path: Path, content: bytes, expected: str) -> None:
        """A file that is not one of orchestrators is refused with the reason, not with its content."""
        path = tmp_path / "o.toml"
        path.write_bytes(content)

        (mistake,) = read(path, Polling(), {}).mistakes

        assert mistake.startswith(f"ORCHESTRATORS_FILE: {path} {expected}")
        assert "geheim" not in mistake

    def test_no_file(self, tmp_path: Path) -> None:
        """A missing file, or a folder, is told with the system's words."""
        assert "cannot be read: Is a directory" in read(tmp_path, Polling(), {}).mistakes[0]
        assert "cannot be read: No such file" in read(tmp_path / "x", Polling(), {}).mistakes[0]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
    @given(
        st.dictionaries(
            st.sampled_from(["url", "token", "token_file", "token_env", "ca_file", "sample_s", "enterprises", "x y"]),
            st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text(), max_size=2)),
        )
    )
    def test_any_table(self, tmp_path: Path, values: dict[str, object]) -> None:
        """Whatever a table holds, it gives an orchestrator or mistakes."""
        rows = [f'"{key}" = {_toml(value)}' for key, value in values.items()]
        text = "[orchestrators.a]\n" + "\n".join(rows)
        assert tomllib.loads(text) == {"orchestrators": {"a": values}}

        found = found_in(tmp_path, text)

        assert found.rows or found.mistakes


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" for c in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)


def test_same_url(tmp_path: Path) -> None:
    """The same URL in two spellings and credential is one orchestrator; two ports, or two credentials, are two."""
    found = found_in(
        tmp_path,
        ANY
        + '[orchestrators.b]\nurl = "https://A.example.net:443/"\ntoken = "Token geheim"\n'
        + '[orchestrators.d]\nurl = "https://A.example.net:443/"\ntoken = "of-another-customer"\n'
        + '[orchestrators.c]\nurl = "a.example.net:8443"\ntoken = "t"\n',
    )

    assert list(duplicates(found.rows)) == ["a and b are the same orchestrator: https://a.example.net:443"]

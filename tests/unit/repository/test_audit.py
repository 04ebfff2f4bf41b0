import json

from scripts.audit import count_of, last_line, report_of, weaknesses

GOOD = {"name": "good", "version": "1.0", "vulns": []}
BAD = {"name": "bad", "version": "2.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2.1", "3.0"]}]}
HOPELESS = {"name": "old", "version": "3", "vulns": [{"id": "CVE-2026-2", "fix_versions": []}]}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found"}


def report(*rows: object) -> str:
    """Return what pip-audit prints."""
    return json.dumps({"dependencies": rows, "fixes": []})


class TestReport:
    def test_weaknesses_are_told(self) -> None:
        """Each is named with its package and what mends it; what could not be looked up does not count as looked up."""
        found = report_of(report(GOOD, BAD, HOPELESS, UNKNOWN))

        assert found is not None
        assert weaknesses(found) == [
            "bad 2.0: CVE-2026-1, mended in 2.1, 3.0",
            "old 3: CVE-2026-2, mended in no version",
        ]
        assert count_of(found) == 3

    def test_a_source_that_knows_no_package_has_checked_nothing(self) -> None:
        """A mirror without advisories, no answer, and anything else are no audit."""
        assert report_of(report(UNKNOWN, UNKNOWN)) is None
        assert report_of(report()) is None
        assert report_of("") is None
        assert report_of("[]") is None

    def test_the_reason_is_the_last_line(self) -> None:
        """Of a traceback the last line says why."""
        assert last_line("Traceback\n  File x\nConnectionError: no route\n\n") == "ConnectionError: no route"
        assert last_line("") == "no answer"

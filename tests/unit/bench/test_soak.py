from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bench.soak import Seen, extent_of, main, parser, past, told, write
from bench.soaking.estate import JUDGED
from bench.soaking.verdict import Finding
from bench.soaking.watching import GROUPS, Row, Topics, Usage

GOOD, BAD, UNKNOWN = Finding("a", True, "as it is"), Finding("b", False, "2 wrong"), Finding("c", None, "too short")


def seen(*findings: Finding) -> Seen:
    """Return a soak of a few looks."""
    rows = [
        Row(
            at_s=at,
            day=at / 10,
            usage={name: Usage(1_000_000 * at, 500_000 * at, 10, 2, at) for name in JUDGED},
            topics=Topics(dict.fromkeys(GROUPS, at), at, at, {}),
            stored_rows=at,
            stored_bytes=at,
            kafka_bytes=at,
            mails=at,
            sessions=1,
        )
        for at in range(1, 20)
    ]
    return Seen("a trial", rows, list(findings))


def test_week_is_in_time_unless_told_otherwise() -> None:
    """A thousand links and two hundred daemons, seven days in three quarters of an hour."""
    extent = extent_of(parser().parse_args([]))

    assert (1000, 200, 2016, 288) == (extent.links, extent.generators, extent.buckets, extent.learning)
    assert 45 * 60 == pytest.approx(extent.pace_s * extent.buckets)


def test_short_soak_learns_for_a_part_of_it() -> None:
    """Less than half of it, so that something may happen then."""
    extent = extent_of(parser().parse_args(["--days", "0.5", "--minutes", "1"]))

    assert (144, 58, 1.0) == (extent.buckets, extent.learning, extent.look_s)


def test_week_ends_an_hour_ago() -> None:
    """At a boundary of five minutes."""
    assert datetime(2026, 11, 22, 10, 0, tzinfo=UTC) == past(12, datetime(2026, 11, 22, 12, 3, 9, tzinfo=UTC))


def test_verdict_names_what_is_not_as_promised() -> None:
    """What cannot be said is not held against anybody."""
    assert told([GOOD, UNKNOWN]).endswith("verdict: all as promised")
    assert told([GOOD, BAD]).endswith("verdict: 1 not as promised: b")
    assert "-   c: too short" in told([UNKNOWN])


def test_what_was_seen_can_be_drawn_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture is made of the file, and the verdict and the status are those of the run."""
    file, picture = tmp_path / "seen.json", tmp_path / "seen.svg"
    write(seen(GOOD, BAD), file)
    status = main(["--draw", str(file), "--out", str(picture)])

    assert 1 == status
    assert "a trial" in capsys.readouterr().out
    assert b"<svg" in picture.read_bytes()
    assert seen(GOOD, BAD) == msgspec.json.decode(file.read_bytes(), type=Seen)

"""How few mails the notifier sends for what truly goes wrong, and what a notice costs it.

Run: `python bench/notifier.py [--only mails,cost] [--profile]`.

`mails`: days and a week whose true incidents are known, through detection, grouping and the notifier's decisions by its
default settings, for one receiver. `worse` are messages that an incident is graver than was told. Asked for is that the
demo's day has fewer than 1.2 messages a true incident besides its ends; the others show what rougher times are like.
`cost`: notices a second that the outbox alone takes in, hands out and settles, on one core, with so many others waiting.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from bench.mails import costs  # noqa: E402 - a script finds its neighbours only after the line above
from bench.mails.receiver import Received, received  # noqa: E402
from bench.mails.scenes import Scene, demo_day, rough_day, synthetic_week  # noqa: E402
from bench.scoring import wan  # noqa: E402

MOST_MAILS = 1.2
KINDS = ("beginning", "worse", "reminder", "digest", "end")
HEAD = f"{'scene':<40}{'true':>6}" + "".join(f"{kind:>11}" for kind in KINDS) + f"{'a true one':>12}"
SMALL = REPOSITORY / "tests" / "data" / "detection" / "wan.npz"


def scenes() -> Iterator[Scene]:
    """Yield what is measured, the demo's day first."""
    yield demo_day()
    yield rough_day()
    yield synthetic_week(wan.load(SMALL))


def row(scene: Scene, got: Received) -> str:
    """Return a line of the table of mails."""
    counts = "".join(f"{got.messages[kind]:>11}" for kind in KINDS)
    return f"{scene.name:<40}{scene.true:>6}{counts}{got.beside_ends() / scene.true:>12.2f}"


def mails() -> bool:
    """Print the table of mails; return whether those of the demo's day are few enough."""
    print(HEAD)
    verdicts = []
    for scene in scenes():
        got = received(scene)
        print(row(scene, got), flush=True)
        verdicts.append(got.beside_ends() < MOST_MAILS * scene.true)
    return verdicts[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 when there are too many mails."""
    parser = argparse.ArgumentParser(description="how few mails, and what a notice costs")
    parser.add_argument("--only", choices=("mails", "cost"), help="one of both tables")
    parser.add_argument("--profile", action="store_true", help="show where the time of the costliest row goes")
    options = parser.parse_args(arguments)
    is_right = options.only == "cost" or mails()
    if options.only != "mails":
        print("\n".join(costs.table()))
        if options.profile:
            print(costs.profile())
    return int(not is_right)


if __name__ == "__main__":
    sys.exit(main())

"""What keeping and asking costs: the three benches of analytics, one after the other, each with its own table.

python bench/analytics.py                 all three, small
python bench/analytics_ingest.py --help   rows a second into the store, against the client's insert alone
python bench/analytics_query.py --help    queries, against SQL written by hand
python bench/analytics_reads.py --help    objects over HTTP, against aggregation alone
"""

import subprocess
import sys
from pathlib import Path

PARTS = (("analytics_ingest.py",), ("analytics_query.py", "--rows", "1000000"), ("analytics_reads.py",))


def main() -> int:
    """Run them; return the worst status."""
    statuses = []
    for name, *arguments in PARTS:
        print(f"== {name}", flush=True)
        command = [sys.executable, str(Path(__file__).with_name(name)), *arguments]
        statuses.append(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own scripts
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())

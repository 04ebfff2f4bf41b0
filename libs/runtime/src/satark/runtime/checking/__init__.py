"""`satark check`: what is and what is not well, in one table.

`findings` says what a finding is. `cluster`, `readers`, `contents`, `standing`, `outcomes` and `services` make findings
of values and are pure; `survey`, `web`, `looks` and `gathering` fetch the values; `screen` shows what came of it.
"""

from satark.runtime.checking.command import command

__all__ = ["command"]

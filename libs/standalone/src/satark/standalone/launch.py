"""Start a module as a child that never outlives its parent: `python -m satark.standalone.launch PARENT MODULE ARG…`.

On Linux the kernel sends SIGTERM to the child when its parent ends, however that happens (prctl(2), PR_SET_PDEATHSIG).
Elsewhere the child is on its own when its parent is killed hard.
"""

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""


def follow_parent(parent: int) -> bool:
    """Ask to be told when the parent ends; return False when it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        return os.getppid() == parent
    return True


def main() -> None:
    """Become the module that the arguments name."""
    parent, module, *arguments = sys.argv[1:]
    if follow_parent(int(parent)):
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""First code of every child process: dies with the runner, then runs what it was started for.

Usage: child.py LIFELINE_FD (MODULE | FILE.py) [ARGUMENT...]. The runner holds the other end of
the pipe LIFELINE_FD; when the runner ends, however it ends, the pipe closes and the child with it.
(A parent-death signal is bound to the thread that forked, and Linux alone has it.)
Standard library only: the data plane's own environment runs this file, too.
"""

import os
import runpy
import signal
import sys
import threading


def _die_with_the_runner(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.killpg(os.getpid(), signal.SIGKILL)


def main() -> None:
    target = sys.argv[2]
    watch = threading.Thread(target=_die_with_the_runner, args=(int(sys.argv[1]),), daemon=True)
    watch.start()
    sys.argv = [target, *sys.argv[3:]]
    sys.path.pop(0)
    if target.endswith(".py"):
        runpy.run_path(target, run_name="__main__")
    else:
        runpy.run_module(target, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

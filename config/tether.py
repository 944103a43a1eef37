"""Run a program that dies with its parent, whatever kills the parent.

Usage: ``tether.py PARENT-PID SIGNAL UID:GID PROGRAM ARGUMENT...``. The kernel sends SIGNAL when
the parent dies; ``UID:GID`` is ``-`` to stay who we are. Run by path, without site packages.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, signal_number, identity = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if identity != "-":
        user, _, group = identity.partition(":")
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # It died before we asked to be told.
        sys.exit(1)
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606


if __name__ == "__main__":
    main()

"""``bin/manage``: manage.py with the servers up, stopped afterwards if we started them."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config import configuration, restoring
from config.data_directory import Unusable
from config.embedded import DidNotStart
from config.surroundings import Surroundings

#: These look after what the others need, and start nothing.
WITHOUT_SERVERS = {
    "check_configuration": configuration.main,
    "restore": restoring.main,
}


def main() -> None:
    """Run one management command.

    :raises SystemExit: with the command's status, or with the reason why no server came up.
    """
    signal.signal(signal.SIGTERM, _leave)
    if len(sys.argv) > 1 and sys.argv[1] in WITHOUT_SERVERS:
        WITHOUT_SERVERS[sys.argv[1]](sys.argv[2:])
        return
    try:
        surroundings = Surroundings("bin/manage")
        try:
            surroundings.join()
            execute_from_command_line(["bin/manage", *sys.argv[1:]])
        finally:
            surroundings.close()
    except (DidNotStart, ImproperlyConfigured, Unusable) as reason:
        raise SystemExit(str(reason)) from reason


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()

"""A server behind TLS that lets us wait for its handshake, and then drips its answer for ever."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator


@contextlib.contextmanager
def slow_tls(
    context: ssl.SSLContext, *, delay: float, drip: float, gone: threading.Event
) -> Iterator[int]:
    """Listen while the ``with`` lasts, and give the port. ``gone`` is set once we hung up.

    The handshake begins after ``delay`` seconds; lines of the answer come ``drip`` seconds apart.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, context, delay, drip, gone)).start()
        yield server.getsockname()[1]
        gone.wait(5)


def _serve(
    server: socket.socket,
    context: ssl.SSLContext,
    delay: float,
    drip: float,
    gone: threading.Event,
) -> None:
    plain, _from = server.accept()
    with contextlib.suppress(OSError), plain:
        time.sleep(delay)
        with context.wrap_socket(plain, server_side=True) as peer:
            peer.recv(65_536)
            peer.sendall(b"HTTP/1.1 200 OK\r\n")
            until = time.monotonic() + 5
            while time.monotonic() < until:
                peer.sendall(b"X: y\r\n")
                time.sleep(drip)
    gone.set()

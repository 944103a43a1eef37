"""Where one spool file's lines begin and end."""

from __future__ import annotations

from tracking.domain.spool_line import LONGEST_LINE


def whole_lines(data: bytes, *, is_final: bool) -> tuple[list[bytes], int]:
    """Cut what was read of a file into lines with their newlines; return them and their bytes.

    What stands after the last newline may still grow and is left. It is a line of its own, if a
    bad one, when nobody will go on with it (``is_final``) or when no line is that long.
    """
    lines = data.splitlines(keepends=True) if b"\r" not in data else _split(data)
    rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
    if rest and (is_final or len(rest) > LONGEST_LINE):
        lines.append(rest)
        rest = b""
    return lines, len(data) - len(rest)


def _split(data: bytes) -> list[bytes]:
    *lines, last = data.split(b"\n")
    return [line + b"\n" for line in lines] + [last] * bool(last)

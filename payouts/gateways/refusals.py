"""One refusal for a whole file, with everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError

SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row. ``row`` is its reference, empty for the file itself."""

    row: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.row}: {self.sentence}" if self.row else self.sentence


class FileRefused(DomainError):
    """A file was not made. ``problems`` has every problem, the text the first twenty."""

    code = "file_refused"

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        sentences = [_("The file was not made.")]
        sentences += [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        hidden = len(self.problems) - SHOWN_PROBLEMS
        if hidden > 0:
            sentences.append(
                ngettext(
                    "And %(count)d more problem.",
                    "And %(count)d more problems.",
                    hidden,
                )
                % {"count": hidden}
            )
        super().__init__(" ".join(sentences))


def refuse_if_any(problems: Sequence[RowProblem]) -> None:
    """Do nothing when there is no problem.

    :raises FileRefused: with all ``problems`` otherwise.
    """
    if problems:
        raise FileRefused(problems)

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from experiments.domain import estimate
from experiments.domain.estimate import Comparison
from experiments.domain.table import Arm, read_arms
from experiments.models import Experiment
from experiments.services.analysis import analyse


class Command(BaseCommand):
    help = "Compare the arms of an experiment, or of a CSV file with one line per unit."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a file with its columns, or the number of an experiment."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--csv", type=Path, help="One line per unit; may end in .gz.")
        source.add_argument("--experiment", type=int, help="The number of an experiment here.")
        parser.add_argument("--arm", help="The column that says which arm a unit belongs to.")
        parser.add_argument("--outcome", help="The column of the outcome: 0 or 1, or an amount.")
        parser.add_argument("--covariate", help="A column known before the start (CUPED).")
        parser.add_argument("--control", help="The arm without; default: the first in the file.")
        parser.add_argument("--confidence", type=float, default=0.95)
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print a comparison with the control for every other arm.

        :raises CommandError: for a file that cannot be analysed.
        """
        if options["experiment"]:
            found = self._stored(options["experiment"])
        else:
            found = self._of_file(options)
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1))
            return
        for name, figures in found.items():
            self.stdout.write(self.style.MIGRATE_HEADING(name))
            for figure, value in figures.items():
                self.stdout.write(f"  {figure}: {_shown(value)}")

    def _stored(self, number: int) -> dict[str, dict[str, Any]]:
        experiment = Experiment.objects.filter(pk=number).first()
        if experiment is None:
            raise CommandError(f"There is no experiment {number}.")
        analysis = analyse(experiment_id=experiment.pk, now=timezone.now())
        return {experiment.name: {**analysis.figures, "verdict": analysis.verdict}}

    def _of_file(self, options: dict[str, Any]) -> dict[str, dict[str, Any]]:
        if not (options["arm"] and options["outcome"]):
            raise CommandError("A file needs --arm and --outcome.")
        if not 0.5 <= options["confidence"] < 1:
            raise CommandError("--confidence is a share from 0.5 to below 1, such as 0.95.")
        arms = self._read(options)
        control = options["control"] or next(iter(arms))
        if control not in arms:
            raise CommandError(f"No arm {control}. The arms are: {', '.join(arms)}.")
        beside = _moments(arms[control])
        return {
            f"{name} against {control}": _figures(
                estimate.compare(_moments(arm), beside, confidence=options["confidence"])
            )
            for name, arm in arms.items()
            if name != control
        }

    def _read(self, options: dict[str, Any]) -> dict[str, Arm]:
        path: Path = options["csv"]
        opened = gzip.open if path.suffix == ".gz" else open
        try:
            with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
                return read_arms(
                    lines,
                    arm=options["arm"],
                    outcome=options["outcome"],
                    covariate=options["covariate"],
                )
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal


def _moments(arm: Arm) -> estimate.Moments:
    return estimate.moments(arm.outcomes, arm.covariates or None)


def _figures(comparison: Comparison) -> dict[str, Any]:
    return {**comparison.as_json(), "relative": comparison.relative}


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)

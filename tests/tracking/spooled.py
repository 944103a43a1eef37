"""What landings wrote, read as the shipper reads it."""

from tracking.domain.spool_line import ClickRecord, CountRecord, parse


def records(directory):
    """Every record of the spool files in ``directory``, the oldest file first."""
    files = sorted(directory.glob("*.spool"), key=lambda file: file.name.rpartition("-")[2])
    return [parse(line) for file in files for line in file.read_bytes().splitlines(True)]


def clicks(directory):
    return [record for record in records(directory) if isinstance(record, ClickRecord)]


def counts(directory):
    return [record for record in records(directory) if isinstance(record, CountRecord)]

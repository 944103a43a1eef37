"""A typed client of the Apport API. Begin with :class:`Client`; README.md shows how."""

from apport_client.client import Client
from apport_client.errors import ApportError, FieldProblem, Problem, Unexpected, Unreachable
from apport_client.money import Money
from apport_client.paging import Page, Pages
from apport_client.signatures import BadSignature, Event, receive, verify
from apport_client.version import VERSION
from apport_client.writing import UNSET, Unset

__all__ = [
    "UNSET",
    "VERSION",
    "ApportError",
    "BadSignature",
    "Client",
    "Event",
    "FieldProblem",
    "Money",
    "Page",
    "Pages",
    "Problem",
    "Unexpected",
    "Unreachable",
    "Unset",
    "receive",
    "verify",
]

"""``bin/manage staff``: who manages the programme, and who pays."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from core import staff
from core.errors import DomainError
from core.models import User
from portal import staff_leaving


class Command(BaseCommand):
    """Give a role, take it away, or show who has which."""

    help = "Make somebody a programme manager or finance, end it, or list who is staff."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="add|remove|list")
        adding = acts.add_parser("add", help="give a role to a person, known here or not")
        adding.add_argument("email")
        adding.add_argument("--role", required=True, help=" or ".join(staff.ROLES))
        adding.add_argument("--name", default="", help="of a person who is not known here yet")
        removing = acts.add_parser("remove", help="take a role away at once; the account stays")
        removing.add_argument("email")
        removing.add_argument("--role", required=True, help=" or ".join(staff.ROLES))
        acts.add_parser("list", help="show who has which role")

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        """
        :raises CommandError: with the sentence of a refusal.
        """
        try:
            {"add": self._add, "remove": self._remove, "list": self._list}[act](options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _add(self, options: dict[str, Any]) -> None:
        role, now = options["role"], timezone.now()
        user = staff.add(
            email=options["email"], role=role, name=options["name"], actor=None, now=now
        )
        self.stdout.write(self.style.SUCCESS(f"{user.email} has the role {role}."))
        self.stdout.write(f"Next: {_next_step(user)}")
        self.stdout.write(
            f"Then they add a passkey or a code generator: {_address('mfa_index')} (staff need one)"
        )

    def _remove(self, options: dict[str, Any]) -> None:
        role = options["role"]
        user = staff_leaving.remove_by_shell(email=options["email"], role=role, now=timezone.now())
        self.stdout.write(self.style.SUCCESS(f"{user.email} no longer has the role {role}."))

    def _list(self, _options: dict[str, Any]) -> None:
        people = list(staff.everybody())
        for user in people:
            roles = sorted(group.name for group in user.groups.all() if group.name in staff.ROLES)
            state = "" if user.is_active else "  (cannot sign in)"
            self.stdout.write(f"{user.email}  {', '.join(roles)}{state}")
        if not people:
            self.stdout.write("Nobody yet: bin/manage staff add EMAIL --role manager")


def _next_step(user: User) -> str:
    if user.has_usable_password():
        return f"they sign in as before: {_address('account_login')}"
    return (
        f"they choose a password by mail: {_address('account_reset_password')}, sign in and"
        " confirm the address"
    )


def _address(page: str) -> str:
    return settings.PUBLIC_URL + reverse(page)

"""What the DNS says of a host, from the servers of the settings or the machine's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from ipaddress import ip_address

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

LIFETIME_SECONDS = 5.0


class NotResolved(Exception):
    """The DNS knows no such host, or did not answer. ``is_unregistered``: it said that."""

    def __init__(self, message: str, *, is_unregistered: bool = False) -> None:
        super().__init__(message)
        self.is_unregistered = is_unregistered


class Names:
    """Asks the DNS. ``servers`` are addresses, each perhaps with a port; empty: the machine's."""

    def __init__(self, servers: Sequence[str] | None = None) -> None:
        self._servers = settings.DNS_SERVERS if servers is None else servers

    def addresses(self, host: str) -> list[str]:
        """Return the addresses of a host, IPv4 first; of an address itself.

        :raises NotResolved: when there is none.
        """
        try:
            return [str(ip_address(host.strip("[]")))]
        except ValueError:
            pass
        found = self._ask(host, "A") + self._ask(host, "AAAA")
        if not found:
            raise NotResolved(f"{host} has no address.")
        return found

    def texts(self, host: str) -> list[str]:
        """Return the TXT records of a host.

        :raises NotResolved: when the DNS knows no such host, or does not answer.
        """
        return self._ask(host, "TXT")

    def servers_of(self, host: str) -> list[str]:
        """Return the name servers of a domain, in small letters.

        :raises NotResolved: when the DNS knows no such domain, or does not answer.
        """
        return sorted(name.lower().rstrip(".") for name in self._ask(host, "NS"))

    def _ask(self, host: str, kind: str) -> list[str]:
        try:
            answer = self._resolver.resolve(host, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN as error:
            raise NotResolved(f"The DNS knows no {host}.", is_unregistered=True) from error
        except (dns.exception.DNSException, UnicodeError, ValueError) as error:
            raise NotResolved(f"The DNS did not answer for {host}.") from error
        if kind == "TXT":
            return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]
        return [row.to_text() for row in answer]

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._servers)
        if self._servers:
            resolver.nameservers = [_server(one) for one in self._servers]
        resolver.lifetime = LIFETIME_SECONDS
        return resolver


def _server(said: str) -> dns.nameserver.Nameserver:
    host, _colon, port = said.rpartition(":")
    if not host or not port.isdecimal():
        host, port = said, "53"
    return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))

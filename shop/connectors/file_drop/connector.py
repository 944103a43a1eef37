"""Files that a till, an ERP or a person drops: orders and returns in the columns of apport-csv."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from core.wording import Said
from shop.connectors.contract import Context, Field
from shop.connectors.file_drop.places import Folder, Place
from shop.connectors.file_drop.sftp import Account, Sftp
from shop.connectors.silent import SilentConnector
from shop.domain.states import Facts


class FileDrop(SilentConnector):
    """A folder of this machine or of an SFTP server. It is looked into, it sends nothing."""

    name = "file_drop"
    title = "File drop (CSV, SFTP)"
    trial = (
        _("Drop a file with one order into the folder, with 1 in its column \"test\"."),
        _("It is read within a quarter of an hour after it has stopped growing. The order is seen"
          " here and never earns."),
    )  # fmt: skip
    silence = Said("A file drop sends nothing: it is looked into.")
    fields = (
        Field(
            name="folder",
            label=_("Folder"),
            help=_("On the SFTP server. Without a server: a plain name below SHOP_DROP_DIR."),
        ),
        Field(name="user", label=_("User of the SFTP server"), is_required=False),
        Field(
            name="password",
            label=_("Password of the SFTP server"),
            is_secret=True,
            is_required=False,
        ),
        Field(
            name="private_key",
            label=_("Private key instead of a password"),
            help=_("The text of the key file, without a passphrase."),
            is_secret=True,
            is_required=False,
        ),
        Field(
            name="host_key",
            label=_("Key of the SFTP server"),
            help=_("A line such as ssh-ed25519 AAAA… A server with another key is not trusted."),
            is_required=False,
        ),
        Field(
            name="quiet_seconds",
            label=_("Seconds without growth"),
            help=_("60 when empty. A file is read when it has not grown for so long."),
            is_required=False,
        ),
    )
    steps = (
        _("Let the till or ERP write CSV files with the columns of apport-csv (guide: import past"
          " orders), orders and returns in one file or several."),
        _("For an SFTP server, enter sftp://host as the address, and its key: the line that"
          " ssh-keyscan -t ed25519 host prints, compared with what the server's owner says."),
        _("Without a server, leave the address empty and enter the folder's name."),
        _("Write under a name that ends in .tmp and rename to .csv at the end, or write an empty"
          " NAME.csv.done beside it: then the file is read at once."),
        _("What was read moves to done/, what is no such file to failed/. Refused rows are listed"
          " in NAME.csv.errors.csv: correct them and drop them again."),
    )  # fmt: skip

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:  # noqa: ARG002
        """Return nothing: files go through ``shop.services.drops``."""
        return Facts(ignored=self.silence)

    def poller(self, address: str, credentials: Mapping[str, str], context: Context) -> None:  # noqa: ARG002
        """Return None: there is no API to ask."""


def place(address: str, entered: Mapping[str, str]) -> Place:
    """Open the folder that a connection names.

    :raises ShopRefused, ShopUnreachable: when it cannot be opened.
    """
    if not address:
        return Folder.named(entered.get("folder", ""))
    return Sftp.opened(
        Account(
            address=address,
            user=entered.get("user", ""),
            host_key=entered.get("host_key", ""),
            folder=entered.get("folder", ""),
            password=entered.get("password", ""),
            private_key=entered.get("private_key", ""),
        )
    )

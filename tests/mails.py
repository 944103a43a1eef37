"""What tests read in mails."""

import re


def code_in(body):
    """Return the code of a mail that confirms an address or a sign-in: a line of its own."""
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", body, re.MULTILINE)[1]

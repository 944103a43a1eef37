"""Sessions whose person has proved who they are, somehow and some time ago."""

import time

from allauth.account.internal.flows import login


def proved(client, user, method, *, ago=0, **fields):
    """Sign in, and say by what and how many seconds ago."""
    client.force_login(user)
    session = client.session
    record = {"method": method, "at": time.time() - ago, **fields}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()

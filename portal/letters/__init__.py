"""Mails that put facts of several apps together: what waits, what was declined, a month."""

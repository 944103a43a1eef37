"""Judging labelled events by the real pipeline, in a database that is thrown away afterwards."""

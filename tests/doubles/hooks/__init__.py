"""Servers of affiliates on loopback, which take events or misbehave as they are told."""

"""The double of Stripe, for the verdict on payouts."""

from tests.payouts.stripe_world import _stripe_server, double

__all__ = ["_stripe_server", "double"]

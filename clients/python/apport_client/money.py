"""Amounts of money: whole minor units of one currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: ISO 4217 currencies whose minor unit is not a hundredth, with their number of decimals.
MINOR_DIGITS = {"BIF": 0, "CLP": 0, "JPY": 0, "KRW": 0, "VND": 0, "XAF": 0, "XOF": 0, "XPF": 0,
                "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: ``Money(1250, "EUR")`` is 12.50 euros, also as ``str``."""

    amount_minor: int
    currency: str

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str) -> Money:
        """Return ``amount``, in major units, of ``currency``. Nothing is rounded.

        :raises ValueError: when it has more decimals than the currency.
        """
        minor = amount.scaleb(MINOR_DIGITS.get(currency, 2))
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} has more decimals than {currency}.")
        return cls(int(minor), currency)

    def to_decimal(self) -> Decimal:
        """Return the amount in major units, exactly."""
        return Decimal(self.amount_minor).scaleb(-MINOR_DIGITS.get(self.currency, 2))

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other).amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other).amount_minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __bool__(self) -> bool:
        return self.amount_minor != 0

    def __str__(self) -> str:
        return f"{self.to_decimal()} {self.currency}"

    def _same(self, other: Money) -> Money:
        """Return ``other``.

        :raises ValueError: when it is in another currency.
        """
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be put together.")
        return other

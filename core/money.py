"""Money as an integer of minor units, and the only place where it is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import DomainError

BPS = 10_000

#: ISO 4217 currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {"BIF": 0, "CLP": 0, "JPY": 0, "KRW": 0, "VND": 0, "XAF": 0, "XOF": 0, "XPF": 0,
                "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}  # fmt: skip


class CurrencyMismatch(DomainError):
    """Two amounts of different currencies were put together."""

    code = "currency_mismatch"


def minor_digits(currency: str) -> int:
    """Return the number of decimals of ``currency`` (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


def ratio(numerator: int, denominator: int) -> int:
    """Return ``numerator / denominator`` rounded half away from zero.

    Every rounding of money in the code base ends here.
    """
    negative = (numerator < 0) != (denominator < 0)
    top, bottom = abs(numerator), abs(denominator)
    rounded = (2 * top + bottom) // (2 * bottom)
    return -rounded if negative else rounded


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of one currency."""

    minor: int
    currency: str

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str) -> Money:
        """Return ``amount`` (major units), rounded half away from zero to the minor unit."""
        digits = minor_digits(currency)
        if amount.adjusted() < -digits - 1:  # Nought, and its fraction may have a million digits.
            return cls(0, currency)
        top, bottom = (amount * 10**digits).as_integer_ratio()
        return cls(ratio(top, bottom), currency)

    def to_decimal(self) -> Decimal:
        """Return the amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def times_bps(self, rate_bps: int) -> Money:
        """Return this amount times ``rate_bps``, rounded half away from zero."""
        return Money(ratio(self.minor * rate_bps, BPS), self.currency)

    def share(self, part: int, whole: int) -> Money:
        """Return ``part / whole`` of this amount, rounded half away from zero."""
        return Money(ratio(self.minor * part, whole), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Split by ``weights`` (not negative), largest remainder; the parts sum to the whole.

        Ties go to the earlier part. All-zero weights give everything to the first part.
        """
        total = sum(weights)
        if not weights:
            return []
        if total == 0:
            return [self, *(Money(0, self.currency) for _ in weights[1:])]
        sign = -1 if self.minor < 0 else 1
        amount = abs(self.minor)
        parts = [amount * weight // total for weight in weights]
        remainders = [amount * weight % total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
        for i in by_remainder[: amount - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.to_decimal()} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be put together.")
        return other

"""Names of countries as files write them, and their ISO 3166-1 codes."""

from __future__ import annotations

_ISO = {
    "australia": "AU", "austria": "AT", "bahrain": "BH", "belgium": "BE", "brazil": "BR",
    "canada": "CA", "cyprus": "CY", "czech republic": "CZ", "denmark": "DK", "eire": "IE",
    "finland": "FI", "france": "FR", "germany": "DE", "greece": "GR", "hong kong": "HK",
    "iceland": "IS", "israel": "IL", "italy": "IT", "japan": "JP", "lebanon": "LB",
    "lithuania": "LT", "malta": "MT", "netherlands": "NL", "norway": "NO", "poland": "PL",
    "portugal": "PT", "rsa": "ZA", "saudi arabia": "SA", "singapore": "SG", "spain": "ES",
    "sweden": "SE", "switzerland": "CH", "usa": "US", "united arab emirates": "AE",
    "united kingdom": "GB",
}  # fmt: skip


def iso_of(name: str) -> str:
    """Return the ISO code of a country's English name, or nothing when it is not one country."""
    return _ISO.get(name.strip().lower(), "")

"""Every entrance that reads bytes of strangers without asking the database."""

from __future__ import annotations

from tests.fuzz import file_entrances, page_entrances, shop_entrances, tracking_entrances

EVERY = {
    entrance.name: entrance
    for module in (tracking_entrances, shop_entrances, file_entrances, page_entrances)
    for entrance in module.ENTRANCES
}

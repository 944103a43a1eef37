"""What the demo shop must know to speak for itself: its code here, its secret, its promo codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

from portal.demo.seed import discounts
from shop.models import Shop, WebhookSecret


def write(directory: Path, shop: Shop) -> Path:
    """Write the shop's file, readable by its owner alone; an equal one is left as it is."""
    secret = WebhookSecret.objects.filter(shop=shop, retired_at__isnull=True).latest("pk")
    said = {"shop_code": shop.code, "secret": secret.secret, "discounts": discounts()}
    text = json.dumps(said, indent=2) + "\n"
    path = directory / "demo-shop.json"
    if path.exists() and path.read_text() == text:
        return path
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.rename(path)
    return path

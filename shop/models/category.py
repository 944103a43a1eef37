from __future__ import annotations

from django.db import models


class CategoryName(models.Model):
    """What a shop calls a category, and which of the programme's it is. Terms know the latter."""

    shop = models.ForeignKey("shop.Shop", models.CASCADE, related_name="category_names")
    said = models.CharField(max_length=200)
    category = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "said"], name="category_name_once")]

    def __str__(self) -> str:
        return f"{self.said}: {self.category}"

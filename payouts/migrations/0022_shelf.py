import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("affiliates", "0012_sites_taken_back"),
        ("payouts", "0021_block_unpaid"),
        ("shop", "0013_dropped_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(help_text="To the hour.", null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "affiliate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="product_feeds",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("affiliate",),
                        name="product_feed_one_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShelfItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "price_minor",
                    models.PositiveBigIntegerField(help_text="With VAT, as the shop shows it."),
                ),
                (
                    "is_in_stock",
                    models.BooleanField(help_text="One of its sizes is, or the shop never said."),
                ),
                (
                    "first_seen_at",
                    models.DateTimeField(help_text="None: since always.", null=True),
                ),
                ("restocked_at", models.DateTimeField(null=True)),
                (
                    "clicks",
                    models.PositiveBigIntegerField(
                        default=0, help_text="Through all links that lead to it, in ninety days."
                    ),
                ),
                (
                    "affiliates",
                    models.PositiveIntegerField(default=0, help_text="Whose links these were."),
                ),
                (
                    "orders",
                    models.PositiveIntegerField(
                        default=0, help_text="By these links, whatever was in."
                    ),
                ),
                (
                    "earned_minor",
                    models.BigIntegerField(default=0, help_text="By these orders, before returns."),
                ),
                ("refreshed_at", models.DateTimeField()),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shelf",
                        to="shop.product",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-first_seen_at", "-product"], name="shelf_newest"),
                    models.Index(fields=["price_minor", "product"], name="shelf_by_price"),
                    models.Index(fields=["-clicks", "product"], name="shelf_by_clicks"),
                ],
            },
        ),
    ]

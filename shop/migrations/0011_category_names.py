import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Until now every category was as the shop said it."""

    dependencies = [
        ("shop", "0010_connect_what_is"),
    ]

    operations = [
        migrations.CreateModel(
            name="CategoryName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said", models.CharField(max_length=200)),
                ("category", models.CharField(max_length=80)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="category_names",
                        to="shop.shop",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "said"), name="category_name_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="product",
            name="said_category",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the shop calls its category.",
                max_length=200,
            ),
        ),
        migrations.RunSQL(
            "UPDATE shop_product SET said_category = category WHERE category <> '';",
            migrations.RunSQL.noop,
        ),
    ]

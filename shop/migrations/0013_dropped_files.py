import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0012_order_connection"),
    ]

    operations = [
        migrations.CreateModel(
            name="DroppedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("size", models.BigIntegerField()),
                ("seen_at", models.DateTimeField(help_text="With this size.")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("read_at", models.DateTimeField(null=True)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("orders", models.PositiveIntegerField(default=0, help_text="New ones.")),
                ("returns", models.PositiveIntegerField(default=0, help_text="New ones.")),
                ("refused_rows", models.PositiveIntegerField(default=0)),
                ("refused", models.JSONField(blank=True, default=list)),
                ("error", models.TextField(blank=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dropped_files",
                        to="shop.connection",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["connection", "-read_at"], name="dropped_file_last")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=("connection", "name"),
                        name="dropped_file_seen_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("read_at__isnull", False)),
                        fields=("connection", "name", "size", "sha256"),
                        name="dropped_file_read_once",
                    ),
                ],
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0011_looks_and_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClickMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("affiliate_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("link_id", models.BigIntegerField()),
                ("sub_id", models.CharField(blank=True, max_length=64)),
                ("surface", models.CharField(blank=True, max_length=64)),
                ("visits", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="click_mark_of_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("affiliate_id", "day", "link_id", "sub_id", "surface"),
                        name="click_mark_once",
                    )
                ],
            },
        ),
    ]

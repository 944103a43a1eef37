import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0003_simulation_progress"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="escalated_at",
            field=models.DateTimeField(help_text="When managers were told it is late.", null=True),
        ),
        migrations.CreateModel(
            name="ClaimMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("is_from_team", models.BooleanField()),
                ("text", models.TextField()),
                ("proof_name", models.CharField(blank=True, max_length=120)),
                ("proof", models.BinaryField(help_text="A file of at most 2 MB.", null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="payouts.claim",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["claim", "at"], name="claim_message_of_claim")],
            },
        ),
    ]

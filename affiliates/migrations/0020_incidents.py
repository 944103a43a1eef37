import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("affiliates", "0019_endpoint_key"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("tracking", "Tracking of clicks and orders"),
                            ("portal", "Portal"),
                            ("api", "API"),
                            ("payouts", "Payouts"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "impact",
                    models.CharField(
                        choices=[("partly", "Works in part, or late"), ("down", "Does not work")],
                        max_length=6,
                    ),
                ),
                ("title_fr", models.CharField(max_length=120)),
                ("title_en", models.CharField(max_length=120)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text_fr", models.TextField()),
                ("text_en", models.TextField()),
                (
                    "mail_asked_at",
                    models.DateTimeField(
                        help_text="When somebody let it go out to affiliates.", null=True
                    ),
                ),
                (
                    "mailed_at",
                    models.DateTimeField(help_text="When it went out to them.", null=True),
                ),
                ("mailed", models.PositiveIntegerField(default=0, help_text="To how many people.")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="affiliates.incident",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["ended_at", "began_at"], name="incident_by_end"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["tracking", "portal", "api", "payouts"])),
                name="incident_part_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("impact__in", ["partly", "down"])), name="incident_impact_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True),
                    ("ended_at__gte", models.F("began_at")),
                    _connector="OR",
                ),
                name="incident_ends_after_it_began",
            ),
        ),
        migrations.AddIndex(
            model_name="incidentupdate",
            index=models.Index(fields=["incident", "at"], name="incident_update_of"),
        ),
        migrations.AddIndex(
            model_name="incidentupdate",
            index=models.Index(
                condition=models.Q(("mail_asked_at__isnull", False), ("mailed_at__isnull", True)),
                fields=["mail_asked_at"],
                name="incident_update_to_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mailed_at__isnull", True), ("mail_asked_at__isnull", False), _connector="OR"
                ),
                name="incident_update_mailed_when_asked",
            ),
        ),
    ]

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0005_checks_asked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("sha256", models.CharField(help_text="Of what is kept.", max_length=64)),
                (
                    "body",
                    models.BinaryField(
                        help_text="Written anew, at most 4 MB; none: deleted.", null=True
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="fraud.casemessage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "sha256"), name="case_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_minor",
                    models.PositiveBigIntegerField(
                        help_text="Of held commissions, in any one currency; none: one person decides.",
                        null=True,
                    ),
                ),
                ("valid_from", models.DateTimeField(unique=True)),
                ("reason", models.CharField(max_length=300)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="decision_limit_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("confirmed", "Confirmed"),
                            ("dismissed", "Dismissed"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "waiting",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="The credits that it decides about.",
                        size=None,
                    ),
                ),
                (
                    "refused",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Of them: those that do not stand.",
                        size=None,
                    ),
                ),
                (
                    "at_stake_minor",
                    models.PositiveBigIntegerField(help_text="In the currency of most."),
                ),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.TextField(help_text="Internal.")),
                (
                    "message",
                    models.TextField(blank=True, help_text="What the affiliate would read."),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second person"),
                            ("agreed", "Agreed to"),
                            ("declined", "Not agreed to"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="proposed",
                        max_length=9,
                    ),
                ),
                ("status_changed_at", models.DateTimeField()),
                ("proposed_at", models.DateTimeField()),
                (
                    "answer",
                    models.TextField(blank=True, help_text="Why it was not agreed to. Internal."),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="fraud.case",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["proposed", "agreed", "declined", "withdrawn"])
                        ),
                        name="case_proposal_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["confirmed", "dismissed"])),
                        name="case_proposal_decides",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["agreed", "declined"]), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="case_proposal_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "declined"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="case_proposal_declined_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="case_proposal_for_a_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "proposed")),
                        fields=("case",),
                        name="case_proposal_one_waits",
                    ),
                ],
            },
        ),
        *append_only("fraud_decisionlimit"),
    ]

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto
import core.states


class Migration(migrations.Migration):
    dependencies = [
        ("affiliates", "0013_teams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("webhook", "Webhook"), ("postback", "Postback")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "url",
                    models.CharField(help_text="Of a postback with its {macros}.", max_length=1000),
                ),
                (
                    "method",
                    models.CharField(choices=[("POST", "POST"), ("GET", "GET")], max_length=4),
                ),
                ("secret", core.crypto.EncryptedTextField(blank=True)),
                ("previous_secret", core.crypto.EncryptedTextField(blank=True)),
                (
                    "previous_until",
                    models.DateTimeField(help_text="Until then both secrets sign.", null=True),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("disabled", "Disabled"),
                        ],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("status_changed_at", models.DateTimeField()),
                (
                    "disabled_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failures", "It failed too often or for too long"),
                            ("gone", "It answered that it is gone (410)"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, help_text="In a row, up to now."),
                ),
                ("failing_since", models.DateTimeField(null=True)),
                (
                    "rests_until",
                    models.DateTimeField(help_text="After a failure: nothing before.", null=True),
                ),
                ("created_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "affiliate",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="endpoints",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            bases=(core.states.Moves, models.Model),
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(editable=False, unique=True)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("type", models.CharField(max_length=40)),
                ("happened_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_index=True)),
                ("api_version", models.CharField(max_length=10)),
                ("data", models.JSONField()),
                (
                    "affiliate",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="affiliates.affiliate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EventDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("taken", "Delivered"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("status_changed_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("first_due_at", models.DateTimeField(help_text="Tried for three days from here.")),
                ("next_attempt_at", models.DateTimeField()),
                (
                    "claimed_until",
                    models.DateTimeField(help_text="Until when a worker has it.", null=True),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_attempt_at", models.DateTimeField(null=True)),
                (
                    "http_status",
                    models.PositiveSmallIntegerField(help_text="0: no answer.", null=True),
                ),
                ("duration_ms", models.PositiveIntegerField(null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "answer",
                    models.TextField(
                        blank=True, help_text="The first 2 kB, as a stranger wrote them."
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="affiliates.endpoint",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="affiliates.event",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "event deliveries",
            },
            bases=(core.states.Moves, models.Model),
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("type", models.CharField(max_length=40)),
                ("since", models.DateTimeField()),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="affiliates.endpoint",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="endpoint",
            index=models.Index(fields=["affiliate", "created_at"], name="endpoint_of_affiliate"),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["active", "paused", "disabled"])),
                name="endpoint_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["webhook", "postback"])),
                name="endpoint_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "webhook"), _negated=True),
                    ("method", "POST"),
                    _connector="OR",
                ),
                name="endpoint_webhook_posts",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "disabled"), ("disabled_because", ""), _connector="XOR"
                ),
                name="endpoint_disabled_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("failures", 0), ("failing_since__isnull", False), _connector="XOR"
                ),
                name="endpoint_failing_since_its_first_failure",
            ),
        ),
        migrations.AddIndex(
            model_name="eventdelivery",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["endpoint", "next_attempt_at"],
                name="event_delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="eventdelivery",
            index=models.Index(
                fields=["endpoint", "-created_at", "-id"], name="event_delivery_log"
            ),
        ),
        migrations.AddConstraint(
            model_name="eventdelivery",
            constraint=models.UniqueConstraint(
                fields=("event", "endpoint"), name="event_delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="eventdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "taken", "failed"])),
                name="event_delivery_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="eventdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_attempt_at__gte", models.F("first_due_at"))),
                name="event_delivery_due_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["type", "endpoint"], name="subscription_by_type"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "type"), name="subscription_once"
            ),
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER affiliates_event_never_edited BEFORE UPDATE ON affiliates_event
              FOR EACH ROW EXECUTE FUNCTION apport_refuse_change();
            """,
            "DROP TRIGGER affiliates_event_never_edited ON affiliates_event;",
        ),
    ]

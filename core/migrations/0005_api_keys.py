import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_saved_views_and_exports"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "prefix",
                    models.CharField(help_text="By which it is found.", max_length=12, unique=True),
                ),
                (
                    "secret_hash",
                    models.CharField(help_text="SHA-256 of the secret, in hex.", max_length=64),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "account",
                    models.UUIDField(
                        help_text="The public id of whom it acts for; empty: a member of staff.",
                        null=True,
                    ),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read:links", "Read links"),
                                ("write:links", "Make and change links"),
                                ("read:codes", "Read promo codes"),
                                ("read:clicks", "Read clicks"),
                                ("read:sales", "Read sales and commissions"),
                                ("read:payouts", "Read payouts and statements"),
                                ("read:products", "Search products"),
                                ("read:looks", "Read looks"),
                                ("read:terms", "Read terms"),
                                ("read:claims", "Read claims"),
                                ("write:claims", "Make claims"),
                                ("read:webhooks", "Read webhooks"),
                                ("write:webhooks", "Make and change webhooks"),
                                ("read:applications", "Read applications"),
                                ("read:affiliates", "Read affiliates"),
                                ("read:orders", "Read orders"),
                                ("read:cases", "Read cases"),
                                ("read:batches", "Read payout batches"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(help_text="To the minute.", null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        help_text="Who made it.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("idempotency_key", models.CharField(max_length=255)),
                (
                    "fingerprint",
                    models.CharField(help_text="SHA-256 of what was asked.", max_length=64),
                ),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(help_text="Of the answer.", null=True)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(blank=True)),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="core.apikey",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["account"], name="api_key_of_account"),
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["owner"], name="api_key_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("created_at")),
                    (
                        "expires_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("created_at"), "+", models.Value(datetime.timedelta(days=731))
                        ),
                    ),
                ),
                name="api_key_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(("scopes__len__gt", 0)), name="api_key_may_do_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                    _connector="OR",
                ),
                name="api_key_revoked_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="apicall",
            index=models.Index(fields=["started_at"], name="api_call_started"),
        ),
        migrations.AddConstraint(
            model_name="apicall",
            constraint=models.UniqueConstraint(
                fields=("api_key", "idempotency_key"), name="api_call_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="apicall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status__isnull", True)),
                    models.Q(("finished_at__isnull", False), ("status__isnull", False)),
                    _connector="OR",
                ),
                name="api_call_finished_with_an_answer",
            ),
        ),
    ]

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0008_product_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("connector", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120)),
                (
                    "address",
                    models.URLField(blank=True, help_text="Of the platform's API.", max_length=300),
                ),
                ("credentials", core.crypto.EncryptedTextField(blank=True, default="")),
                ("options", models.JSONField(blank=True, default=dict)),
                ("timezone", models.CharField(default="Europe/Paris", max_length=60)),
                (
                    "silent_hours",
                    models.PositiveIntegerField(
                        default=24, help_text="Without any delivery for so long, staff are told."
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "orders_until",
                    models.DateTimeField(
                        help_text="Changes of orders before this were asked for, and are here.",
                        null=True,
                    ),
                ),
                ("products_until", models.DateTimeField(null=True)),
                ("silence_told_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["shop", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CustomerRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("erasure", "Erase what is kept"),
                            ("disclosure", "Tell what is kept"),
                        ],
                        max_length=10,
                    ),
                ),
                ("external_id", models.CharField(max_length=100)),
                ("customer_ref", models.CharField(blank=True, max_length=64)),
                (
                    "order_external_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(
                        help_text="A month after it was asked (GDPR, article 12.3)."
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "orders",
                    models.PositiveIntegerField(
                        default=0, help_text="How many of ours it was about."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order_external_id", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing", "We did not have it"),
                            ("lines", "Its lines are others"),
                            ("returns", "Other goods or money came back"),
                            ("cancelled", "It was cancelled"),
                            ("payment", "It was paid, or is not"),
                            ("unknown_there", "The shop does not know it"),
                        ],
                        max_length=13,
                    ),
                ),
                ("ours", models.CharField(blank=True, max_length=300)),
                ("theirs", models.CharField(blank=True, max_length=300)),
                ("found_at", models.DateTimeField()),
                ("repaired_at", models.DateTimeField(null=True)),
                ("explained_at", models.DateTimeField(null=True)),
                ("explanation", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("orders", "Changed orders"),
                            ("comparison", "Comparison of 60 days"),
                            ("catalogue", "Catalogue"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("cursor", models.TextField(blank=True)),
                ("pages", models.PositiveIntegerField(default=0)),
                (
                    "seen",
                    models.PositiveIntegerField(
                        default=0, help_text="Orders or products that were told."
                    ),
                ),
                (
                    "differing",
                    models.PositiveIntegerField(
                        default=0, help_text="Of them not as we knew them."
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("reasons", models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="inboundevent",
            name="inbound_event_once",
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="delivery_id",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="headers",
            field=models.JSONField(
                blank=True, default=dict, help_text="Of the delivery: those that a platform sets."
            ),
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="signed_with",
            field=models.CharField(
                choices=[
                    ("newest", "The newest secret"),
                    ("older", "The secret before"),
                    ("asked", "Asked for by us"),
                ],
                default="newest",
                help_text="Which secret its signature held with.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="subject",
            field=models.CharField(
                blank=True,
                help_text="The shop's id of what changed, if it was told.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="triggered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="awaits_payment",
            field=models.BooleanField(
                default=False,
                help_text="Pending or authorized: it counts, and nothing of it is payable.",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="is_addition",
            field=models.BooleanField(
                default=False,
                help_text="Made by us of what an edit added to the order that it follows.",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="presentment_currency",
            field=models.CharField(
                blank=True, help_text="What the customer saw, if it is another.", max_length=3
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="remarks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=list,
                help_text="Codes of shop.domain.remarks: what a person should know.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="presentment_net_minor",
            field=models.BigIntegerField(
                help_text="In the currency that the customer saw.", null=True
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="withdrawn_at",
            field=models.DateTimeField(
                help_text="The shop deleted it: what it took back was given back.", null=True
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="shop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="connections",
                to="shop.shop",
            ),
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="connection",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inbound_events",
                to="shop.connection",
            ),
        ),
        migrations.AddField(
            model_name="webhooksecret",
            name="connection",
            field=models.ForeignKey(
                help_text="None: the shop's generic signed webhook.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="webhook_secrets",
                to="shop.connection",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundevent",
            index=models.Index(
                condition=models.Q(("subject", ""), _negated=True),
                fields=["connection", "subject"],
                name="inbound_event_subject",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundevent",
            index=models.Index(fields=["connection", "-received_at"], name="inbound_event_last"),
        ),
        migrations.AddConstraint(
            model_name="inboundevent",
            constraint=models.UniqueConstraint(
                fields=("connection", "event_id", "topic"), name="inbound_event_once_per_topic"
            ),
        ),
        migrations.AddField(
            model_name="customerrequest",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="shop.connection",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="shop.connection",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="event",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="shop.inboundevent",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="explained_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="syncrun",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="shop.connection",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="shop.syncrun",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrequest",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)),
                fields=["due_at"],
                name="customer_request_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerrequest",
            constraint=models.UniqueConstraint(
                fields=("connection", "kind", "external_id"), name="customer_request_once"
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["connection", "kind", "-started_at"], name="sync_run_last"),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at__isnull", True)),
                fields=("connection", "kind"),
                name="sync_run_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(
                condition=models.Q(("explained_at__isnull", True), ("repaired_at__isnull", True)),
                fields=["connection", "found_at"],
                name="difference_open",
            ),
        ),
        migrations.AddIndex(
            model_name="difference",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["found_at"], name="difference_found"
            ),
        ),
    ]

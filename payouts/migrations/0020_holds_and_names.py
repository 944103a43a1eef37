import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto
from core.append_only import append_only

# Such a row is ended once; what it says otherwise never changes, and it is never deleted.
ENDS_ONCE = """
CREATE FUNCTION payouts_row_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> TG_ARGV[0] IS NULL
     AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% keeps what it says: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payouts_payouthold_ends_once BEFORE UPDATE OR DELETE ON payouts_payouthold
  FOR EACH ROW EXECUTE FUNCTION payouts_row_ends_once('ended_at', 'ended_by_id', 'end_reason');
CREATE TRIGGER payouts_namecheck_ends_once BEFORE UPDATE OR DELETE ON payouts_namecheck
  FOR EACH ROW EXECUTE FUNCTION
    payouts_row_ends_once('accepted_at', 'accepted_by_id', 'accept_reason');
"""
NEVER_ENDS = """
DROP TRIGGER payouts_payouthold_ends_once ON payouts_payouthold;
DROP TRIGGER payouts_namecheck_ends_once ON payouts_namecheck;
DROP FUNCTION payouts_row_ends_once();
"""


class Migration(migrations.Migration):
    """Differences say whom they stop; people hold payouts; banks say whose account it is."""

    dependencies = [
        ("affiliates", "0012_sites_taken_back"),
        ("payouts", "0019_return_undone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="difference",
            name="affiliate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_differences",
                to="affiliates.affiliate",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="payouts.batch",
            ),
        ),
        migrations.CreateModel(
            name="NameCheckFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("body", core.crypto.EncryptedBinaryField()),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("received_at", models.DateTimeField()),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NameCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "iban_hash",
                    models.CharField(help_text="Keyed hash of the account.", max_length=64),
                ),
                ("iban_last4", models.CharField(max_length=4)),
                (
                    "name",
                    models.CharField(help_text="The name that was asked about.", max_length=140),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("match", "Match"),
                            ("close", "Close match"),
                            ("no_match", "No match"),
                            ("unavailable", "Not possible"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "name_at_bank",
                    core.crypto.EncryptedTextField(
                        blank=True, help_text="Told for a close match only."
                    ),
                ),
                ("checked_on", models.DateField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("accept_reason", models.TextField(blank=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "affiliate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="name_checks",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="payouts.namecheckfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["affiliate", "-checked_on", "-id"], name="name_check_last")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "affiliate", "iban_hash"), name="name_check_once_per_file"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True),
                            models.Q(("verdict", "close"), ("accepted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="name_check_accepted_is_close",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("began_at", models.DateTimeField()),
                (
                    "until",
                    models.DateTimeField(
                        help_text="It ends by itself; null: by a person only.", null=True
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                (
                    "affiliate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_holds",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "began_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        help_text="The one payment that is held; none: all of the payee's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="payouts.item",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("affiliate", "item"),
                        name="payout_hold_one_live",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("until__gt", models.F("began_at")),
                            _connector="OR",
                        ),
                        name="payout_hold_ends_later",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ENDS_ONCE, NEVER_ENDS),
        *append_only("payouts_namecheckfile"),
    ]

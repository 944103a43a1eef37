from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("affiliates", "0022_erased_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="affiliateprofile",
            name="wished_name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A creator's new display name, until the team has looked at it.",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="affiliateprofile",
            name="name_wished_at",
            field=models.DateTimeField(
                editable=False,
                help_text="Since when the name waits for the team; empty once it was declined.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="affiliateprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name_wished_at__isnull", True),
                    models.Q(("wished_name", ""), _negated=True),
                    _connector="OR",
                ),
                name="profile_waiting_name_is_there",
            ),
        ),
    ]

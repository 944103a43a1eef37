import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who was awarded the bonus of a campaign."""

    dependencies = [
        ("influencers", "0005_looks_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="bonus_minor",
            field=models.PositiveBigIntegerField(default=0, help_text="As it was awarded."),
        ),
        migrations.AddField(
            model_name="participation",
            name="bonus_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="participation",
            name="bonus_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bonus_minor", 0),
                    models.Q(("bonus_at__isnull", False), ("bonus_by__isnull", False)),
                    _connector="OR",
                ),
                name="participation_bonus_by_somebody",
            ),
        ),
    ]

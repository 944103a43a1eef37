from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A creator's new text about themselves, until the team has looked at it."""

    dependencies = [("influencers", "0012_files_left")]

    operations = [
        migrations.AddField(
            model_name="influencer",
            name="wished_bio",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the creator wants to say, until the team has looked at it.",
                max_length=400,
            ),
        ),
        migrations.AddField(
            model_name="influencer",
            name="bio_wished_at",
            field=models.DateTimeField(
                editable=False,
                help_text="Since when that waits for the team; empty once it was declined.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="influencer",
            constraint=models.CheckConstraint(
                condition=Q(bio_wished_at__isnull=True) | ~Q(wished_bio=""),
                name="creator_waiting_bio_is_there",
            ),
        ),
    ]

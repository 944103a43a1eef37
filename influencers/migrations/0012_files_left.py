import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """The files of deleted pictures that are still to go."""

    dependencies = [("influencers", "0011_notes_emptied")]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="files_left",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=160),
                help_text="Files of a deleted picture that are still to go; none: they are gone.",
                null=True,
                size=None,
            ),
        ),
    ]

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto


class Migration(migrations.Migration):
    dependencies = [
        ("affiliates", "0020_incidents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AffiliateProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("description", models.TextField(blank=True)),
                ("contact_name", models.CharField(blank=True, max_length=80)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                ("contact_phone", core.crypto.EncryptedTextField(blank=True)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "audience_countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "picture",
                    models.BinaryField(help_text="A logo or photo, at most 2 MB.", null=True),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "affiliate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profile_told",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Resource",
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
                        choices=[
                            ("banner", "Banner"),
                            ("logo", "Logo or photo"),
                            ("text", "Text to use"),
                            ("rules", "Brand rules"),
                            ("document", "Document"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title_fr", models.CharField(max_length=120)),
                ("title_en", models.CharField(max_length=120)),
                ("text_fr", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True)),
                (
                    "category",
                    models.CharField(
                        blank=True, help_text="Of a campaign, for example.", max_length=60
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="None: of any kind.",
                        size=None,
                    ),
                ),
                ("expires_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "changed_at",
                    models.DateTimeField(help_text="When words or a file last changed."),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="affiliates.group",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ResourceDownload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "affiliate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="downloads",
                        to="affiliates.resource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ResourceFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("", "For both languages"), ("fr", "French"), ("en", "English")],
                        max_length=2,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("body", models.BinaryField(help_text="At most 2 MB.")),
                ("bytes", models.PositiveIntegerField()),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="affiliates.resource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ResourcesSeen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="resource",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=["-changed_at"],
                name="resource_offered",
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["banner", "logo", "text", "rules", "document"])),
                name="resource_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcedownload",
            constraint=models.UniqueConstraint(
                fields=("resource", "affiliate", "day"), name="resource_download_day_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcefile",
            constraint=models.UniqueConstraint(
                fields=("resource", "language", "version"), name="resource_file_version_once"
            ),
        ),
    ]

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_api_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="kind",
            field=models.CharField(blank=True, help_text="Of core.letter_kinds.", max_length=40),
        ),
        migrations.AddField(
            model_name="delivery",
            name="language",
            field=models.CharField(blank=True, help_text="That it is written in.", max_length=2),
        ),
        migrations.AddField(
            model_name="delivery",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="outboxmail",
            name="html",
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name="LetterChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                (
                    "mail",
                    models.CharField(
                        choices=[
                            ("at_once", "At once"),
                            ("daily", "In the daily mail"),
                            ("weekly", "In the weekly mail"),
                            ("off", "No e-mail"),
                        ],
                        max_length=7,
                    ),
                ),
                ("in_app", models.BooleanField(default=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letter_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind"), name="letter_choice_once"),
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["at_once", "daily", "weekly", "off"])),
                        name="letter_choice_mail_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quiet_from", models.TimeField(null=True)),
                ("quiet_until", models.TimeField(null=True)),
                ("digest_at", models.TimeField(default=datetime.time(8, 0))),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letter_hours",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "letter hours",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                            models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="letter_hours_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=140, unique=True)),
                ("kind", models.CharField(max_length=40)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("money", "Money"),
                            ("security", "Security"),
                            ("sales", "Sales"),
                            ("looks", "Looks and campaigns"),
                            ("programme", "The programme"),
                            ("digest", "Summaries"),
                        ],
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField()),
                (
                    "path",
                    models.CharField(
                        blank=True, help_text="Where it leads, below our own.", max_length=300
                    ),
                ),
                (
                    "is_shown",
                    models.BooleanField(
                        default=True, help_text="Not, if they want it by mail alone."
                    ),
                ),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("at_once", "At once"),
                            ("daily", "In the daily mail"),
                            ("weekly", "In the weekly mail"),
                            ("off", "No e-mail"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "digested_at",
                    models.DateTimeField(help_text="When it went out with others.", null=True),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "-at", "-id"], name="notification_of_person"),
                    models.Index(
                        condition=models.Q(("is_shown", True), ("read_at__isnull", True)),
                        fields=["person"],
                        name="notification_unread",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("digest", ""), _negated=True), ("digested_at__isnull", True)
                        ),
                        fields=["person"],
                        name="notification_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                ["money", "security", "sales", "looks", "programme", "digest"],
                            )
                        ),
                        name="notification_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__in", ["", "daily", "weekly"])),
                        name="notification_digest_known",
                    ),
                ],
            },
        ),
    ]

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.states


class Migration(migrations.Migration):
    dependencies = [
        ("affiliates", "0014_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title_fr", models.CharField(blank=True, max_length=120)),
                ("title_en", models.CharField(blank=True, max_length=120)),
                ("text_fr", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True)),
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
                (
                    "statuses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, help_text="None: whatever they read.", max_length=2
                    ),
                ),
                (
                    "activity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Everybody"),
                            ("active", "Signed in during the last 30 days"),
                            ("quiet", "Not signed in for 30 days"),
                        ],
                        max_length=6,
                    ),
                ),
                ("as_banner", models.BooleanField(default=True)),
                ("as_letter", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("sent", "Sent"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("status_changed_at", models.DateTimeField()),
                ("publish_at", models.DateTimeField(null=True)),
                (
                    "ends_at",
                    models.DateTimeField(help_text="When the banner disappears.", null=True),
                ),
                ("created_at", models.DateTimeField()),
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
            bases=(core.states.Moves, models.Model),
        ),
        migrations.CreateModel(
            name="AnnouncementReader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField(null=True)),
                ("dismissed_at", models.DateTimeField(null=True)),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readers",
                        to="affiliates.announcement",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnnouncementText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("title_fr", models.CharField(max_length=120)),
                ("title_en", models.CharField(max_length=120)),
                ("text_fr", models.TextField()),
                ("text_en", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CannedAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=80)),
                ("text_fr", models.TextField()),
                ("text_en", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Thread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("subject", models.CharField(max_length=120)),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("general", "Something else"),
                            ("sale", "A sale"),
                            ("payout", "A payout"),
                            ("claim", "A claim"),
                            ("look", "A look"),
                            ("application", "The application"),
                        ],
                        default="general",
                        max_length=11,
                    ),
                ),
                (
                    "about_ref",
                    models.CharField(
                        blank=True, help_text="Which one, as its address names it.", max_length=40
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for the team"),
                            ("waiting", "Waiting for the affiliate"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("status_changed_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "last_at",
                    models.DateTimeField(help_text="Of the last message that both sides read."),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        help_text="Since when the team owes an answer, if it does.", null=True
                    ),
                ),
                (
                    "affiliate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="threads",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            name="ThreadMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.UUIDField(help_text="Of the form that it was typed in.", unique=True),
                ),
                ("at", models.DateTimeField()),
                ("is_from_team", models.BooleanField()),
                (
                    "is_internal",
                    models.BooleanField(default=False, help_text="The affiliate never sees it."),
                ),
                ("text", models.TextField()),
                ("file_name", models.CharField(blank=True, max_length=120)),
                ("file", models.BinaryField(help_text="At most 2 MB.", null=True)),
                (
                    "answered_seconds",
                    models.PositiveBigIntegerField(
                        help_text="For how long the affiliate had waited for it.", null=True
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="affiliates.thread",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ThreadSeen",
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
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seen",
                        to="affiliates.thread",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["status", "publish_at"], name="announcement_due"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "scheduled", "sent", "ended"])),
                name="announcement_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"), ("publish_at__isnull", False), _connector="OR"
                ),
                name="announcement_scheduled_for_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("publish_at__isnull", True),
                    ("ends_at__gt", models.F("publish_at")),
                    _connector="OR",
                ),
                name="announcement_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("as_banner", True), ("as_letter", True), _connector="OR"),
                name="announcement_is_seen_somewhere",
            ),
        ),
        migrations.AddIndex(
            model_name="announcementreader",
            index=models.Index(
                condition=models.Q(("dismissed_at__isnull", True)),
                fields=["person"],
                name="announcement_not_dismissed",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementreader",
            constraint=models.UniqueConstraint(
                fields=("announcement", "person"), name="announcement_reader_once"
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["affiliate", "-last_at"], name="thread_of_affiliate"),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["status", "asked_at"], name="thread_by_status"),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "waiting", "closed"])),
                name="thread_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("about__in", ["general", "sale", "payout", "claim", "look", "application"])
                ),
                name="thread_about_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about", "general"), ("about_ref", "")),
                    models.Q(
                        models.Q(("about", "general"), _negated=True),
                        models.Q(("about_ref", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="thread_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_at__isnull", True), ("status", "open"), _connector="OR"),
                name="thread_asked_while_open",
            ),
        ),
        migrations.AddIndex(
            model_name="threadmessage",
            index=models.Index(fields=["thread", "at"], name="thread_message_of_thread"),
        ),
        migrations.AddIndex(
            model_name="threadmessage",
            index=models.Index(
                condition=models.Q(("answered_seconds__isnull", False)),
                fields=["at"],
                name="thread_message_answers",
            ),
        ),
        migrations.AddConstraint(
            model_name="threadmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_internal", False), ("is_from_team", True), _connector="OR"),
                name="thread_message_internal_of_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="threadseen",
            constraint=models.UniqueConstraint(
                fields=("thread", "person"), name="thread_seen_once"
            ),
        ),
    ]

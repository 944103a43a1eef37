import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    """What a page shows first; weights of the ranking, never edited; what creators contest."""

    dependencies = [
        ("affiliates", "0012_sites_taken_back"),
        ("core", "0002_database"),
        ("influencers", "0009_campaign_bonus"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="influencer",
            name="first_looks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveBigIntegerField(),
                blank=True,
                default=list,
                help_text="Looks that the page shows before all others, in this order.",
                size=None,
            ),
        ),
        migrations.CreateModel(
            name="StandingContest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=1000)),
                ("asked_at", models.DateTimeField()),
                (
                    "answer",
                    models.TextField(
                        blank=True, help_text="Shown to the creator.", max_length=1000
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "affiliate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_contests",
                        to="affiliates.affiliate",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mark",
                    models.ForeignKey(
                        help_text="None: the figures.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contests",
                        to="influencers.standingmark",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("affiliate", "mark"),
                        name="standing_contest_one_open",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("answered_at__isnull", True),
                                ("answered_by__isnull", True),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="standing_contest_answer_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingWeights",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("margin", models.PositiveSmallIntegerField(default=35)),
                ("incremental", models.PositiveSmallIntegerField(default=20)),
                ("answered", models.PositiveSmallIntegerField(default=15)),
                ("engagement", models.PositiveSmallIntegerField(default=15)),
                ("reliability", models.PositiveSmallIntegerField(default=10)),
                ("audience", models.PositiveSmallIntegerField(default=5)),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "margin",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.Value(100), "-", models.F("incremental")
                                                ),
                                                "-",
                                                models.F("answered"),
                                            ),
                                            "-",
                                            models.F("engagement"),
                                        ),
                                        "-",
                                        models.F("reliability"),
                                    ),
                                    "-",
                                    models.F("audience"),
                                ),
                            )
                        ),
                        name="standing_weights_are_whole",
                    )
                ],
            },
        ),
        *append_only("influencers_standingweights"),
    ]

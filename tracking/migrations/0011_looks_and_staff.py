import django.db.models.deletion
from django.db import migrations, models

# What an order asks of visitors. Where a month has no statistics yet, the planner reads all of it,
# or combines the visitors' index with the BRIN of the time. The settings and OFFSET 0, which keeps
# the inner query as it is, leave one way: visitor by visitor by the index, in the months that the
# bounds leave, by a plan that is made once.
SETTINGS = """
  SET enable_bitmapscan = off SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
"""
CLICKS = f"""
CREATE FUNCTION tracking_clicks_of(visitors uuid[], since timestamptz, until timestamptz)
RETURNS TABLE (pk bigint, visitor uuid, clicked_at timestamptz, link_id integer,
  affiliate_id integer, navigation varchar, facts integer, referrer_host varchar,
  sub_id varchar, surface varchar)
LANGUAGE plpgsql STABLE {SETTINGS} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT found.* FROM unnest(visitors) AS asked(visitor) CROSS JOIN LATERAL (
    SELECT c.id, c.visitor, c.clicked_at, c.link_id, c.affiliate_id, c.navigation, c.facts,
      c.referrer_host, c.sub_id, c.surface
    FROM tracking_click c
    WHERE c.visitor = asked.visitor AND c.clicked_at >= since AND c.clicked_at <= until
    OFFSET 0) AS found
  ORDER BY found.clicked_at, found.id;
END $$;
"""  # noqa: S608
STEPS = f"""
CREATE FUNCTION tracking_steps_of(
  visitors uuid[], since timestamptz, until timestamptz, only_kind text)
RETURNS TABLE (visitor uuid, at timestamptz, kind varchar, data text)
LANGUAGE plpgsql STABLE {SETTINGS} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT found.* FROM unnest(visitors) AS asked(visitor) CROSS JOIN LATERAL (
    SELECT e.visitor, e.at, e.kind, e.data::text FROM tracking_journeyevent e
    WHERE e.visitor = asked.visitor AND e.at >= since AND e.at <= until
      AND (only_kind = '' OR e.kind = only_kind)
    OFFSET 0) AS found;
END $$;
"""  # noqa: S608


class Migration(migrations.Migration):
    """Links of looks, codes of the staff's discount, and two look-ups that keep their plan."""

    dependencies = [
        ("shop", "0006_periods_by_product"),
        ("tracking", "0010_destinations"),
    ]

    operations = [
        migrations.AddField(
            model_name="link",
            name="surface",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of the look whose link it is (look:12),"
                " set by whoever makes it for the look.",
                max_length=40,
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="StaffCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=64)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="shop.shop",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("shop", "code"),
                        name="staff_code_once_in_use",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="staff_code_period_in_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            CLICKS, "DROP FUNCTION tracking_clicks_of(uuid[], timestamptz, timestamptz);"
        ),
        migrations.RunSQL(
            STEPS, "DROP FUNCTION tracking_steps_of(uuid[], timestamptz, timestamptz, text);"
        ),
    ]

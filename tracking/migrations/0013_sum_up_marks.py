from django.db import migrations

#: Of what is stored already; tasks sum up the days to come, and the last three again.
SUM_UP = """
  INSERT INTO tracking_clickmark (day, affiliate_id, link_id, sub_id, surface, visits)
  SELECT (clicked_at AT TIME ZONE 'Europe/Paris')::date, affiliate_id, link_id, sub_id, surface,
    count(*)
  FROM tracking_click
  WHERE navigation NOT IN ('prefetch', 'embedded', 'probe', 'bot') AND facts & 65536 = 0
  GROUP BY 1, 2, 3, 4, 5
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0012_click_marks"),
    ]

    operations = [migrations.RunSQL(SUM_UP, "DELETE FROM tracking_clickmark")]

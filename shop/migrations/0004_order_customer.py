from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_cost_correction_date")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("customer_ref", ""), _negated=True),
                fields=["shop", "customer_ref", "placed_at"],
                name="order_customer",
            ),
        ),
    ]

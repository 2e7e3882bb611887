import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("predictor", "0002_apitoken_limits_and_rotation"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCounter",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("used", models.PositiveBigIntegerField()),
                ("ends_at_ms", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="TokenUsage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("outcome", models.CharField(max_length=40)),
                ("count", models.PositiveBigIntegerField()),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage",
                        to="predictor.apitoken",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of an API token",
                "verbose_name_plural": "use of API tokens",
                "ordering": ("-day", "token", "outcome"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("token", "day", "outcome"), name="one_count_for_token_day_outcome"
                    )
                ],
            },
        ),
    ]

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("predictor", "0001_apitoken"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="first_id",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="model_names",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                help_text="The models that it may ask; none ticked: all of them.",
                verbose_name="models",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="rate_limit",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="A picture counts as one. Empty: the site's limit for every token.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1000000),
                ],
                verbose_name="requests a minute",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="successor",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="predecessor",
                to="predictor.apitoken",
            ),
        ),
    ]

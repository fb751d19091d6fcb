from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_priority"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["opened_on"], name="case_by_opening"),
        ),
        migrations.AddIndex(
            model_name="outcomecheck",
            index=models.Index(fields=["horizon", "due_on"], name="check_by_horizon"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["kind", "due_on"], name="task_by_kind"),
        ),
    ]

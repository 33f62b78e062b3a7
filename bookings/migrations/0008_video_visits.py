from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0007_call_codes'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='is_video',
            field=models.BooleanField(default=False, verbose_name='video visit'),
        ),
    ]

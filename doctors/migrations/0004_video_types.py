from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('doctors', '0003_photos'),
    ]

    operations = [
        migrations.AddField(
            model_name='consultationtype',
            name='is_video',
            field=models.BooleanField(default=False, help_text='Nobody comes: the practice sends the link.', verbose_name='video visit'),
        ),
    ]

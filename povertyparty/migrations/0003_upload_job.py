import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('povertyparty', '0002_user_preferences'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='povertyparty.job', verbose_name='正在进行的任务'),
        ),
        migrations.AddField(
            model_name='upload',
            name='name',
            field=models.CharField(default='', max_length=255, verbose_name='文件名'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='upload',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='povertyparty.storedfile', verbose_name='文件'),
        ),
        migrations.AlterField(
            model_name='upload',
            name='state',
            field=models.CharField(choices=[('waiting', '待读取'), ('ready', '待提交'), ('faulty', '有误'), ('unreadable', '不能识别'), ('committed', '已提交'), ('undone', '已撤销'), ('discarded', '已放弃')], default='waiting', max_length=12, verbose_name='状态'),
        ),
    ]


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('organization', '0006_withdrawn_grants'),
    ]

    operations = [
        migrations.AlterField(
            model_name='grant',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='auth.group', verbose_name='grup'),
        ),
        migrations.AlterField(
            model_name='grant',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='organization.person', verbose_name='kişi'),
        ),
        migrations.AlterField(
            model_name='grant',
            name='unit',
            field=models.ForeignKey(blank=True, help_text='Altındaki birimlerle birlikte. Boş bırakılırsa her yerde geçerlidir. Bütün belediyenin olan listelerde (ilçe, mahalle, yer, tür, taşınır kodu) boş bırakılır.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='organization.unit', verbose_name='birim'),
        ),
        migrations.AlterField(
            model_name='historicalgrant',
            name='unit',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Altındaki birimlerle birlikte. Boş bırakılırsa her yerde geçerlidir. Bütün belediyenin olan listelerde (ilçe, mahalle, yer, tür, taşınır kodu) boş bırakılır.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.unit', verbose_name='birim'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('unit__isnull', True), models.Q(('register__in', ('districts', 'kinds', 'locations', 'movable-codes', 'neighbourhoods')), _negated=True), _connector='OR'), name='grant_without_unit', violation_error_message='Bu liste bütün belediyenindir, birime göre ayrılmaz: birimi boş bırakınız. Böyle bir yetkiyi, listeyi her yerde yöneten biri verebilir.'),
        ),
    ]

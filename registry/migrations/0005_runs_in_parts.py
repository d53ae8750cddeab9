import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0004_awaiting'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name='Awaiting'),
        migrations.CreateModel(
            name='Awaiting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='awaiting', to='registry.person')),
            ],
            options={
                'verbose_name': 'person who awaits a verdict',
                'verbose_name_plural': 'persons who await a verdict',
            },
        ),
        migrations.CreateModel(
            name='CategoryShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_status', models.CharField(blank=True, choices=[('insured', 'insured'), ('grace', 'conditionally insured'), ('not_insured', 'not insured'), ('not_in_force', 'not in force')], max_length=12)),
                ('old_reason', models.CharField(blank=True, choices=[('deceased', 'deceased'), ('no_right', 'no right: temporary stay'), ('not_in_force', 'before the insurance came into force'), ('transition_open', 'care open to everybody'), ('exempt', 'exempt from payment'), ('state_paid', 'paid by the state'), ('local_paid', 'paid by the local budget'), ('twelve_months', 'the months before are covered'), ('prepaid', 'months paid ahead'), ('grace', 'stopped paying recently'), ('never_paid', 'no month was ever covered'), ('gap', 'months are missing')], max_length=15)),
                ('status', models.CharField(blank=True, choices=[('insured', 'insured'), ('grace', 'conditionally insured'), ('not_insured', 'not insured'), ('not_in_force', 'not in force')], max_length=12)),
                ('reason', models.CharField(blank=True, choices=[('deceased', 'deceased'), ('no_right', 'no right: temporary stay'), ('not_in_force', 'before the insurance came into force'), ('transition_open', 'care open to everybody'), ('exempt', 'exempt from payment'), ('state_paid', 'paid by the state'), ('local_paid', 'paid by the local budget'), ('twelve_months', 'the months before are covered'), ('prepaid', 'months paid ahead'), ('grace', 'stopped paying recently'), ('never_paid', 'no month was ever covered'), ('gap', 'months are missing')], max_length=15)),
                ('persons', models.BigIntegerField(default=0)),
                ('category', models.CharField(blank=True, max_length=30, verbose_name='category')),
                ('foreseen', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'shift of a category',
                'verbose_name_plural': 'shifts of categories',
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.IntegerField()),
                ('persons', models.BinaryField(null=True)),
                ('state', models.CharField(choices=[('open', 'open'), ('counted', 'counted'), ('done', 'done')], default='open', max_length=10)),
                ('judged', models.IntegerField(default=0)),
                ('changed', models.IntegerField(default=0)),
                ('moved', models.IntegerField(default=0)),
                ('faults', models.IntegerField(default=0)),
            ],
            options={
                'verbose_name': 'part of a run',
                'verbose_name_plural': 'parts of runs',
            },
        ),
        migrations.AlterModelOptions(
            name='verdict',
            options={'permissions': (('view_reports', 'Can take reports'),), 'verbose_name': 'verdict', 'verbose_name_plural': 'verdicts'},
        ),
        migrations.AlterModelOptions(
            name='run',
            options={'ordering': ('-id',), 'permissions': (('answer_run', 'Can let a held run write, or drop it'),), 'verbose_name': 'run', 'verbose_name_plural': 'runs'},
        ),
        migrations.RemoveConstraint(
            model_name='run',
            name='run_once_at_a_time',
        ),
        migrations.RemoveIndex(
            model_name='verdict',
            name='verdict_changes',
        ),
        migrations.RemoveField(
            model_name='run',
            name='position',
        ),
        migrations.AddField(
            model_name='run',
            name='answered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='answered at'),
        ),
        migrations.AddField(
            model_name='run',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='run',
            name='answered_role',
            field=models.CharField(blank=True, max_length=150, verbose_name='role'),
        ),
        migrations.AddField(
            model_name='run',
            name='by_role',
            field=models.CharField(blank=True, max_length=150, verbose_name='role'),
        ),
        migrations.AddField(
            model_name='run',
            name='faults',
            field=models.BigIntegerField(default=0, verbose_name='faults'),
        ),
        migrations.AddField(
            model_name='run',
            name='limit',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='brake'),
        ),
        migrations.AddField(
            model_name='run',
            name='moved',
            field=models.BigIntegerField(default=0, verbose_name='changed status'),
        ),
        migrations.AddField(
            model_name='run',
            name='note',
            field=models.TextField(blank=True, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='run',
            name='scope',
            field=models.CharField(choices=[('night', 'the night'), ('full', 'everybody'), ('news', 'news of many persons'), ('day', 'one by one')], max_length=5, default='night', verbose_name='scope'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='shift',
            name='foreseen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='shift',
            name='tallied',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='verdict',
            name='judged_on',
            field=models.DateField(default='2020-01-01', verbose_name='last judged for'),
            preserve_default=False,
        ),
        migrations.RunSQL(
            [
                'UPDATE registry_verdict SET judged_on = "on"',
                'UPDATE registry_shift SET tallied = persons',
                "UPDATE registry_run SET state = 'dropped' WHERE state = 'running'",
                'INSERT INTO registry_awaiting (person_id) SELECT id FROM registry_person'
                ' WHERE id NOT IN (SELECT person_id FROM registry_verdict)',
                'SET CONSTRAINTS ALL IMMEDIATE',
                # nearly every row changes each month: with room on its page no index has to follow
                'ALTER TABLE registry_verdict SET (fillfactor = 45)',
            ],
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='run',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='run',
            name='state',
            field=models.CharField(choices=[('counting', 'counting'), ('held', 'held by the brake'), ('writing', 'writing'), ('done', 'done'), ('dropped', 'dropped')], max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='shift',
            name='persons',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='shift',
            name='reason',
            field=models.CharField(blank=True, choices=[('deceased', 'deceased'), ('no_right', 'no right: temporary stay'), ('not_in_force', 'before the insurance came into force'), ('transition_open', 'care open to everybody'), ('exempt', 'exempt from payment'), ('state_paid', 'paid by the state'), ('local_paid', 'paid by the local budget'), ('twelve_months', 'the months before are covered'), ('prepaid', 'months paid ahead'), ('grace', 'stopped paying recently'), ('never_paid', 'no month was ever covered'), ('gap', 'months are missing')], max_length=15),
        ),
        migrations.AlterField(
            model_name='shift',
            name='status',
            field=models.CharField(blank=True, choices=[('insured', 'insured'), ('grace', 'conditionally insured'), ('not_insured', 'not insured'), ('not_in_force', 'not in force')], max_length=12),
        ),
        migrations.AlterField(
            model_name='verdict',
            name='person',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='verdict', serialize=False, to='registry.person'),
        ),
        migrations.AlterField(
            model_name='verdict',
            name='run',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='registry.run'),
        ),
        migrations.AlterField(
            model_name='verdictchange',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='registry.person'),
        ),
        migrations.AlterField(
            model_name='verdictchange',
            name='run',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='registry.run'),
        ),
        migrations.AddIndex(
            model_name='shift',
            index=models.Index(condition=models.Q(('persons', models.F('tallied')), _negated=True), fields=['run'], name='shift_not_tallied'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='run',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='59f36495db754c8bacf20e31523ba18835408b7e', operation='DELETE', pgid='pgtrigger_no_delete_40a53', table='registry_run', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('counting', 'held', 'writing')), ('scope', 'day'), _connector='OR'), fields=('on', 'scope'), name='run_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by', None), models.Q(models.Q(('answered_role', ''), _negated=True), models.Q(('by', None), models.Q(('by', models.F('answered_by')), _negated=True), _connector='OR'), models.Q(('by_role', models.F('answered_role')), _negated=True)), _connector='OR'), name='run_answered_by_another', violation_error_message='Who caused a run does not answer for it.'),
        ),
        migrations.AddField(
            model_name='categoryshift',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='category_shifts', to='registry.run'),
        ),
        migrations.AddField(
            model_name='part',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='registry.run'),
        ),
        migrations.AddConstraint(
            model_name='categoryshift',
            constraint=models.UniqueConstraint(fields=('run', 'category', 'old_status', 'old_reason', 'status', 'reason'), name='category_shift_once'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('run', 'bucket'), name='part_once'),
        ),
    ]

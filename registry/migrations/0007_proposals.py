import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0006_warnings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('parameter', 'parameter'), ('category', 'category')], max_length=10, verbose_name='subject')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('since', models.DateField(verbose_name='since')),
                ('value', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name='value')),
                ('text', models.CharField(blank=True, max_length=200, verbose_name='text')),
                ('unit', models.CharField(blank=True, max_length=80, verbose_name='unit')),
                ('group', models.CharField(blank=True, choices=[('state_paid', 'paid by the state'), ('local_paid', 'paid by the local budget'), ('exempt', 'exempt from payment'), ('payer', 'payer')], max_length=12, verbose_name='group')),
                ('act', models.CharField(max_length=200, verbose_name='act')),
                ('article', models.CharField(blank=True, max_length=80, verbose_name='article')),
                ('source', models.TextField(verbose_name='source')),
                ('confidence', models.CharField(choices=[('high', 'high'), ('medium', 'medium'), ('low', 'low'), ('none', 'none')], max_length=10, verbose_name='confidence')),
                ('state', models.CharField(choices=[('proposed', 'proposed'), ('confirmed', 'confirmed'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn')], default='proposed', max_length=10, verbose_name='state')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('note', models.TextField(blank=True, verbose_name='note')),
            ],
            options={
                'verbose_name': 'proposal',
                'verbose_name_plural': 'proposals',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Sweep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('trial', 'trial'), ('settlement', 'settlement')], max_length=10, verbose_name='kind')),
                ('on', models.DateField(verbose_name='on the day')),
                ('position', models.BigIntegerField(default=0)),
                ('last', models.BigIntegerField(default=0)),
                ('persons', models.BigIntegerField(default=0, verbose_name='persons')),
                ('changed', models.BigIntegerField(default=0, verbose_name='changed')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
            ],
            options={
                'verbose_name': 'sweep',
                'verbose_name_plural': 'sweeps',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='TrialShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_status', models.CharField(blank=True, choices=[('insured', 'insured'), ('grace', 'conditionally insured'), ('not_insured', 'not insured'), ('not_in_force', 'not in force')], max_length=12)),
                ('old_reason', models.CharField(blank=True, choices=[('deceased', 'deceased'), ('no_right', 'no right: temporary stay'), ('not_in_force', 'before the insurance came into force'), ('transition_open', 'care open to everybody'), ('exempt', 'exempt from payment'), ('state_paid', 'paid by the state'), ('local_paid', 'paid by the local budget'), ('twelve_months', 'the months before are covered'), ('prepaid', 'months paid ahead'), ('grace', 'stopped paying recently'), ('never_paid', 'no month was ever covered'), ('gap', 'months are missing')], max_length=15)),
                ('status', models.CharField(blank=True, choices=[('insured', 'insured'), ('grace', 'conditionally insured'), ('not_insured', 'not insured'), ('not_in_force', 'not in force')], max_length=12)),
                ('reason', models.CharField(blank=True, choices=[('deceased', 'deceased'), ('no_right', 'no right: temporary stay'), ('not_in_force', 'before the insurance came into force'), ('transition_open', 'care open to everybody'), ('exempt', 'exempt from payment'), ('state_paid', 'paid by the state'), ('local_paid', 'paid by the local budget'), ('twelve_months', 'the months before are covered'), ('prepaid', 'months paid ahead'), ('grace', 'stopped paying recently'), ('never_paid', 'no month was ever covered'), ('gap', 'months are missing')], max_length=15)),
                ('persons', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'shift of a trial',
                'verbose_name_plural': 'shifts of trials',
            },
        ),
        migrations.RemoveConstraint(
            model_name='categorygroup',
            name='group_once_a_day',
        ),
        migrations.RemoveConstraint(
            model_name='parameter',
            name='parameter_once_a_day',
        ),
        migrations.AddField(
            model_name='categorygroup',
            name='superseded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='superseded at'),
        ),
        migrations.AddField(
            model_name='parameter',
            name='superseded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='superseded at'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by'),
        ),
        migrations.AddField(
            model_name='categorygroup',
            name='proposal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='registry.proposal', verbose_name='proposal'),
        ),
        migrations.AddField(
            model_name='parameter',
            name='proposal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='registry.proposal', verbose_name='proposal'),
        ),
        migrations.AddConstraint(
            model_name='categorygroup',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('category', 'since'), name='group_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='parameter',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('code', 'since'), name='parameter_once_a_day'),
        ),
        migrations.AddField(
            model_name='sweep',
            name='proposal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sweeps', to='registry.proposal'),
        ),
        migrations.AddField(
            model_name='trialshift',
            name='region',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='registry.region'),
        ),
        migrations.AddField(
            model_name='trialshift',
            name='sweep',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='registry.sweep'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='proposal_has_a_legal_basis'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('state', 'proposed')), models.Q(('decided_by', models.F('proposed_by')), ('state', 'withdrawn')), models.Q(('decided_by__isnull', False), ('state__in', ('confirmed', 'rejected')), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='proposal_decided_by_another', violation_error_message='Who proposed a change does not decide it.'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('subject', 'code', 'since'), name='proposal_open_once', violation_error_message='A change of this value from this day is open already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proposal',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='35654515396f4a092f279894089292dcee5d4766', operation='DELETE', pgid='pgtrigger_no_delete_44dd7', table='registry_proposal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proposal',
            trigger=pgtrigger.compiler.Trigger(name='facts_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."since" IS DISTINCT FROM (NEW."since") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."group" IS DISTINCT FROM (NEW."group") OR OLD."act" IS DISTINCT FROM (NEW."act") OR OLD."article" IS DISTINCT FROM (NEW."article") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."confidence" IS DISTINCT FROM (NEW."confidence") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='70499e921e6807d5e7f055e57bdf6d921863be50', operation='UPDATE', pgid='pgtrigger_facts_stay_dc4ff', table='registry_proposal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proposal',
            trigger=pgtrigger.compiler.Trigger(name='decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" = \'proposed\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8b963b07f2c278ec8e323924b392cf2e1ea5a8ca', operation='UPDATE', pgid='pgtrigger_decided_once_6e09f', table='registry_proposal', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='trialshift',
            constraint=models.UniqueConstraint(fields=('sweep', 'region', 'old_status', 'old_reason', 'status', 'reason'), name='trial_shift_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categorygroup',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='34c628417dc9a024f81f5a39c68b7041f4dd5313', operation='DELETE', pgid='pgtrigger_no_delete_91526', table='registry_categorygroup', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categorygroup',
            trigger=pgtrigger.compiler.Trigger(name='facts_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."since" IS DISTINCT FROM (NEW."since") OR OLD."group" IS DISTINCT FROM (NEW."group") OR OLD."proposal_id" IS DISTINCT FROM (NEW."proposal_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='438d5ca22e4b42e588aa94daf12692245d8c8824', operation='UPDATE', pgid='pgtrigger_facts_stay_83849', table='registry_categorygroup', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categorygroup',
            trigger=pgtrigger.compiler.Trigger(name='four_eyes', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                IF TG_OP = \'INSERT\' AND NEW.proposal_id IS NULL\n                    AND current_setting(\'mhifund.law\', true) = \'shipped\' THEN\n                    RETURN NEW;\n                END IF;\n                IF NOT EXISTS (\n                    SELECT FROM registry_proposal p WHERE p.state = \'confirmed\'\n                    AND p.since = NEW.since AND p.subject = \'category\' AND p.code = NEW.category_id AND (TG_OP = \'UPDATE\' OR p."group" = NEW."group")\n                    AND (TG_OP = \'UPDATE\' OR p.id = NEW.proposal_id)\n                ) THEN\n                    RAISE EXCEPTION \'category group: only a confirmed proposal changes the law\';\n                END IF;\n                RETURN NEW;\n            ', hash='476ffe6623c018c6f175b2d0ddd408f8e7731f21', operation='INSERT OR UPDATE OF "superseded_at"', pgid='pgtrigger_four_eyes_18ec8', table='registry_categorygroup', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='parameter',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='09209c87c94f138ef51167d05db8e924d9c736c8', operation='DELETE', pgid='pgtrigger_no_delete_05394', table='registry_parameter', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='parameter',
            trigger=pgtrigger.compiler.Trigger(name='facts_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."since" IS DISTINCT FROM (NEW."since") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."act" IS DISTINCT FROM (NEW."act") OR OLD."article" IS DISTINCT FROM (NEW."article") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."confidence" IS DISTINCT FROM (NEW."confidence") OR OLD."entered_at" IS DISTINCT FROM (NEW."entered_at") OR OLD."proposal_id" IS DISTINCT FROM (NEW."proposal_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c4bb7de6d67cb8a15e2539c465981473a5736af5', operation='UPDATE', pgid='pgtrigger_facts_stay_628b3', table='registry_parameter', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='parameter',
            trigger=pgtrigger.compiler.Trigger(name='four_eyes', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'INSERT' AND NEW.proposal_id IS NULL\n                    AND current_setting('mhifund.law', true) = 'shipped' THEN\n                    RETURN NEW;\n                END IF;\n                IF NOT EXISTS (\n                    SELECT FROM registry_proposal p WHERE p.state = 'confirmed'\n                    AND p.since = NEW.since AND p.subject = 'parameter' AND p.code = NEW.code AND (TG_OP = 'UPDATE' OR (p.value IS NOT DISTINCT FROM NEW.value AND p.text = NEW.text))\n                    AND (TG_OP = 'UPDATE' OR p.id = NEW.proposal_id)\n                ) THEN\n                    RAISE EXCEPTION 'parameter: only a confirmed proposal changes the law';\n                END IF;\n                RETURN NEW;\n            ", hash='f1d778caf7013c91e7248dcefacdbaa19deef73d', operation='INSERT OR UPDATE OF "superseded_at"', pgid='pgtrigger_four_eyes_3eaa8', table='registry_parameter', when='BEFORE')),
        ),
    ]

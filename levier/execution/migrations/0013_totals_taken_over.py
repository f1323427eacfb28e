from django.db import migrations, models

# Hours done may have the contract as their other leg: the total that a taking over brings, of which nobody knows the people.
LEVELS = ("declared", "documented", "confirmed_third_party", "confirmed_person")
FUNCTION = """
CREATE OR REPLACE FUNCTION execution_chain_posting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    head execution_ledgerhead%ROWTYPE;
    original execution_ledgerposting%ROWTYPE;
    own_contract bigint;
    leg_contract bigint;
    leg text;
BEGIN
    -- The lock of the chain: one posting at a time, until the end of the transaction.
    SELECT * INTO head FROM execution_ledgerhead WHERE commitment_id = NEW.commitment_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Engagement inconnu : %', NEW.commitment_id USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT contract_id INTO own_contract FROM execution_commitment WHERE id = NEW.commitment_id;
    IF NEW.kind = 'reversal' THEN
        SELECT * INTO original FROM execution_ledgerposting WHERE id = NEW.reverses_id;
        IF original.kind IS NULL OR original.kind = 'reversal'
            OR (original.commitment_id, original.account, original.evidence, original.hours) IS DISTINCT FROM
               (NEW.commitment_id, NEW.account, NEW.evidence, -NEW.hours)
            OR (original.contract_id, original.purchase_order_id, original.amendment_id, original.person_month_id)
               IS DISTINCT FROM
               (NEW.contract_id, NEW.purchase_order_id, NEW.amendment_id, NEW.person_month_id) THEN
            RAISE EXCEPTION 'Une annulation est l''inverse exact de l''écriture qu''elle annule.'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.person_month_id IS NOT NULL THEN
        UPDATE execution_personmonth SET allocated = allocated + NEW.hours WHERE id = NEW.person_month_id
        RETURNING 'person_month:' || participant_id || '/' || to_char(month, 'YYYY-MM') || '/' || employer_id INTO leg;
    -- What the contract makes due; or the total done before it was followed here.
    ELSIF NEW.contract_id IS NOT NULL THEN
        leg := 'contract:' || NEW.contract_id;
        leg_contract := NEW.contract_id;
    ELSIF NEW.purchase_order_id IS NOT NULL THEN
        SELECT 'order:' || id, contract_id INTO leg, leg_contract
        FROM execution_purchaseorder WHERE id = NEW.purchase_order_id;
    ELSE
        SELECT 'amendment:' || id, contract_id INTO leg, leg_contract
        FROM execution_amendment WHERE id = NEW.amendment_id AND commitment_id = NEW.commitment_id;
    END IF;
    IF leg IS NULL OR (NEW.person_month_id IS NULL AND leg_contract IS DISTINCT FROM own_contract) THEN
        RAISE EXCEPTION 'Les deux comptes d''une écriture sont ceux d''un même contrat.'
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.number := head.count + 1;
    -- Never before the line above it, even when the clock of the server is set back.
    NEW.written_at := greatest(clock_timestamp(), head.written_at);
    NEW.hash := encode(sha256(convert_to(concat_ws('|',
        'levier-ledger/1', NEW.commitment_id, NEW.number, NEW.kind, NEW.account, leg, NEW.hours,
        to_char(NEW.effective_on, 'YYYY-MM-DD'),
        to_char(NEW.written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        NEW.evidence, NEW.reason, coalesce(original.number::text, ''), head.hash), 'UTF8')), 'hex');
    UPDATE execution_ledgerhead SET count = NEW.number, hash = NEW.hash, written_at = NEW.written_at,
        due = due + CASE NEW.account WHEN 'due' THEN NEW.hours ELSE 0 END,
        done = done + CASE NEW.account WHEN 'done' THEN NEW.hours ELSE 0 END/* by proof */
    WHERE commitment_id = NEW.commitment_id;
    RETURN NEW;
END $$;
"""
BY_PROOF = "".join(
    f",\n        {level} = {level} + CASE NEW.evidence WHEN '{level}' THEN NEW.hours ELSE 0 END" for level in LEVELS
)
FORWARD = FUNCTION.replace("/* by proof */", BY_PROOF)
BACKWARD = (
    FORWARD.replace("IF NEW.person_month_id IS NOT NULL THEN", "IF NEW.account = 'done' THEN")
    .replace("(NEW.person_month_id IS NULL AND leg_contract", "(NEW.account = 'due' AND leg_contract")
)


class Migration(migrations.Migration):

    dependencies = [
        ('execution', '0012_transfers_digest'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='ledgerposting',
            name='execution_posting_two_legs',
        ),
        migrations.AddIndex(
            model_name='ledgerposting',
            index=models.Index(condition=models.Q(('account', 'done'), ('person_month', None)), fields=['contract'], name='execution_posting_opening'),
        ),
        migrations.AddConstraint(
            model_name='ledgerposting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account', 'done'), ('amendment', None), ('contract', None), ('evidence__in', ['declared', 'documented', 'confirmed_third_party', 'confirmed_person']), ('person_month__isnull', False), ('purchase_order', None)), models.Q(('account', 'done'), ('amendment', None), ('contract__isnull', False), ('evidence', 'declared'), ('person_month', None), ('purchase_order', None)), models.Q(('account', 'due'), ('evidence', ''), ('person_month', None), models.Q(models.Q(('amendment', None), ('contract__isnull', False), ('purchase_order', None)), models.Q(('amendment', None), ('contract', None), ('purchase_order__isnull', False)), models.Q(('amendment__isnull', False), ('contract', None), ('purchase_order', None)), _connector='OR')), _connector='OR'), name='execution_posting_two_legs'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

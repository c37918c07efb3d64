-- The last change of every partner, deal and contact, by the number of its event: what lists asked with `changed_after`
-- walk. A table of its own, because the number is only known when the event is written, and a second update of a partner's
-- row would cost more than all of this.

SET LOCAL lock_timeout = '4s';

CREATE TABLE last_changes (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    -- The row itself is gone for good. Such an entry stays for ever, so that also a reader who was away for years is
    -- told; it holds nothing but the id.
    erased boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organization_id, subject_type, subject_id),
    CONSTRAINT last_changes_subject_type_check CHECK (subject_type IN ('partner', 'deal', 'contact'))
);
CALL wall_off('last_changes');
CREATE INDEX last_changes_sequence ON last_changes (organization_id, subject_type, sequence, subject_id);

-- The UUID inside of `subject_id`, which would cost more to decode here than all the rest.
ALTER TABLE events ADD COLUMN subject_uuid uuid;

-- The same of what older servers write: the UUID of an id such as `deal_01kb1q3x5se7wtc2gnh2avw0fd`, whose 26 digits of
-- base 32 are two bits more than 128. In PL/pgSQL, so that it is not planned into statements that do not call it.
CREATE FUNCTION uuid_of_id(id text) RETURNS uuid LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    bits text := '';
BEGIN
    FOR place IN length(id) - 25 .. length(id) LOOP
        bits := bits || (strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(id, place, 1)) - 1)::bit(5)::text;
    END LOOP;
    RETURN (lpad(to_hex(substr(bits, 3, 64)::bit(64)::bigint), 16, '0')
            || lpad(to_hex(substr(bits, 67, 64)::bit(64)::bigint), 16, '0'))::uuid;
END $$;

-- Follows the log, whoever writes it: old and new servers side by side, and any later way of numbering events. Writers
-- of one organization take their numbers one after the other, so no two of them meet here.
CREATE FUNCTION note_last_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO last_changes AS l (organization_id, subject_type, subject_id, sequence, erased)
    SELECT w.organization_id, w.subject_type, w.uuid, max(w.sequence), bool_or(w.erases)
    FROM (SELECT organization_id, subject_type, sequence, type IN ('partner.erased', 'deal.erased', 'contact.deleted') AS erases,
                 coalesce(subject_uuid, uuid_of_id(subject_id)) AS uuid
          FROM written WHERE subject_type IN ('partner', 'deal', 'contact')) AS w
    GROUP BY w.organization_id, w.subject_type, w.uuid
    ON CONFLICT (organization_id, subject_type, subject_id) DO UPDATE
    SET sequence = greatest(l.sequence, excluded.sequence), erased = l.erased OR excluded.erased;

    -- What rows show of another one: deals and contacts leave the lists and come back with their partner, one of its contacts
    -- is the primary one, and amounts are in the organization's currency. Rare, so nothing of it is planned into the statement
    -- above.
    IF EXISTS (SELECT FROM written
               WHERE type IN ('partner.deleted', 'partner.restored')
                  OR type = 'partner.updated' AND data -> 'changes' ? 'primary_contact_id'
                  OR type = 'organization.updated' AND data -> 'changes' ? 'currency') THEN
        INSERT INTO last_changes AS l (organization_id, subject_type, subject_id, sequence)
        SELECT r.organization_id, r.subject_type, r.id, max(r.sequence)
        FROM (SELECT w.organization_id, 'deal' AS subject_type, d.id, w.sequence
              FROM written w JOIN deals d ON d.organization_id = w.organization_id AND d.partner_id = w.partner_id
              WHERE w.type IN ('partner.deleted', 'partner.restored')
              UNION ALL
              SELECT w.organization_id, 'contact', c.id, w.sequence
              FROM written w JOIN contacts c ON c.organization_id = w.organization_id AND c.partner_id = w.partner_id
              WHERE w.type IN ('partner.deleted', 'partner.restored')) AS r
        GROUP BY r.organization_id, r.subject_type, r.id
        ON CONFLICT (organization_id, subject_type, subject_id) DO UPDATE
        SET sequence = greatest(l.sequence, excluded.sequence);
        UPDATE last_changes l SET sequence = greatest(l.sequence, c.sequence)
        FROM (SELECT w.organization_id, uuid_of_id(v.value) AS id, max(w.sequence) AS sequence
              FROM written w CROSS JOIN LATERAL jsonb_each_text(w.data #> '{changes,primary_contact_id}') AS v
              WHERE w.type = 'partner.updated' AND v.key IN ('from', 'to') AND v.value IS NOT NULL
              GROUP BY 1, 2) AS c
        WHERE l.organization_id = c.organization_id AND l.subject_type = 'contact' AND l.subject_id = c.id;
        UPDATE last_changes l SET sequence = greatest(l.sequence, w.sequence)
        FROM written w
        WHERE w.type = 'organization.updated' AND w.data -> 'changes' ? 'currency'
          AND l.organization_id = w.organization_id AND l.subject_type IN ('partner', 'deal') AND NOT l.erased;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER events_last_changes AFTER INSERT ON events REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION note_last_changes();

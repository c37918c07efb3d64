-- Channel conflict: two registrations are for one account when their domains are equal or their
-- normalised names are, whichever each of them has; near matches are shown. `account_key` stays: it
-- counts customers, and older versions look at it. The columns are null in rows that older versions
-- write; the daily expiry of deals fills them in, because names are normalised by the program.
SET LOCAL lock_timeout = '4s';
ALTER TABLE deals
    -- The normalised name of the account.
    ADD COLUMN account_name_key text,
    -- The same without legal form, accents and spaces.
    ADD COLUMN account_similar_key text,
    -- The domain of the company under which the account's domain lies.
    ADD COLUMN account_site text;

-- Built in the transaction, since no release has filled this table yet. Only approved deals protect
-- an account.
CREATE INDEX deals_account_name_key ON deals (organization_id, account_name_key)
    WHERE status = 'approved' AND deleted_at IS NULL;
CREATE INDEX deals_account_similar_key ON deals (organization_id, account_similar_key)
    WHERE status = 'approved' AND deleted_at IS NULL;
CREATE INDEX deals_account_site ON deals (organization_id, account_site)
    WHERE status = 'approved' AND deleted_at IS NULL;
-- What the daily expiry has yet to fill in.
CREATE INDEX deals_without_account_name_key ON deals (organization_id, id)
    WHERE account_name_key IS NULL;

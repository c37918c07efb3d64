-- Who loses an address is learned in the statement that takes it away, so that the sessions of the
-- member who had it can be ended. `take_email` stays for the instances of before.

-- Takes the address for the current organization. Returns the organization that had it before, the
-- current one when nobody else had it, and null when it cannot be taken. Who has proved an address
-- displaces who has not.
CREATE FUNCTION take_email_from(the_email text, is_proved boolean) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    entry email_directory;
BEGIN
    LOOP
        INSERT INTO email_directory (email, organization_id, proved)
            VALUES (the_email, current_organization(), is_proved)
            ON CONFLICT (email) DO NOTHING;
        IF FOUND THEN
            RETURN current_organization();
        END IF;
        SELECT * INTO entry FROM email_directory WHERE email = the_email FOR UPDATE;
        -- It was released between the two statements.
        CONTINUE WHEN NOT FOUND;
        IF entry.proved OR NOT is_proved THEN
            RETURN NULL;
        END IF;
        UPDATE email_directory SET organization_id = current_organization(), proved = true
            WHERE email = the_email;
        RETURN entry.organization_id;
    END LOOP;
END $$;
CALL hand_to_definer('take_email_from(text, boolean)');

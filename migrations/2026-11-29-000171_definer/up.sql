-- The functions that look across organizations cannot be led astray, and nobody borrows their rights.

-- Without pg_temp at the end it is searched FIRST for tables and views: whoever may make temporary
-- objects could slip a view of his own under a function of partneros_definer.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid FROM pg_proc
             WHERE prosecdef AND proowner = 'partneros_definer'::regrole AND pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f);
    END LOOP;
END $$;

-- Nothing of ours makes temporary objects.
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- Before PostgreSQL 15 everybody might make objects in the schema, and what is made there could be found
-- by those functions as well.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- It needed this to be given its functions; `hand_to_definer` lends it for a moment from now on.
REVOKE CREATE ON SCHEMA public FROM partneros_definer;

-- For migrations: gives a SECURITY DEFINER function its owner, its search path, and its one caller.
CREATE PROCEDURE hand_to_definer(the_function regprocedure) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', the_function);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', the_function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO partneros_app', the_function);
    GRANT CREATE ON SCHEMA public TO partneros_definer;
    EXECUTE format('ALTER FUNCTION %s OWNER TO partneros_definer', the_function);
    REVOKE CREATE ON SCHEMA public FROM partneros_definer;
END $$;

-- The policies of partneros_definer count for whoever inherits its rights as well, and the owner of the
-- tables does, since it makes those functions. A restrictive policy of its own holds it inside one
-- organization like everybody else; the definer is not meant by it.
CREATE PROCEDURE wall_off_owner(the_table regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY owner ON %s AS RESTRICTIVE TO %I '
                   'USING (organization_id = (SELECT current_organization())) '
                   'WITH CHECK (organization_id = (SELECT current_organization()))', the_table, current_user);
END $$;

DO $$
DECLARE
    t regclass;
BEGIN
    FOR t IN SELECT polrelid FROM pg_policy WHERE polname = 'organization' LOOP
        CALL wall_off_owner(t);
    END LOOP;
END $$;

-- The same for every table to come.
CREATE OR REPLACE PROCEDURE wall_off(the_table regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', the_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', the_table);
    EXECUTE format('CREATE POLICY organization ON %s USING (organization_id = (SELECT current_organization())) '
                   'WITH CHECK (organization_id = (SELECT current_organization()))', the_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO partneros_app', the_table);
    CALL wall_off_owner(the_table);
END $$;

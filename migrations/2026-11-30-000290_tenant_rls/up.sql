-- The procedure that isolates the organizations of a table is called what it does.
ALTER PROCEDURE wall_off(regclass) RENAME TO enable_tenant_rls;

ALTER PROCEDURE enable_tenant_rls(regclass) RENAME TO wall_off;

-- Nobody but billing_owner reads the key and the DSNs.
select length(get_encryption_key()) > 0 as has_key;
select get_decrypted_dsn(2);
select get_decrypted_dsn(9);
-- A cipher of another key is not a crash.
update billing.node_config set encrypted_dsn = pgp_sym_encrypt('host=x', 'another key') where node_id = 3;
select get_decrypted_dsn(3);
select connect_to_node(3);
-- A node that does not answer; the error tells why and keeps the DSN to itself.
\set VERBOSITY default
\set SHOW_CONTEXT never
select connect_to_node(2);
\set VERBOSITY sqlstate
select connect_to_node(9);
select disconnect_from_node('conn_2');
select execute_remote_query('conn_2', 'select 1');
-- A DSN that libpq cannot read stays unquoted.
update billing.node_config set encrypted_dsn = pgp_sym_encrypt('host=x secret', get_encryption_key()) where node_id = 2;
\set VERBOSITY default
select connect_to_node(2);

DROP TABLE audit_head;
DROP TABLE audit_records;
DROP FUNCTION audit_records_refuse();

-- Deleted runs are kept until their time is over, and nothing shows them before they are restored; then "gc" takes them
-- away with all that is theirs.
ALTER TABLE run ADD COLUMN deleted_at TEXT;
CREATE INDEX run_deleted ON run(deleted_at) WHERE deleted_at IS NOT NULL;

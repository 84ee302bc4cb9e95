-- Of thousands of files few change from one version to the next: then a version has rows for what differs from its base
-- alone, and the base has rows for all of its own files. What the base has and the version has not is in dataset_file_gone.
ALTER TABLE dataset_version ADD COLUMN base INTEGER REFERENCES dataset_version(number);

CREATE TABLE dataset_file_gone (
  dataset INTEGER NOT NULL REFERENCES dataset_version(number) ON DELETE CASCADE,
  path    TEXT NOT NULL,
  PRIMARY KEY (dataset, path)
) STRICT, WITHOUT ROWID;

-- Every file of every version.
CREATE VIEW dataset_content AS
SELECT dataset, path, digest, size_bytes, kept FROM dataset_file
UNION ALL
SELECT version.number, file.path, file.digest, file.size_bytes, file.kept
FROM dataset_version AS version JOIN dataset_file AS file ON file.dataset = version.base
WHERE NOT EXISTS (SELECT 1 FROM dataset_file AS own WHERE own.dataset = version.number AND own.path = file.path)
  AND NOT EXISTS (SELECT 1 FROM dataset_file_gone AS gone WHERE gone.dataset = version.number AND gone.path = file.path);

-- A param or a tag of all runs is read from these alone, and which ones there are by leaping from key to key.
CREATE INDEX run_param_by_key ON run_param(key, value, run);
CREATE INDEX run_tag_by_key ON run_tag(key, value, run);

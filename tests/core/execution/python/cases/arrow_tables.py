import pyarrow as pa
from case import case, run_cases, through


@case
def tables_keep_schema_metadata_and_values():
    table = pa.table(
        {
            "d": pa.array(["a", "b", "a"]).dictionary_encode(),
            "t": pa.array([1, None, 3], pa.timestamp("ns", "UTC")),
            "l": pa.array([[1], [2, 3], []], pa.list_(pa.int8())),
            "m": pa.array([b"x", None, b""], pa.binary()),
        }
    ).replace_schema_metadata({"k": "v"})
    back = through(table, "table", same_bytes=False)  # what lies under a null is undefined
    assert back.schema == table.schema and back.schema.metadata == {b"k": b"v"} and back.equals(table)


@case
def record_batches_come_back_as_batches():
    batch = pa.record_batch({"a": [1, 2]})
    back = through(batch, "table")
    assert isinstance(back, pa.RecordBatch) and back.equals(batch)


run_cases()

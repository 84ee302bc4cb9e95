import datetime
import decimal

import numpy as np
import pandas as pd
from case import case, run_cases, store, through


def equal(frame):
    back = through(frame, "table")
    if isinstance(frame, pd.Series):
        pd.testing.assert_series_equal(back, frame, check_exact=True, check_freq=True)
    else:
        pd.testing.assert_frame_equal(back, frame, check_exact=True, check_freq=True, check_column_type="exact" != "")
        assert [type(c) for c in back.columns] == [type(c) for c in frame.columns]
        assert type(back.columns) is type(frame.columns)
    assert type(back.index) is type(frame.index)
    return back


@case
def numbers_texts_and_times_come_back_dtype_for_dtype():
    equal(
        pd.DataFrame(
            {
                "i": np.arange(4, dtype="int64"),
                "i8": np.arange(4, dtype="int8"),
                "u": np.arange(4, dtype="uint64") + 2**63,
                "f": [0.1, np.nan, -0.0, np.inf],
                "f32": np.array([0.1, 1, 2, np.nan], dtype="float32"),
                "b": [True, False, True, True],
                "s": ["a", "", "ñandú 🐦", "x" * 1000],
                "t": pd.date_range("2020-01-01", periods=4),
                "d": pd.to_timedelta([1, 2, 3, None], unit="s"),
                "c": np.array([1 + 2j, 0, np.nan, 3], dtype="complex128"),
            }
        )
    )


@case
def plain_numbers_of_all_kinds_come_back_dtype_for_dtype_as_the_steps_own():
    kinds = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split()
    values = np.array([0, 1, 1, 0])
    mixed = pd.DataFrame({f"{kind}/{at}": values.astype(kind) for at in range(2) for kind in kinds}, index=pd.Index(list("abcd"), name="id"))
    mixed["float64/1"] = [0.1, np.nan, -0.0, -np.inf]
    mixed["float32/0"] = np.array([np.nan, 1, 5e-45, np.inf], dtype="float32")
    mixed.attrs = {"unit": "mm"}
    same = pd.DataFrame(np.arange(12.0).reshape(4, 3), columns=[3, 1, 2], index=pd.date_range("2020-01-01", periods=4, freq="D"))
    repeated = pd.DataFrame(np.arange(8).reshape(4, 2), columns=["a", "a"])
    for frame in (mixed, same, repeated, pd.DataFrame({"one": values}), mixed.iloc[:0], mixed[mixed["bool/0"]]):
        back = equal(frame)
        assert back.attrs == frame.attrs
        assert np.signbit(back.to_numpy(dtype="float64")).tolist() == np.signbit(frame.to_numpy(dtype="float64")).tolist()
        for at in range(back.shape[1]) if len(back) else ():
            back.iloc[0, at] = back.dtypes.iloc[at].type(1)
        assert len(back) == 0 or (back.iloc[0] == 1).all()


@case
def time_zones_and_units_are_kept():
    times = pd.DataFrame({"utc": pd.date_range("2020-03-28", periods=5, freq="h", tz="UTC")})
    times["madrid"] = times["utc"].dt.tz_convert("Europe/Madrid")
    times["offset"] = times["utc"].dt.tz_convert(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
    for unit in ("s", "ms", "us", "ns"):
        times[unit] = times["utc"].dt.tz_localize(None).astype(f"datetime64[{unit}]")
    times.loc[2, "madrid"] = pd.NaT
    equal(times)


@case
def categories_keep_their_order_and_the_unused_ones():
    frame = pd.DataFrame({"size": pd.Categorical(["m", None, "s"], ["xl", "s", "m", "xs"], ordered=True)})
    frame["plain"] = pd.Categorical(["b", "a", "b"], ["b", "a"])
    frame["number"] = pd.Categorical([3, 1, 3], [3, 2, 1])
    frame["time"] = pd.Categorical(pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-01"]))
    frame["bins"] = pd.cut([1.5, 2.5, 9], [0, 2, 4, 10])
    frame["mixed"] = pd.Categorical([1, "1", 1], [1, "1"])
    back = equal(frame)
    assert list(back["size"].cat.categories) == ["xl", "s", "m", "xs"] and back["size"].cat.ordered


@case
def nullable_and_extension_dtypes_come_back():
    equal(
        pd.DataFrame(
            {
                "Int64": pd.array([1, None, 3], dtype="Int64"),
                "UInt8": pd.array([1, None, 3], dtype="UInt8"),
                "Float32": pd.array([1.5, None, 3], dtype="Float32"),
                "boolean": pd.array([True, None, False], dtype="boolean"),
                "string": pd.array(["a", None, "c"], dtype="string"),
                "python": pd.array(["a", None, "c"], dtype="string[python]"),
                "arrow": pd.array([1, None, 3], dtype="int32[pyarrow]"),
                "period": pd.period_range("2020-01", periods=3, freq="M"),
                "interval": pd.interval_range(0, 3),
                "sparse": pd.arrays.SparseArray([0.0, 0.0, 1.0]),
            }
        )
    )


@case
def missing_text_stays_none_or_nan_as_it_was():
    back = equal(
        pd.DataFrame({"none": pd.Series(["a", None], dtype=object), "nan": pd.Series(["a", np.nan], dtype=object)})
    )
    assert back["none"][1] is None and isinstance(back["nan"][1], float)


@case
def objects_of_one_plain_type_come_back_as_objects():
    equal(
        pd.DataFrame(
            {
                "int": pd.Series([1, 2, None], dtype=object),
                "bool": pd.Series([True, None, False], dtype=object),
                "date": [datetime.date(2020, 1, 1), datetime.date(1700, 1, 1), datetime.date(9999, 1, 1)],
                "decimal": [decimal.Decimal("1.10"), decimal.Decimal("2"), decimal.Decimal("-3.5")],
                "bytes": [b"\x00\xff", b"", b"x"],
                "empty": pd.Series([None, None, None], dtype=object),
            }
        )
    )


@case
def names_that_are_no_text_and_names_that_repeat_are_kept():
    equal(pd.DataFrame([[1, 2, 3]], columns=[0, 1, 2]))
    equal(pd.DataFrame([[1, 2, 3]], columns=["a", "a", "b"]))
    equal(pd.DataFrame([[1, 2, 3]], columns=["a", 1, 2.5]))
    equal(pd.DataFrame([[1, 2, 3]], columns=pd.Index([None, "x", ("t", 1)], tupleize_cols=False)))
    equal(pd.DataFrame([[1, 2]], columns=pd.to_datetime(["2020-01-01", "2021-01-01"])))
    equal(pd.DataFrame([[1, 2]], columns=pd.RangeIndex(5, 9, 2, name="n")))
    equal(pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None])))
    equal(pd.DataFrame([[1, 2]], columns=pd.CategoricalIndex(["b", "a"], name="c")))
    equal(pd.DataFrame([[1, 2]], columns=["1", 1]))


@case
def every_index_is_kept():
    values = {"v": [1.0, 2.0, 3.0]}
    equal(pd.DataFrame(values, index=pd.RangeIndex(10, 16, 2, name="r")))
    equal(pd.DataFrame(values, index=["a", "b", "a"]))
    equal(pd.DataFrame(values, index=pd.Index(["a", None, "b"], name="v")))
    equal(pd.DataFrame(values, index=pd.date_range("2020-01-01", periods=3, freq="D", name=0)))
    equal(pd.DataFrame(values, index=pd.date_range("2020-01-01", periods=3, tz="Asia/Tokyo")))
    equal(pd.DataFrame(values, index=pd.MultiIndex.from_product([["x"], [1, 2, 3]], names=["k", None])))
    equal(pd.DataFrame(values, index=pd.CategoricalIndex(["b", "a", "b"], ["b", "a"], ordered=True)))
    equal(pd.DataFrame(values, index=pd.Index([1.5, np.nan, 3])))
    equal(pd.DataFrame(values, index=pd.period_range("2020", periods=3, freq="Y")))


@case
def tables_without_rows_or_columns_are_kept():
    equal(pd.DataFrame())
    equal(pd.DataFrame({"a": pd.Series(dtype="int8"), "s": pd.Series(dtype=object)}))
    equal(pd.DataFrame(index=["a", "b"]))
    equal(pd.DataFrame(index=pd.RangeIndex(3)))


@case
def series_keep_name_and_index():
    equal(pd.Series([1, 2, 3], name="n"))
    equal(pd.Series(["a", "b"], index=["x", "y"], name=("t", 1)))
    equal(pd.Series([1.5], name=None))
    equal(pd.Series(pd.Categorical(["a"], ["b", "a"]), name=7))


@case
def attrs_of_json_kind_are_kept():
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["source"] = {"year": 2020}
    assert through(frame, "table").attrs == {"source": {"year": 2020}}


@case
def what_parquet_cannot_give_back_becomes_a_pickle_and_comes_back():
    frame = pd.DataFrame({"mixed": [1, "a", {"k": [1]}], "x": [1, 2, 3]})
    back = through(frame, "pickle")
    pd.testing.assert_frame_equal(back, frame)


@case
def a_table_that_was_read_may_be_written_into():
    frame = pd.DataFrame({"a": [1.0, 2.0], "s": ["x", "y"], "b": [True, False]})
    back = through(frame, "table")
    back.loc[0, "a"] = 9.0
    back["b"] &= False
    back.iloc[1, 1] = "z"
    pd.testing.assert_frame_equal(through(frame, "table"), frame)


@case
def another_reader_sees_plain_columns_and_the_index():
    frame = pd.DataFrame(
        {"bill length": [1.5, 2.5], "sex": pd.Categorical(["f", "m"])}, index=pd.Index(["p", "q"], name="id")
    )
    other = pd.read_parquet(store(frame).file)
    assert list(other.columns) == ["bill length", "sex"] and other.index.name == "id", other
    assert list(other["sex"]) == ["f", "m"]


@case
def the_writer_leaves_no_trace_of_its_version():
    content = open(store(pd.DataFrame({"a": [1]})).file, "rb").read()
    assert b"parquet-cpp-arrow" in content and b"parquet-cpp-arrow version" not in content


run_cases()

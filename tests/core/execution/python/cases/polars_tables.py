import datetime

import polars as pl
from case import case, run_cases, through


def equal(frame):
    back = through(frame, "table")
    assert type(back) is type(frame) and back.schema == frame.schema, (back.schema, frame.schema)
    assert back.equals(frame, null_equal=True)


@case
def every_plain_type_comes_back():
    equal(
        pl.DataFrame(
            {
                "i": pl.Series([1, None, 3], dtype=pl.Int16),
                "f": [0.1, None, float("nan")],
                "s": ["a", None, "ñ"],
                "b": [True, None, False],
                "d": [datetime.date(2020, 1, 1), None, datetime.date(1900, 1, 1)],
                "list": [[1], [], [2, 3]],
                "struct": [{"a": 1}, {"a": 2}, {"a": None}],
            }
        ).with_columns(
            pl.datetime(2020, 1, 1, time_zone="Europe/Madrid").alias("zoned"),
            pl.Series("enum", ["x", "y", None], dtype=pl.Enum(["y", "x", "z"])),
            pl.Series("cat", ["x", "y", None], dtype=pl.Categorical),
        )
    )


@case
def series_and_lazy_frames_come_back_as_what_they_were():
    back = through(pl.Series("n", [1, 2]), "table")
    assert isinstance(back, pl.Series) and back.name == "n"
    lazy = through(pl.LazyFrame({"a": [1]}), "table")
    assert isinstance(lazy, pl.LazyFrame) and lazy.collect()["a"].to_list() == [1]


run_cases()

import dataclasses
import datetime
import math
import os
import pathlib
import sqlite3
import tempfile
from collections import namedtuple

import numpy as np
import scipy.sparse
from case import bytes_of, case, load_input, run_cases, store, through, to_input
from slipway.values.staging import Unstorable


@dataclasses.dataclass(frozen=True)
class Result:
    name: str
    scores: dict
    inner: "Result | None" = None


Pair = namedtuple("Pair", "low high")


def refused(value):
    try:
        store(value)
    except Unstorable as refusal:
        return refusal
    raise AssertionError(f"{value!r} was stored")


def same(value, kind="json"):
    back = through(value, kind)
    assert type(back) is type(value) and repr(back) == repr(value), f"{value!r} came back as {back!r}"


@case
def json_kinds_come_back_as_they_were():
    same({"a": 1, "b": 1.0, "c": [True, None, "x", [1, 2]], "d": {}})
    same([])
    same({})
    same(3)
    same(2.5)
    same(True)
    same(10**400)
    same([1e300, -0.0, 5e-324, 0.1])
    same({"ñ": "🐦", "surrogate": "\ud800"})


@case
def nan_and_infinities_are_text_in_the_file_and_floats_again():
    value = {"a": float("nan"), "b": [float("inf"), 1.0, float("-inf")], "text": "NaN", "n": float("nan")}
    stored = store(value)
    assert bytes_of(stored)[0] == b'{"a":"NaN","b":["Infinity",1.0,"-Infinity"],"n":"NaN","text":"NaN"}'
    back = through(value, "json")
    assert math.isnan(back["a"]) and back["b"][0] == math.inf and back["text"] == "NaN"


@case
def tuples_order_and_keys_that_are_no_text_come_back():
    same({"z": (1, (2, [3])), "a": ()})
    same({7: "one", 2.5: "x", None: "none", False: "no"})
    same([(1, "a"), (2, "b")])
    same({"rows": [{"t": (1,)}, {"t": (2,)}]})
    assert through({1: "a", "1": "b"}, "pickle") == {1: "a", "1": "b"}


@case
def numpy_scalars_and_zero_d_arrays_count_as_numbers():
    back = through({"f": np.float32(0.5), "i": np.int64(3), "b": np.bool_(True), "z": np.array(1.5)}, "json")
    assert back == {"f": 0.5, "i": 3, "b": True, "z": 1.5} and type(back["i"]) is int
    assert through(np.float64(0.25), "json") == 0.25


@case
def dataclasses_and_named_tuples_come_back():
    same(Result("a", {"f1": (1, 2)}, Result("b", {})))
    same({"pair": Pair(1, 2.0)})


@case
def equal_values_are_equal_bytes_whatever_their_order():
    assert bytes_of(store({"a": 1, "b": 2})) == bytes_of(store({"b": 2, "a": 1}))


@case
def text_and_bytes_are_kept_to_the_last_character():
    for text in ("", "a\r\nb\rc\n", "ñ🐦\0"):
        assert through(text, "text") == text
    assert through(b"\x00\xff", "bytes") == b"\x00\xff"
    back = through(bytearray(b"x"), "bytes")
    assert back == b"x" and type(back) is bytearray


@case
def arrays_come_back_with_shape_type_and_order():
    for array in (
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(["a", "ñ"]),
        np.array([], dtype="float32"),
        np.zeros((0, 3)),
        np.array(["2020-01-01", "NaT"], dtype="datetime64[s]"),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.arange(4, dtype=">i2"),
        np.array([1 + 2j]),
    ):
        back = through(array, "array")
        assert type(back) is np.ndarray and back.dtype == array.dtype and back.shape == array.shape
        assert back.flags.f_contiguous == array.flags.f_contiguous
        np.testing.assert_array_equal(back, array)


@case
def writing_into_an_array_never_reaches_the_store():
    stored = store(np.zeros(1000))
    before = bytes_of(stored)
    back = load_input(to_input(stored, np.zeros(1)), tempfile.mkdtemp())
    back[:] = 7
    assert bytes_of(stored) == before and back.sum() == 7000


@case
def arrays_of_objects_and_subclasses_become_pickles():
    assert through(np.array([{"a": 1}, None], dtype=object), "pickle")[0] == {"a": 1}
    masked = np.ma.masked_array([1, 2], [True, False])
    assert type(through(masked, "pickle")) is np.ma.MaskedArray


@case
def sparse_matrices_keep_their_format_and_class():
    for name in ("csr_matrix", "csc_matrix", "coo_matrix", "csr_array", "bsr_matrix"):
        matrix = getattr(scipy.sparse, name)(np.eye(3))
        back = through(matrix, "array")
        assert type(back) is type(matrix) and (back != matrix).nnz == 0
    assert type(through(scipy.sparse.lil_matrix(np.eye(2)), "pickle")).__name__ == "lil_matrix"


@case
def a_dict_of_arrays_and_a_tuple_of_tables_come_back_by_entry():
    import pandas as pd

    arrays = through({"x": np.arange(3), "file": np.zeros((2, 2)), "a/b": np.array([1.0])}, "entries")
    assert list(arrays) == ["x", "file", "a/b"] and arrays["file"].shape == (2, 2)
    one, two = through((pd.DataFrame({"a": [1]}), pd.Series([1.5], name="s")), "entries")
    assert one["a"][0] == 1 and two.name == "s"
    mixed = through({"table": pd.DataFrame({"a": [1]}), "labels": np.array([1, 0])}, "entries")
    assert isinstance(mixed["table"], pd.DataFrame) and mixed["labels"].tolist() == [1, 0]


@case
def a_path_to_a_file_is_its_bytes_and_comes_back_as_a_copy():
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "out.csv").write_bytes(b"a,b\r\n1,2\n")
    stored = store(folder / "out.csv")
    assert (stored.kind, stored.media_type) == ("file", "text/csv")
    back = through(folder / "out.csv", "file")
    assert back.name == "out.csv" and back.read_bytes() == b"a,b\r\n1,2\n" and back.parent != folder


@case
def a_folder_comes_back_as_a_tree():
    folder = pathlib.Path(tempfile.mkdtemp()) / "reports"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "deep" / "er" / "ñ b.txt").write_text("x")
    (folder / "a.json").write_text("{}")
    stored = store(folder)
    assert [part.name for part in stored.parts] == ["a.json", "deep/er/ñ b.txt"]
    back = through(folder, "folder")
    assert (
        back.name == "reports" and (back / "deep" / "er" / "ñ b.txt").read_text() == "x" and (back / "empty").is_dir()
    )


@case
def b20_symbolic_links_and_special_files_are_refused():
    folder = pathlib.Path(tempfile.mkdtemp())
    os.symlink("/etc/passwd", folder / "link")
    assert "symbolic link" in str(refused(folder))
    assert "symbolic link" in str(refused(folder / "link"))
    os.remove(folder / "link")
    os.mkfifo(folder / "pipe")
    assert "neither a file nor a folder" in str(refused(folder))
    assert "leads to nothing" in str(refused(folder / "absent"))
    assert "holds no file" in str(refused(pathlib.Path(tempfile.mkdtemp())))


@case
def what_cannot_be_stored_says_its_type_and_what_to_return_instead():
    assert "list" in refused(x for x in range(3)).remedy
    assert "pathlib.Path" in refused(open(os.devnull)).remedy
    assert "rows" in refused(sqlite3.connect(":memory:")).remedy
    refusal = refused(lambda x: x)
    assert "function" in str(refusal)
    assert "top of a module" in refused({"f": lambda x: x}).remedy
    assert "generator" in str(refused({"g": (x for x in "ab")}))


@case
def what_pickles_is_kept_with_the_badge_and_a_repr():
    value = {"when": datetime.datetime(2020, 1, 1), "set": {1}}
    stored = store(value)
    assert stored.runs_code and stored.kind == "pickle" and "datetime" in stored.summary["repr"]
    assert through(value) == value


@case
def a_value_that_contains_itself_is_still_stored():
    value = []
    value.append(value)
    assert through(value, "pickle")[0][0] is not None


@case
def figures_are_png_and_svg_with_equal_bytes_each_time():
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    def draw():
        figure, axes = plt.subplots()
        axes.plot([1, 2, 3], label="l")
        axes.legend()
        axes.set_title("Curve")
        return figure

    stored = store(draw())
    assert [part.media_type for part in stored.parts] == ["image/png", "image/svg+xml"]
    assert bytes_of(stored) == bytes_of(store(draw()))
    assert b"Matplotlib" not in bytes_of(stored)[0] and b"<dc:date>" not in bytes_of(stored)[1]
    assert stored.summary["titles"] == ["Curve"]
    axes = draw().axes[0]
    assert load_input(to_input(store(axes), axes), tempfile.mkdtemp()).size == (640, 480)
    many = plt.figure()
    many.add_subplot().scatter(np.arange(60_000), np.arange(60_000), s=1)
    assert [part.name for part in store(many).parts] == ["png"]


@case
def pictures_come_back_pixel_for_pixel():
    import PIL.Image

    for mode in ("RGB", "RGBA", "L", "1", "P", "LA"):
        image = PIL.Image.new(mode, (3, 2), 1)
        back = through(image, "figure")
        assert back.mode == mode and back.tobytes() == image.tobytes()


run_cases()

"""skops: a model as plain data, which loads without running code. Its zip holds memory addresses and times;
both are replaced, so that equal models give equal bytes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

_OLDEST = (1980, 1, 1, 0, 0, 0)
# Compiled parts of scikit-learn that skops lists as untrusted since crafted numbers in them may crash the
# process. They run no code, and what Slipway loads is checked by digest against what it stored.
_KNOWN_TYPES = (
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.link.MultinomialLogit",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.LogLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss.loss.HalfMultinomialLoss",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn._loss.loss.AbsoluteError",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn._loss._loss.CyHalfMultinomialLoss",
    "sklearn._loss._loss.CyHalfSquaredError",
    "sklearn._loss._loss.CyAbsoluteError",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.MinkowskiDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._ball_tree.BallTree64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._kd_tree.KDTree64",
    "sklearn.tree._tree.Tree",
)


def to_skops(model: Any) -> bytes | None:
    """Null when skops is absent, does not know a type inside, or does not give back the same."""
    try:
        import skops.io
    except ImportError:
        return None
    try:
        content = _without_traces(skops.io.dumps(model))
        unknown = set(skops.io.get_untrusted_types(data=content)) - set(_KNOWN_TYPES)
        if unknown:
            return None
        again = skops.io.loads(content, trusted=_trusted(skops.io.get_untrusted_types(data=content)))
        same = type(again) is type(model) and _without_traces(skops.io.dumps(again)) == content
    except MemoryError:
        raise
    except Exception:
        return None  # whatever it stumbles over, the pickle remains
    return content if same else None


def from_skops(file: str) -> Any:
    import skops.io

    return skops.io.load(file, trusted=_trusted(skops.io.get_untrusted_types(file=file)))


def _trusted(wanted: list[str]) -> list[str]:
    """Never more than the known types: skops itself refuses to load a file that needs others."""
    return [name for name in wanted if name in _KNOWN_TYPES]


def _without_traces(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        schema = json.loads(source.read("schema.json"))
        numbers: dict[int, int] = {}
        names: dict[str, str] = {}
        _renumber(schema, numbers, names)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for old, new in names.items():
                archive.writestr(zipfile.ZipInfo(new, _OLDEST), source.read(old))
            text = json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
            archive.writestr(zipfile.ZipInfo("schema.json", _OLDEST), text)
    return target.getvalue()


def _renumber(node: Any, numbers: dict[int, int], names: dict[str, str]) -> None:
    """Object ids and member names count from 0 in the order in which they appear."""
    if isinstance(node, list):
        for member in node:
            _renumber(member, numbers, names)
        return
    if not isinstance(node, dict):
        return
    if isinstance(node.get("__id__"), int) and "__loader__" in node:
        node["__id__"] = numbers.setdefault(node["__id__"], len(numbers))
    if isinstance(node.get("file"), str) and "__loader__" in node:
        ending = node["file"].rpartition(".")[2]
        node["file"] = names.setdefault(node["file"], f"{len(names)}.{ending}")
    for member in node.values():
        _renumber(member, numbers, names)

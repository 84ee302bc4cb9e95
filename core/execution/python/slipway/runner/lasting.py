"""Objects that no forked process counts: Python keeps in each object how many use it, so that a step copies the page of every
function that it calls. What the warm interpreter has imported lasts as long as each of these processes, so nobody needs
to know; Python itself stops counting what lasts for ever, as None does, and such an object is told by its count.
"""

from __future__ import annotations

import gc
import sys
import types
from typing import Any

from .written_pages import own_ctypes

#: Code, and what it stands in: nothing happens when one of these goes, so that it may as well stay.
_KINDS = frozenset(
    {
        dict,
        frozenset,
        property,
        tuple,
        types.BuiltinFunctionType,
        types.CellType,
        types.ClassMethodDescriptorType,
        types.FunctionType,
        types.GetSetDescriptorType,
        types.MemberDescriptorType,
        types.MethodDescriptorType,
        types.ModuleType,
        types.WrapperDescriptorType,
        classmethod,
        staticmethod,
    }
)
_FOR_EVER = 1 << 31
_WHOLE_MEMORY = 1 << 45


def stop_counting() -> None:
    """Of what is here by now. To be called before gc.freeze: what is counted no more is not to be looked through again."""
    counts = _counts()
    if counts is None:
        return
    for_ever = counts[id(None) >> 2]
    if for_ever < _FOR_EVER:
        return  # an older Python counts everything
    found = [one for one in gc.get_objects() if type(one) in _KINDS or isinstance(one, type)]
    codes = [one.__code__ for one in found if type(one) is types.FunctionType]
    places = {*map(id, found), *map(id, codes), *(id(code.co_consts) for code in codes)}
    for place in places:
        counts[place >> 2] = for_ever


def _counts() -> Any:
    """All memory in words, by a quarter of their address; None where counts are not the first thing of an object."""
    is_usual = sys.implementation.name == "cpython" and sys.maxsize > 2**32 and sys.byteorder == "little"
    if not is_usual or "t" in sys.abiflags or hasattr(sys, "gettotalrefcount"):
        return None
    try:
        ctypes = own_ctypes()
    except ImportError:
        return None
    words = (ctypes.c_uint32 * _WHOLE_MEMORY).from_address(0)
    return memoryview(words).cast("B").cast("I")

"""Spyder's Variable Explorer: what its kernel answers about weft's arrays. The kernel here has the parts that weft completes; with
spyder-kernels installed, its own functions make the view."""

import types

import numpy as np
import pytest

import weft as wf
from weft import _spyder


class Kernel:
    """What weft uses of spyder_kernels.console.kernel.SpyderKernel."""

    def __init__(self, **names):
        self.answers = {}
        self.frontend_comm = types.SimpleNamespace(register_call_handler=self.answers.__setitem__)
        self.shell = types.SimpleNamespace(_get_current_namespace=lambda: names, _get_reference_namespace=lambda name: names)
        self.names = names

    def get_namespace_view(self, frame=None):
        try:
            from spyder_kernels.utils.nsview import make_remote_view
        except ImportError:
            return {name: {"type": "object", "size": 1, "view": "?", "python_type": "object", "numpy_type": "Unknown"} for name in self.names}
        settings = dict.fromkeys(("check_all", "exclude_private", "exclude_uppercase", "exclude_capitalized", "exclude_unsupported",
                                  "exclude_callables_and_modules", "minmax", "filter_on"), False)
        return make_remote_view(self.names, {**settings, "excluded_names": []})

    def get_var_properties(self):
        return {name: {"is_array": False, "array_shape": None, "array_ndim": None} for name in self.names}

    def get_value(self, name, encoded=False):
        return self.names[name]

    def set_value(self, name, value, encoded=False):
        self.names[name] = value


@pytest.fixture
def kernel():
    x = wf.arange(6, dtype=wf.float32).reshape(2, 3)
    wf.eval(x)
    made = Kernel(x=x, late=wf.ones(5) + 1, number=3, host=np.arange(3))
    assert _spyder.connect(made) and not _spyder.connect(made)
    return made


def test_the_list_shows_type_shape_and_values(kernel):
    view = kernel.answers["get_namespace_view"]()
    assert view["x"]["type"] == "Array of float32" and view["x"]["size"] == (2, 3) and view["x"]["view"] == str(kernel.names["x"])
    assert view["x"]["numpy_type"] == "Array" and view["x"]["python_type"] == "NDArray"
    assert view["late"]["view"].startswith("not computed yet, on ") and kernel.names["late"]._pending
    plain = Kernel(number=3, host=np.arange(3)).get_namespace_view()
    assert {name: view[name] for name in plain} == plain  # what is not weft's stays Spyder's own
    properties = kernel.answers["get_var_properties"]()
    assert properties["x"] == {"is_array": True, "array_shape": (2, 3), "array_ndim": 2} and not properties["number"]["is_array"]


def test_the_editor_gets_values_and_gives_them_back(kernel):
    got = kernel.answers["get_value"]("x")
    assert type(got) is np.ndarray and got.tolist() == [[0, 1, 2], [3, 4, 5]] and kernel.answers["get_value"]("number") == 3
    got[0, 0] = 7
    kernel.answers["set_value"]("x", got)
    assert isinstance(kernel.names["x"], wf.ndarray) and kernel.names["x"][0, 0].item() == 7 and kernel.names["x"].dtype == wf.float32
    kernel.answers["set_value"]("number", np.float64(4))
    assert kernel.names["number"] == 4 and not isinstance(kernel.names["number"], wf.ndarray)


def test_elsewhere_nothing_is_touched():
    assert not _spyder.connect() and not _spyder.connect(object())

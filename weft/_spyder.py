"""Spyder's Variable Explorer and weft's arrays: element type, shape and values as for NumPy's; a double click opens them in the array
editor, and what is edited there goes back to the device.

Spyder asks its kernel (spyder_kernels.console.kernel) by name; three of its answers are completed here for arrays of weft's, all
else stays its own. Only what is shown is fetched: for the list, the corners of arrays that are computed already. An array that
nobody looked at yet says so and is not computed for it.
"""

import functools
import sys


def connect(kernel=None):
    """To the Spyder kernel of this process, once; False where there is none. Done when a program uses weft's arrays there."""
    if kernel is None:
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        kernel = getattr(shell, "kernel", None)
    comm = getattr(kernel, "frontend_comm", None)
    if comm is None or not hasattr(kernel, "get_namespace_view") or getattr(kernel, "_weft_arrays", False):
        return False
    kernel._weft_arrays = True
    for name, completed in (("get_namespace_view", _view), ("get_var_properties", _properties), ("get_value", _value), ("set_value", _set_value)):
        original = getattr(kernel, name)
        answer = functools.wraps(original)(functools.partial(completed, kernel, original))
        setattr(kernel, name, answer)
        comm.register_call_handler(name, answer)
    return True


def _names(kernel):
    return kernel.shell._get_current_namespace()


def _arrays(kernel, names):
    """The arrays of weft's among these names."""
    from . import _core

    values = _names(kernel)
    return {name: values[name] for name in names if isinstance(values.get(name), _core.ndarray)}


def _text(array):
    """For the list's column of values."""
    if array._pending:
        return f"not computed yet, on {array.device}"
    import numpy as np

    with np.printoptions(threshold=10):
        return str(array)


def _view(kernel, original, *words, **more):
    view = original(*words, **more)
    for name, array in _arrays(kernel, view or ()).items():
        view[name].update(type=f"Array of {array.dtype}", size=tuple(array.shape) or 1, view=_text(array), python_type="NDArray",
                          numpy_type="Scalar" if array.size == 1 else "Array")
    return view


def _properties(kernel, original, *words, **more):
    properties = original(*words, **more)
    for name, array in _arrays(kernel, properties or ()).items():
        properties[name].update(is_array=True, array_shape=tuple(array.shape), array_ndim=array.ndim)
    return properties


def _value(kernel, original, name, encoded=False, **more):
    """What the editor opens: Spyder's own process has no weft, so it gets NumPy's array."""
    array = _arrays(kernel, [name]).get(name)
    if array is None:
        return original(name, encoded=encoded, **more)
    value = array.get()
    if not encoded:
        return value
    import cloudpickle

    return cloudpickle.dumps(value)


def _set_value(kernel, original, name, value, *words, **more):
    """What was edited: a weft array stays one, on its device."""
    import numpy as np

    before = _arrays(kernel, [name]).get(name)
    original(name, value, *words, **more)
    after = kernel.shell._get_reference_namespace(name)
    if before is not None and isinstance(after.get(name), (np.ndarray, np.generic)):
        import weft as wf

        after[name] = wf.asarray(after[name], dtype=before.dtype, device=before.device)

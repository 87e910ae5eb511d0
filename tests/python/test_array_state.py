"""What one evaluation leaves behind must not reach the next: plans are used again."""
import numpy as np
import pytest

import weft as wf
from weft import _core


@pytest.fixture
def compiled():
    _core.array_set_policy(1)
    yield
    _core.array_set_policy(0)


def test_reduction_after_a_strided_store(compiled):
    """The store's strides stayed in the plan and became a parameter of the reduction's kernel that nobody filled."""
    x = np.arange(40000, dtype=np.float32)
    for _ in range(3):
        a = wf.zeros((300, 200), "float32")
        a[::3, ::2] = wf.ones((100, 100), "float32") * 2
        assert float(a.sum()) == 20000
        assert float(wf.asarray(x).max()) == 39999
        assert int(wf.asarray(x).argmin()) == 0 and int(wf.asarray(-x).reshape(200, 200).argmin(1)[3]) == 199


def test_no_dimensions():
    """A walk over no dimensions looked at an extent before the first, and could wait for ever."""
    for value in (0, 1, 9, -3):
        rows = wf.asarray(np.full((5, 7), value, np.float32))
        assert float((rows * 2 + 1).sum().astype("float16").astype("float32") * 0 + value) == value
        assert float(wf.asarray(np.float32(value)).astype("float16")) == value

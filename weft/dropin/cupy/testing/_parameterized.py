"""parameterize: one test class for each set of attribute values.

A plain class gets an autouse fixture with a parameter for each set, which sets the attributes before anything else of the
test runs. unittest.TestCase knows no fixture parameters, so such a class is replaced by one subclass for each set.
"""

import itertools
import sys
import types
import unittest


def product(parameter):
    """All combinations of {name: values} as a list of {name: value}."""
    names = sorted(parameter)
    return [dict(zip(names, values)) for values in itertools.product(*(parameter[name] for name in names))]


def product_dict(*parameters):
    """All combinations of one dictionary from each list, merged."""
    return [{key: value for part in parts for key, value in part.items()} for parts in itertools.product(*parameters)]


def _shown(value):
    text = value.__name__ if isinstance(value, type) else repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def _label(number, values):
    text = ", ".join(f"{name}={_shown(value)}" for name, value in sorted(values.items()))
    text = text if len(text) <= 200 else text[:197] + "..."
    return f"_param_{number}_{{{text}}}"


def _as_attribute(value):
    """Functions stay functions when they are read from an instance."""
    return staticmethod(value) if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) else value


def _cases(base, params):
    """TestCase subclasses, put into the module of the class."""
    module = sys.modules[base.__module__]
    for number, values in enumerate(params):
        name = f"{base.__name__}{_label(number, values)}"
        attributes = {key: _as_attribute(value) for key, value in values.items()}
        attributes.update(__module__=base.__module__, __doc__=base.__doc__, __qualname__=name)
        setattr(module, name, type(name, (base,), attributes))


def _with_fixture(base, params):
    import pytest
    own_setup = getattr(base, "setup_method", None)

    def parameters(self, request):
        for name, value in request.param.items():
            setattr(self, name, value)
        if own_setup is not None:
            own_setup(self, request.function) if own_setup.__code__.co_argcount > 1 else own_setup(self)

    ids = [_label(number, values) for number, values in enumerate(params)]
    # Autouse fixtures of one class run in the order of their names: this one first. setup_method would run before all of
    # them, so it is called from here.
    setattr(base, "0_parameters", pytest.fixture(autouse=True, params=[dict(values) for values in params], ids=ids,
                                                 name="_cupy_testing_parameters")(parameters))
    if own_setup is not None:
        base.setup_method = lambda self, method=None: None
    return base


def parameterize(*params, _ids=True):
    """Runs the tests of a class once for each dictionary, whose items are attributes of the instance."""
    def decorate(cls):
        if not isinstance(cls, type):
            raise TypeError("parameterize decorates classes")
        if not issubclass(cls, unittest.TestCase):
            return _with_fixture(cls, params)
        _cases(cls, params)
        return None  # the subclasses have taken its place
    return decorate

"""numba.core.typing.templates: classes to derive from, and decorators without effect; using what they describe is declined by name."""

from weft._extending import Model, decline, stand_ins

from . import signature  # noqa: F401

_STAND_INS = stand_ins("numba.core.typing.templates")


class AbstractTemplate(Model):
    """The base of a program's typing rules: kept, and without effect."""


ConcreteTemplate = AttributeTemplate = CallableTemplate = AbstractTemplate


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _STAND_INS.get(name) or decline(f"numba.core.typing.templates.{name}")

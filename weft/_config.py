"""weft.config: the settings of the process, each the same as an environment variable.

    wf.config.debug = 2                    # as WEFT_DEBUG=2
    wf.config.describe()                   # all of them, with their values
"""

from . import _core


class Config:
    def __getattr__(self, name):
        known = {row[0].lower() for row in _core.env_table()}
        if name not in known:
            raise AttributeError(f"weft.config has no setting {name!r}; it has {', '.join(sorted(known))}")
        return _core.env(name.upper())

    def __setattr__(self, name, value):
        getattr(self, name)
        text = None if value is None else str(int(value)) if isinstance(value, bool) else str(value)
        _core.env_set(name.upper(), text)
        if name == "debug":
            _core.set_debug(text)

    def describe(self):
        """A line for each: name, value, what it does."""
        return "\n".join(f"WEFT_{name:<14} {value if value is not None else '(unset)':<12} {help}"
                         for name, value, default, help, is_set in _core.env_table())


config = Config()

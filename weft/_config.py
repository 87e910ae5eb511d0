"""weft.config: the settings of the process, each the same as an environment variable.

    wf.config.debug = 2                    # as WEFT_DEBUG=2
    wf.config.describe()                   # all of them, with their values
"""

import os

from . import _core

# Variables of the build and of the tests that share the prefix.
_NOT_SETTINGS = {"WEFT_EMIT_DUMP", "WEFT_INTERP", "WEFT_FUZZ_ROUND_TRIP", "WEFT_EXTENSION", "WEFT_TESTS", "WEFT_LOOPS_OPTIMIZE"}


class Config:
    def __getattr__(self, name):
        known = {row[0].lower() for row in _core.env_table()}
        if name not in known:
            near = nearest(name, known)
            raise AttributeError(f"weft.config has no setting {name!r}" + (f"; did you mean {near}?" if near else
                                 f"; it has {', '.join(sorted(known))}"))
        return _core.env(name.upper())

    def __setattr__(self, name, value):
        getattr(self, name)  # an unknown name is an error here too
        text = None if value is None else str(int(value)) if isinstance(value, bool) else str(value)
        _core.env_set(name.upper(), text)
        if name == "debug":
            _core.set_debug(text)
        if name == "eager":
            _core.array_set_eager(_core.env_on("EAGER"))

    def describe(self):
        """A line for each: name, value, what it does."""
        return "\n".join(f"WEFT_{name:<14} {value if value is not None else '(unset)':<12} {help}"
                         for name, value, default, help, is_set, problem in _core.env_table())


def nearest(word, words):
    """The one of `words` that `word` was most likely meant to be, or None."""
    import difflib  # more to load than all of weft that is imported at first

    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=0.6)), None)


def environment_problems():
    """What is wrong with the variables WEFT_… of the environment, a sentence each: names that there are not, values that mean
    nothing. Such a variable counts as unset."""
    rows = _core.env_table()
    known = {f"WEFT_{row[0]}" for row in rows}
    said = [f"{row[5]}; it counts as unset" for row in rows if row[5]]
    for name in sorted(os.environ):
        if name.startswith("WEFT_") and name not in known | _NOT_SETTINGS:
            near = nearest(name[5:], [one[5:] for one in known])
            said.append(f"there is no setting {name}" + (f"; did you mean WEFT_{near}?" if near else "; weft settings lists them"))
    return said


config = Config()

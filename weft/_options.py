"""nvcc's and NVRTC's command-line options, as far as they mean something to weft's own front-end."""

import re
import warnings

from . import _core

# Options that change nothing here, by their beginning: code generation, warnings, host compiler, debugging.
_IGNORED = ("-O", "--optimize", "-g", "-G", "--device-debug", "-lineinfo", "--generate-line-info", "-std", "--std", "-w",
            "--disable-warnings", "-W", "-Xptxas", "--ptxas-options", "-Xcompiler", "--compiler-options", "-m", "--machine",
            "-ccbin", "--compiler-bindir", "-default-device", "--device-as-default", "-dc", "-rdc", "--relocatable-device-code",
            "--extra-device-vectorization", "-ewp", "-dopt", "--dopt", "-gencode", "--generate-code", "-code", "--gpu-code",
            "--keep", "-keep", "--resource-usage", "-res-usage", "--verbose", "-v", "--cudart", "-cudart", "--expt-relaxed",
            "--expt-extended", "--split-compile", "-t", "--threads", "--display-error-number", "--diag", "-diag")
# Of those, the ones whose value may be a word of its own.
_TAKES_WORD = ("-Xptxas", "--ptxas-options", "-Xcompiler", "--compiler-options", "-ccbin", "--compiler-bindir", "-gencode",
               "--generate-code", "-code", "--gpu-code", "-std", "--std", "-m", "--machine", "-t", "--threads", "-cudart",
               "--cudart", "--optimize")
# Options with a value: spellings → what they set.
_VALUES = {"-I": "include", "--include-path": "include", "-isystem": "include", "-D": "define", "--define-macro": "define",
           "-U": "undefine", "--undefine-macro": "undefine", "-arch": "arch", "--gpu-architecture": "arch",
           "-maxrregcount": "registers", "--maxrregcount": "registers", "-include": "pre", "--pre-include": "pre"}


def _arch_number(text):
    found = re.search(r"(?:sm|compute)_?(\d+)", text)
    return int(found.group(1)) * 10 if found else 0


def _split(word):
    """("-I", "folder") of "-Ifolder", "-I=folder" or "--include-path=folder"; (word, None) when there is no value in it."""
    for spelling in sorted(_VALUES, key=len, reverse=True):
        if word == spelling:
            return spelling, None
        if word.startswith(spelling + "="):
            return spelling, word[len(spelling) + 1:]
        if len(spelling) == 2 and word.startswith(spelling):
            return spelling, word[2:]
    return word, None


def _on(word):
    return word.split("=", 1)[1].lower() not in ("false", "0", "no", "off") if "=" in word else True


def parse_options(options, include_dirs=(), arch=None):
    """Keyword arguments for _core.compile_cuda. What is not known is one warning."""
    result = {"defines": [], "include_dirs": [str(d) for d in include_dirs]}
    words = iter([str(option) for option in (options or ()) if str(option).strip()])
    unknown = []
    for word in words:
        spelling, value = _split(word)
        kind = _VALUES.get(spelling)
        bare = word.lstrip("-").replace("_", "-").split("=")[0]
        if kind:
            value = next(words, "") if value is None else value
            if kind == "include":
                result["include_dirs"].append(value)
            elif kind == "define":
                result["defines"].append(value)
            elif kind == "undefine":
                result["defines"] = [d for d in result["defines"] if d.split("=")[0] != value]
            elif kind == "arch":
                arch = value
            elif kind == "registers":
                result["max_registers"] = int(value)
            else:
                unknown.append(f"{word} {value}")
        elif bare == "use-fast-math":
            result["fast_math"] = _on(word)
        elif bare == "exact":  # ours: correctly rounded float32 functions, or not, whatever weft.config.exact says
            result["exact"] = 1 if _on(word) else -1
        elif bare == "fmad":
            result["contract"] = _on(word)
        elif word in _TAKES_WORD:
            next(words, None)
        elif not word.startswith(_IGNORED):
            unknown.append(word)
    if unknown:
        _core_warn(f"compiler options that weft does not know were left out: {' '.join(unknown)}")
    if arch:
        result["arch"] = _arch_number(str(arch))
    return result


def _core_warn(text):
    import sys

    frame, depth = sys._getframe(1), 2
    package = __file__.rsplit("_options.py", 1)[0]
    while frame and frame.f_code.co_filename.startswith(package):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(text, _core.KernelWarning, stacklevel=depth)

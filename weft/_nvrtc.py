"""The refuge for CUDA C that weft's own front-end does not take: NVIDIA's NVRTC, where it is found, for GPUs.

Where it is looked for: _libraries.py. WEFT_NVRTC is a path to take instead, or "off".
"""

import re
import warnings

from . import _core, _libraries

_told = set()


def candidates():
    """Paths in the order in which they are tried."""
    given = _core.env("NVRTC")
    if given == "off":
        return []
    if given:
        return [given]
    return _libraries.candidates("libnvrtc", ("13", "12", "11.2"))


def available():
    """The path of the library that is used, or None."""
    if _core.env("NVRTC") == "off":
        return None
    return _core.nvrtc_open(candidates())


def _options(parsed):
    options = [f"-D{define}" for define in parsed.get("defines", ())]
    options += [f"-I{folder}" for folder in parsed.get("include_dirs", ())]
    if parsed.get("fast_math"):
        options.append("--use_fast_math")
    if not parsed.get("contract", True):
        options.append("--fmad=false")
    if parsed.get("max_registers"):
        options.append(f"--maxrregcount={parsed['max_registers']}")
    return [*options, "--device-as-default-execution-space"]


def _tell(constructs, path):
    """Once for each construct in a process."""
    new = [c for c in constructs if re.sub(r" \(line \d+\)$", "", c) not in _told]
    _told.update(re.sub(r" \(line \d+\)$", "", c) for c in new)
    if new:
        from ._options import _core_warn

        _core_warn(f"weft's front-end does not support {', '.join(new)}: the source goes through NVRTC ({path}), for GPUs only and "
                   "without weft's checks; WEFT_NVRTC=off forbids it")


def compile(source, parsed, error):
    """A Program by way of NVRTC for the current GPU; raises `error` (what weft's front-end said) where that cannot be."""
    constructs = [line for line in error.unsupported.split("\n") if line]
    device = _core.current_context().device
    if device.kind != "cuda":
        raise error
    path = available()
    if path is None:
        why = "WEFT_NVRTC=off forbids it" if _core.env("NVRTC") == "off" else "no libnvrtc was found"
        error.args = (f"{error.args[0]}\nNVRTC could take this source for {device}, but {why}.",)
        raise error
    name = parsed.get("name") or "kernel.cu"
    if parsed.get("extern_c"):
        source = f'extern "C" {{\n#line 1 "{name}"\n{source}\n}}\n'
    expressions = list(parsed.get("instantiate", ()))
    info = device.info
    try:
        code, log, lowered = _core.nvrtc_compile(source, name, _options(parsed), parsed.get("header_names", ()), parsed.get("header_texts", ()),
                                                 expressions, info["compute_major"] * 10 + info["compute_minor"],
                                                 info["driver_version"])
    except _core.CompileError as refused:
        error.args = (f"{error.args[0]}\n{refused}",)
        raise error from None
    _tell(constructs, path)
    if log.strip():
        warnings.warn(log, _core.KernelWarning, stacklevel=3)
    return _core.load_image(code, name, [part for pair in zip(expressions, lowered) for part in pair], parsed.get("max_registers", 0))

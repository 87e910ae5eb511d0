"""The report: for people, and for programs."""

import dataclasses
import json
import textwrap


def as_json(state, findings):
    return json.dumps({**state, "findings": [dataclasses.asdict(one) for one in findings]}, indent=2, default=str)


def _size(count):
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024


def figure(row):
    """A measured value with its unit: "4.2 TB/s", "2.4 us"."""
    from .._profile.table import amount, span

    return span(row["value"]) if row["unit"] == "s" else amount(row["value"], row["unit"])


def _bench(rows):
    """The benchmark's lines: a block for each device."""
    lines, device = [], None
    for row in rows:
        if row["device"] != device:
            device = row["device"]
            lines.append(f"  {device}")
        share = f"{row['value'] / row['could']:.0%}".rjust(5) + f" of {figure({**row, 'value': row['could']})}: {row['of']}" if row["could"] else ""
        lines.append(f"    {row['figure']:<14}{figure(row):>12}{share}".rstrip())
    return lines


def _device(row):
    parts = "multiprocessors" if row["kind"] == "cuda" else "threads"
    text = f"{row['name']}: {row['model']}, {row['units']} {parts}, {_size(row['memory'])}"
    if row["kind"] == "cuda":
        text += f", compute capability {row['compute'] / 10:.1f}, driver for CUDA {row['cuda'] // 1000}.{row['cuda'] % 1000 // 10}"
    return text


def _paragraph(head, text):
    return textwrap.fill(text, 110, initial_indent=head, subsequent_indent=" " * len(head))


def configuration(state):
    """The lines about versions, devices, libraries, cache and settings; what was tested or measured among them."""
    own, system = state["weft"], state["system"]
    lines = [f"weft {own['version']}, Python {system['python']}, {system['os']} {system['machine']}"
             + (", WSL" if system["wsl"] else "") + (", in a container" if system["container"] else ""),
             f"NumPy {state['packages']['numpy']}, llvmlite {state['packages']['llvmlite']} (LLVM {own['compiler']['version']})", "", "Devices"]
    lines += ["  " + _device(row) for row in state["devices"]]
    if not state["driver"]["devices"]:
        lines.append(f"  cuda: none ({state['driver']['why']})")
    lines.append(f"  default: {own['default_device']}")
    if state["tests"]:
        lines += ["", "Self-test (a GPU's bits are compared with the CPU's)"]
        for device in dict.fromkeys(test["device"] for test in state["tests"]):
            mine = [test for test in state["tests"] if test["device"] == device]
            said = [f"{t['test']} {'FAILED' if t['error'] else 'ok'} {t['seconds'] * 1e3:.0f} ms" for t in mine]
            lines.append(f"  {device}: {', '.join(said)}")
    if state["bench"]:
        lines += ["", "Benchmark (the best of several runs, and the share of what could be)", *_bench(state["bench"])]
    found = [f"  {name}: {path}" for name, path in state["libraries"].items()]
    lines += ["", "NVIDIA libraries (none is needed)" + ("" if found else ": none found"), *found,
              f"Cache: {own['cache_folder']}, {_size(own['cache_bytes'])}" + ("" if own["cache_writable"] else ", not writable")
              if own["cache_folder"] else f"Cache: {'none' if own['cache_refused'] else 'off'}"]
    if own["settings"]:
        lines.append("Settings: " + ", ".join(f"WEFT_{name}={value}" for name, value in own["settings"].items()))
    peers = [f"{name} {state['packages'][name]}" for name in ("cupy", "numba", "pycuda") if state["packages"].get(name)]
    if peers:
        lines.append(f"Also installed, untouched: {', '.join(peers)} (python -m weft FILE runs a program written for them on weft)")
    return lines


def as_text(state, findings):
    lines = [*configuration(state), ""]
    for one in findings:
        lines += [_paragraph("PROBLEM  " if one.level == "problem" else "note     ", f"{one.what} [{one.id}]"), _paragraph("  do:    ", one.fix), ""]
    problems = sum(one.level == "problem" for one in findings)
    lines.append(f"{problems} problem{'s' if problems > 1 else ''} to mend." if problems else "Nothing stands in the way.")
    return "\n".join(lines)

"""python -m weft FILE [args]    runs a program with the drop-ins installed (pycuda, …)
python -m weft -m MODULE [args]
python -m weft -c CODE [args]
python -m weft doctor [--json] [--no-test] [--bench]
                                 what this machine has, what weft does with it, what is wrong and how to mend it;
                                 --bench: what each device delivers, and the share of what it could
python -m weft port [--all] [--json] FILE_OR_FOLDER …
                                 what the program asks of cupy, cupyx, numba and pycuda and how weft covers it, without running it;
                                 --all: native names too
python -m weft coverage          every name of the drop-ins and how it is covered
python -m weft profile [-o NAME] [--table] [--measure] FILE …
                                 runs the program and tells where its time went: a table, a report (HTML), a time line (Perfetto);
                                 -o: the files' name; --table: no files; --measure: what the devices reach is measured anew
python -m weft settings          every setting with its value and what it does
python -m weft --version

The command `weft` is the same as `python -m weft`.

The program sees what it would see under `python FILE`: sys.argv, sys.path[0], __main__, its exit code; and tracebacks begin
at its own first line.
"""

import errno
import itertools
import os
import signal
import sys
import types


def _program_frames(error):
    """The traceback without what lies above the program's own code."""
    here, trace = os.path.abspath(__file__), error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if os.path.abspath(name) != here and name != "<frozen runpy>" and not name.endswith(os.sep + "runpy.py"):
            break
        trace = trace.tb_next
    return trace


_stays = False  # weft profile has something to say after a program that was interrupted


def _run(start):
    """Calls `start`; an uncaught exception is told as the interpreter would, without our frames."""
    try:
        start()
        return 0
    except SystemExit:
        raise
    except BaseException as error:
        trace = _program_frames(error)
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        sys.stdout.flush()
        sys.stderr.flush()
        if isinstance(error, KeyboardInterrupt) and _stays:
            return 130
        if isinstance(error, KeyboardInterrupt) and hasattr(signal, "SIGINT") and os.name == "posix":
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # shells look at how it ended
            os.kill(os.getpid(), signal.SIGINT)
        return 1


_own_main = sys.modules["__main__"]  # keeps our names alive when the program's __main__ takes the place


def _fresh_main(**names):
    main = types.ModuleType("__main__")
    main.__dict__.update(names, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    return main.__dict__


def _first_folder(folder):
    """The program's folder takes the place of ours in sys.path; under -P there is none of ours."""
    sys.path[: 0 if sys.flags.safe_path else 1] = [folder]


def _run_file(path):
    with open(path, "rb") as file:
        source = file.read()
    _first_folder(os.path.dirname(os.path.realpath(path)))
    names = _fresh_main(__file__=path, __cached__=None)

    def start():
        exec(compile(source, path, "exec", dont_inherit=True), names)

    return _run(start)


def _run_code(code):
    _first_folder("")
    names = _fresh_main()

    def start():
        exec(compile(code, "<string>", "exec", dont_inherit=True), names)

    return _run(start)


def _run_module(name):
    import runpy

    _first_folder(os.getcwd())
    return _run(lambda: runpy.run_module(name, run_name="__main__", alter_sys=True))


def _run_folder(path):
    """A folder or archive with a __main__.py."""
    import runpy

    if not sys.flags.safe_path:
        del sys.path[0]
    return _run(lambda: runpy.run_path(path, run_name="__main__"))


def run_program(arguments):
    """Runs the program that the words of a command line name; its exit code."""
    first, rest = arguments[0], arguments[1:]
    from weft import dropin

    dropin.install()
    dropin.tell_children()
    if first in ("-m", "-c"):
        if not rest:
            print(f"weft: {first} needs a word after it", file=sys.stderr)
            return 2
        sys.argv = [first, *rest[1:]]
        return _run_module(rest[0]) if first == "-m" else _run_code(rest[0])
    if first.startswith("-"):
        print(f"weft: no option {first}; see python -m weft --help", file=sys.stderr)
        return 2
    sys.argv = arguments
    if not os.path.exists(first):
        from ._config import nearest

        near = nearest(first, _COMMANDS) if os.path.basename(first) == first else None
        print(f"weft: can't open file {first!r}: no such file" + (f"; did you mean weft {near}?" if near else ""), file=sys.stderr)
        return 2
    return _run_file(first) if os.path.isfile(first) and not _is_archive(first) else _run_folder(first)


def _settings(arguments):
    if arguments:
        print("weft settings takes no arguments", file=sys.stderr)
        return 2
    from ._config import config

    print(config.describe())
    return 0


def _doctor(arguments):
    import weft.doctor  # not `from . import`, which asks the package for a name first, and so NumPy, which may be what is wrong

    return weft.doctor.main(arguments)


def _port(arguments):
    from . import port

    return port.main(arguments)


def _coverage(arguments):
    from . import port

    return port.coverage_main(arguments)


def _profile(arguments):
    global _stays
    from . import _profile

    _stays = True
    return _profile.main(arguments, run_program)


# A file of that name goes before: `weft doctor` beside a file doctor runs the file.
_COMMANDS = {"doctor": _doctor, "settings": _settings, "port": _port, "coverage": _coverage, "profile": _profile}


def _usage(command):
    """What the text above says of it."""
    lines = __doc__.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"python -m weft {command}"))
    return "\n".join([lines[at], *itertools.takewhile(lambda line: line.startswith("    "), lines[at + 1:])])


def _leave_folder():
    """python -m weft: a random.py in the user's folder is not to stop the doctor."""
    try:
        here = os.getcwd()
    except OSError:  # it was deleted
        return
    if not sys.flags.safe_path and sys.path[:1] == [here]:
        del sys.path[0]


def _told(command, arguments):
    """The command's exit code; `weft coverage | head` closes the pipe early, which is no error to tell."""
    if command is not _profile:  # there the program's own output and folder are meant
        _on_any_terminal()
        _leave_folder()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # pythonw, a closed descriptor: print() takes that, and others do not
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
    try:
        code = command(arguments)
        sys.stdout.flush()
        return code
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and error.errno != errno.ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.ENOSPC:
            print(f"weft: cannot write: {error.strerror}", file=sys.stderr)
        return 1


def _on_any_terminal():
    """What our own commands write passes a terminal of any encoding: a character that it lacks becomes ?."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def main():
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        _on_any_terminal()
        print(__doc__.strip())
        return 0 if arguments else 2
    first, rest = arguments[0], arguments[1:]
    if first == "--version":
        from weft import __version__

        print(f"weft {__version__}")
        return 0
    if first in _COMMANDS and not os.path.exists(first):
        if rest[:1] in (["-h"], ["--help"]):
            _on_any_terminal()
            print(_usage(first))
            return 0
        return _told(_COMMANDS[first], rest)

    return run_program(arguments)


def _is_archive(path):
    with open(path, "rb") as file:
        return file.read(4) == b"PK\x03\x04"


if __name__ == "__main__":
    sys.exit(main())

"""The texts of programs that were given to exec() and compile(), typed at the prompt or read from standard input.

Functions in them have no file to read their source from. Where a program asked for the drop-ins, `watch` makes the interpreter
report every text that is compiled under a made-up file name ("<string>" and the like) or that of a file which is another text; what was typed is in the history of
its lines. `text_of` finds a function's by compiling the texts again and looking for its code object, so that a function is
never taken for another.
"""

import __future__
import ast
import collections
import copy
import functools
import inspect
import linecache
import operator
import os
import stat
import sys
import tokenize
import types

_LIMIT, _LONGEST, _LARGEST = 4096, 1 << 20, 3000  # texts kept, bytes of the longest one, nodes of the largest tree
_texts = collections.OrderedDict()  # (file name, text), or (file name, _Tree)
_own = {}  # file name → text: what weft wrote itself, which linecache.clearcache() would take away
_watching = []
_FUTURE = functools.reduce(operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


class _Tree:
    """A syntax tree that was given instead of a text; a copy, as the program may go on changing its own."""

    def __init__(self, tree):
        self.tree = copy.deepcopy(tree)
        self.tree._wf_own = True

    def text_of(self, code):
        """The function of this code object in words, at the line where the tree says that it stands; None: it is not in here."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if first == code.co_firstlineno and _holds(_compiled(self.tree, code.co_filename, code), code):
                    return "\n" * (first - 1) + ast.unparse(node)
        return None


def _is_small(tree):
    """A tree with a function, and not that of a whole module, which has a file."""
    found = False
    for count, node in enumerate(ast.walk(tree)):
        found = found or isinstance(node, ast.FunctionDef)
        if count == _LARGEST:
            return False
    return found


def _report(event, args):
    if event != "compile":
        return
    source, filename = args
    if isinstance(source, ast.Module):  # the file name is not told with a tree
        if not getattr(source, "_wf_own", False) and _is_small(source):
            _keep(None, _Tree(source))
        return
    if not isinstance(source, (str, bytes)) or not isinstance(filename, str) or len(source) > _LONGEST or _is_import(filename, source):
        return
    if isinstance(source, bytes):
        source = source.decode("utf-8", "replace")
    if "def " in source or "lambda" in source:
        _keep(filename, source)


def _is_import(name, source):
    """Whether this text is what lies under this name, which can be read again; compile() may have been given the name of another file."""
    if name[:1] == "<":
        return False
    text = source if isinstance(source, bytes) else source.encode("utf-8", "replace")
    try:
        if os.stat(name).st_size != len(text):
            return False
        with open(name, "rb") as file:
            return file.read() == text
    except (OSError, ValueError):
        return True  # in a ZIP file, say


def _keep(filename, source):
    _texts[filename, source] = None
    _texts.move_to_end((filename, source))
    if len(_texts) > _LIMIT:
        _texts.popitem(last=False)


def goes_by(filename):
    """Whether a text of a program's goes by the name of this file."""
    return filename[:1] != "<" and any(name == filename for name, _ in list(_texts))


def write(filename, text):
    """A text that weft compiles under this made-up file name: tracebacks and the reader of functions find its lines."""
    _own[filename] = text
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)


def watch():
    """From now on texts are kept. There is no way back: audit hooks cannot be removed."""
    if not _watching:
        _watching.append(True)
        sys.addaudithook(_report)


def _compiled(source, filename, wanted):
    """As whoever made the wanted code had it compiled: exec() passes on what its module imports from __future__."""
    return compile(source, filename, "exec", wanted.co_flags & _FUTURE, True)


def _holds(code, wanted):
    return code == wanted or any(isinstance(one, types.CodeType) and _holds(one, wanted) for one in code.co_consts)


def _standard_input():
    """What `python < file` reads, where it can be read again: a file, and not a pipe."""
    try:
        if stat.S_ISREG(os.fstat(0).st_mode):
            return os.pread(0, _LONGEST, 0).decode("utf-8")
    except (AttributeError, OSError, ValueError):
        pass
    return None


def _typed(code):
    """Statements at the prompt that may hold the function: the prompts of Python before 3.13 keep lines, and nothing else."""
    readline = sys.modules.get("readline")
    if readline is None:
        return
    count = readline.get_current_history_length()
    lines = [readline.get_history_item(i + 1) or "" for i in range(max(0, count - _LIMIT), count)]
    for at in reversed(range(len(lines))):
        line = lines[at].lstrip()
        begin = at - code.co_firstlineno + 1  # where the statement began that the function is in
        if begin >= 0 and (line.startswith(("@", "def ", "async ")) or "lambda" in line):
            ended = [one + "\n" for one in lines]
            yield "".join([*ended[begin:at], *inspect.getblock(ended[at:])])


def _idles(code):
    """IDLE keeps what is typed in the process of its window, and answers the one that runs it line by line."""
    table = getattr(sys.modules.get("idlelib.rpc"), "objecttable", {})
    if not code.co_filename.startswith("<pyshell") or "exec" not in table:
        return None
    lines, empty = [], 0  # an empty line looks like the end
    while len(lines) < _LIMIT and empty < 20:
        line = table["exec"].rpchandler.remotecall("linecache", "getline", (code.co_filename, len(lines) + 1), {}).rstrip("\n")
        empty = 0 if line else empty + 1
        lines.append(line)
    return "\n".join(lines)


def _candidates(code):
    """Texts that may hold the function, the latest first: those kept, what `python -c` was given, and the files of a frozen program."""
    if code.co_filename in _own:
        yield code.co_filename, _own[code.co_filename]
    for filename, source in list(reversed(_texts)):  # compiling adds to them
        if isinstance(source, _Tree) or filename == code.co_filename and (code.co_name in source or code.co_name == "<lambda>"):
            yield filename, source
    for flag, text in zip(sys.orig_argv, sys.orig_argv[1:]):
        if flag == "-c":
            yield code.co_filename, text
    if code.co_filename == "<stdin>":
        text = _standard_input()
        yield from ((code.co_filename, one) for one in ([text] if text else _typed(code)))
    text = _idles(code)
    if text:
        yield code.co_filename, text
    folder = getattr(sys, "_MEIPASS", None)  # PyInstaller's, where weft's hook puts the sources; there co_filename is relative
    path = os.path.join(folder, code.co_filename) if folder else ""
    if folder and os.path.isfile(path):
        with tokenize.open(path) as file:
            yield path, file.read()


def text_of(code):
    """The text that a code object comes from, or None."""
    for filename, source in _candidates(code):
        try:
            if isinstance(source, _Tree):
                text = source.text_of(code)
                if text is not None:
                    return text
            elif _holds(_compiled(source, filename, code), code):
                return source
        except (SyntaxError, ValueError):
            continue
    return None

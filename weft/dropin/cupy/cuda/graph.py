"""cupy.cuda.graph: work captured from a stream, over weft's own graphs."""

import weft as _weft


def dot_of(graph):
    """What was captured as a DOT graph: a box for each piece of work, an arrow to the next of its stream."""
    lines, last = ["digraph weft {", "  node [shape=box];"], {}
    for number, (kind, stream, *rest) in enumerate(graph.nodes):
        text = kind if kind == "call" else f"{rest[0]}\\n<<<{rest[1]}, {rest[2]}>>>" if kind == "kernel" else f"{kind}\\n{rest[0]} bytes"
        lines.append(f'  n{number} [label="{text}"];')
        if stream in last:
            lines.append(f"  n{last[stream]} -> n{number};")
        last[stream] = number
    return "\n".join(lines + ["}", ""])


class Graph:
    """A captured sequence of work: what `Stream.end_capture()` returns."""

    def __init__(self, *args, **kwargs):
        raise _weft.UnsupportedError("a Graph comes from Stream.end_capture(): it cannot be made by itself")

    @classmethod
    def _of(cls, graph, host_funcargs):
        made = object.__new__(cls)
        made._weft, made.host_funcargs = graph, host_funcargs
        return made

    @property
    def graph(self):
        return self._weft.handle

    @property
    def graphExec(self):
        return self._weft.exec_handle

    @staticmethod
    def _stream(stream):
        from .stream import get_current_stream
        return (get_current_stream() if stream is None else stream)._weft

    def launch(self, stream=None):
        """Queues all of it on a stream, by default the current one."""
        self._weft.launch(self._stream(stream))

    def upload(self, stream=None):
        """Readies the first launch."""
        self._weft.upload(self._stream(stream))

    def debug_dot_str(self, flags=0):
        """What was captured, as text for Graphviz; flags are not looked at."""
        return dot_of(self._weft)

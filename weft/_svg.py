"""Pictures as SVG text, with nothing installed: what wf.explain and the profile report draw with.

A picture is a list of pieces with its size; pieces are strings. Colours work on light and dark pages: lines and words take
the page's own colour, areas are light tints of a few hues.
"""

from html import escape

HUES = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2", "#9d755d", "#eeca3b")


def number(value):
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


class Picture:
    def __init__(self, width, height, label):
        self.width, self.height, self.label, self.pieces = width, height, label, []

    def add(self, tag, content=None, **attributes):
        words = " ".join(f'{name.rstrip("_").replace("_", "-")}="{escape(number(value) if isinstance(value, float) else str(value))}"'
                         for name, value in attributes.items())
        self.pieces.append(f"<{tag} {words}/>" if content is None else f"<{tag} {words}>{content}</{tag}>")

    def line(self, x1, y1, x2, y2, **attributes):
        self.add("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **{"stroke": "currentColor", "stroke_opacity": 0.5, **attributes})

    def text(self, x, y, words, anchor="start", **attributes):
        self.add("text", escape(words), x=float(x), y=float(y), text_anchor=anchor, **{"fill": "currentColor", **attributes})

    def box(self, x, y, width, height, colour, title=None, **attributes):
        self.add("rect", f"<title>{escape(title)}</title>" if title else None, x=float(x), y=float(y), width=float(width), height=float(height),
                 **{"rx": 4, "fill": colour, "fill_opacity": 0.25, "stroke": colour, **attributes})

    def __str__(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(self.label)}" width="{number(self.width)}" '
                f'height="{number(self.height)}" viewBox="0 0 {number(self.width)} {number(self.height)}" '
                f'font-family="sans-serif" font-size="12">{"".join(self.pieces)}</svg>')

"""A flame graph as SVG: the width of a frame is its share of the samples, its callees stand on it."""

import html
import zlib

WIDTH = 1200
LINE = 16
TOP = 30
# Frames narrower than that are left out.
NARROWEST = 0.6
PER_LETTER = 6.6


class Node:
    """A frame with the samples in it and above it."""

    def __init__(self):
        self.samples = 0
        self.callees = {}

    def add(self, stack):
        """Counts a stack, outermost frame first."""
        node = self
        node.samples += 1
        for frame in stack:
            node = node.callees.setdefault(frame, Node())
            node.samples += 1

    def depth(self):
        return 1 + max((callee.depth() for callee in self.callees.values()), default=0)


def svg(title, stacks):
    """The graph of all stacks, each a list of frames, outermost first."""
    root = Node()
    for stack in stacks:
        root.add(stack)
    height = TOP + LINE * root.depth() + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">',
        "<style>text { font: 11px monospace; fill: #222 } rect { stroke: white }</style>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="18">{html.escape(title)} ({root.samples} samples)</text>',
    ]
    if root.samples:
        draw(root, 0, height - 10, WIDTH / root.samples, root.samples, parts)
    return "\n".join([*parts, "</svg>"]) + "\n"


def draw(node, left, bottom, scale, all_samples, parts):
    """The callees of a frame, side by side by name, and what stands on them."""
    for frame, callee in sorted(node.callees.items()):
        width = callee.samples * scale
        if width >= NARROWEST:
            parts.append(box(frame, callee.samples / all_samples, left, bottom - LINE, width))
            draw(callee, left, bottom - LINE, scale, all_samples, parts)
        left += width


def box(frame, share, left, top, width):
    letters = int(width / PER_LETTER)
    label = frame if len(frame) <= letters else frame[: letters - 1] + "…" if letters > 3 else ""
    return (
        f"<g><title>{html.escape(frame)} {100 * share:.1f} %</title>"
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{LINE}" fill="{colour(frame)}"/>'
        f'<text x="{left + 2:.1f}" y="{top + 12}">{html.escape(label)}</text></g>'
    )


def colour(frame):
    """Blue for pglynx, green for Netty, sand for the rest; the shade tells neighbours apart."""
    shade = zlib.crc32(frame.encode()) % 12
    hue = 210 if frame.startswith("org.pglynx") else 130 if frame.startswith("io.netty") else 40
    return f"hsl({hue} 55% {72 + shade}%)"

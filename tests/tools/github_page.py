"""A comment as GitHub shows it: its Markdown as a page of the same width, fonts and table cells."""

from __future__ import annotations

from markdown_it import MarkdownIt

# The text of a comment is 896 pixels wide.
STYLE = """
/* DejaVu Sans stands in where none of GitHub's own fonts is there; it is wider by a tenth. */
@font-face { font-family: "As wide"; src: local("DejaVu Sans"); size-adjust: 90% }
@font-face { font-family: "As wide"; src: local("DejaVu Sans Bold");
  font-weight: bold; size-adjust: 90% }
body { margin: 0; padding: 16px; width: 896px; background: #fff; color: #1f2328;
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, "As wide" }
p, ul, table, details { margin: 0 0 16px }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-spacing: 0;
  border-collapse: collapse; font-variant: tabular-nums }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0 }
tr:nth-child(2n) { background: #f6f8fa }
code { padding: .2em .4em; border-radius: 6px; background: #818b981f; white-space: break-spaces;
  font: 85% ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
sub { font-size: 75%; line-height: 0 }
"""


def github_page(markdown: str) -> str:
    """The page, with what is folded away laid open."""
    body = MarkdownIt("commonmark").enable("table").render(markdown)
    body = body.replace("<details>", "<details open>")
    return f'<!doctype html><html><meta charset="utf-8"><style>{STYLE}</style>{body}</html>'

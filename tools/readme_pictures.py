"""Draw the README's pictures from the demo's published scores and reports: ``python tools/readme_pictures.py``."""

from __future__ import annotations

import shutil
from html import escape

from ml.cli.context import read_context
from ml.cli.demo import largest_requisition
from ml.cli.ranking import format_ranked
from ml.ranking.query import rank_requisition

LINE_HEIGHT, CHARACTER_WIDTH, MARGIN = 22, 8.5, 20


def text_picture(text: str) -> str:
    """Set lines of text as an SVG that looks like a terminal."""
    lines = text.splitlines()
    width = MARGIN * 2 + max(len(line) for line in lines) * CHARACTER_WIDTH
    height = MARGIN * 2 + len(lines) * LINE_HEIGHT
    baselines = [MARGIN + (number + 0.7) * LINE_HEIGHT for number in range(len(lines))]
    rows = "".join(
        f'<text x="{MARGIN}" y="{y:.0f}" xml:space="preserve">{escape(line)}</text>\n'
        for y, line in zip(baselines, lines, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#14212b"/>\n'
        f'<g font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14" fill="#e6edf3">\n'
        f"{rows}</g>\n</svg>\n"
    )


def main() -> None:
    """Write ``docs/images/ranked_list.svg`` and ``docs/images/report.svg``."""
    context = read_context()
    images = context.settings.repository / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    warehouse = context.open_warehouse()
    found = largest_requisition(warehouse)
    if found is None:
        raise SystemExit("Nothing is ranked: run `make demo` first.")
    command = f"$ facetrank rank {found.requisition_id} --limit 10"
    ranked = format_ranked(rank_requisition(warehouse, found.requisition_id, limit=10))
    (images / "ranked_list.svg").write_text(text_picture(f"{command}\n{ranked}"), encoding="utf-8")
    folder = context.settings.organisation_folder(context.organisation.name) / "site"
    newest = max(folder.glob("20*"))
    shutil.copy(newest / "quality-scores.svg", images / "report.svg")


if __name__ == "__main__":
    main()

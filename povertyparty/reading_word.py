"""A document of ours as blocks a page can show, read back from the very .docx: so paper and Word cannot disagree."""

import io

ALIGNED = {1: "center", 2: "right"}
LARGE = 20  # points: from there on it is a title


def blocks(content):
    """From the top: {lines, align, head, indented} for a paragraph, {rows: [[{lines, span, head}]]} for a table."""
    # A fifth of a second of every start, which only a document needs.
    import docx  # noqa: PLC0415
    import docx.table  # noqa: PLC0415

    read, told = docx.Document(io.BytesIO(content)), []
    for one in read.iter_inner_content():
        if isinstance(one, docx.table.Table):
            told.append({"rows": [[cell_of(cell) for cell in row._tr.tc_lst] for row in one.rows]})
        else:
            told.append({"lines": one.text.split("\n"), **look(one)})
    return told


def look(paragraph):
    """How it stands: by its own alignment, or that of its style."""
    style, own = paragraph.style, paragraph.alignment
    align = style.paragraph_format.alignment if own is None else own
    return {
        "align": ALIGNED.get(align, ""),
        "head": bool(style.font.size and style.font.size.pt >= LARGE),
        "indented": bool(style.paragraph_format.first_line_indent),
    }


def cell_of(cell):
    lines = ["".join(run.text for run in paragraph.r_lst) for paragraph in cell.p_lst]
    head = any("表头" in (paragraph.style or "") for paragraph in cell.p_lst)
    return {"lines": "\n".join(lines).split("\n"), "span": cell.grid_span, "head": head}

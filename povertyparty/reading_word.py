"""A document of ours as blocks a page can show, read back from the very .docx: so paper and Word cannot disagree."""

import io

ALIGNED = {1: "center", 2: "right"}
LARGE = 20  # points: from there on it is a title


def blocks(content):
    """From the top: {lines, align, head, black, indented, keep} for a paragraph, {widths, rows: [[cell]]} for a table."""
    # A fifth of a second of every start, which only a document needs.
    import docx  # noqa: PLC0415
    import docx.table  # noqa: PLC0415

    read, told = docx.Document(io.BytesIO(content)), []
    for one in read.iter_inner_content():
        if isinstance(one, docx.table.Table):
            told.append(
                {"widths": widths(one), "rows": [[*map(cell_of, row._tr.tc_lst)] for row in one.rows]}
            )
        else:
            told.append({"lines": one.text.split("\n"), **look(one)})
    return told


def look(paragraph):
    """How it stands: by its own alignment, or that of its style."""
    style, own = paragraph.style, paragraph.alignment
    align = style.paragraph_format.alignment if own is None else own
    sealed = ALIGNED.get(align) == "center" and style.paragraph_format.left_indent
    return {
        "align": "seal" if sealed else ALIGNED.get(align, ""),
        "head": bool(style.font.size and style.font.size.pt >= LARGE),
        "black": "黑体" in style.element.xpath("./w:rPr/w:rFonts/@w:eastAsia"),
        "indented": bool(style.paragraph_format.first_line_indent or style.paragraph_format.left_indent),
        "keep": bool(style.paragraph_format.keep_with_next or paragraph.paragraph_format.keep_with_next),
    }


def widths(table):
    """Of each column, in percent of them all; nothing where the table does not say."""
    given = [column.w or 0 for column in table._tbl.tblGrid.gridCol_lst]
    return [round(100 * one / sum(given)) for one in given] if all(given) else []


def cell_of(cell):
    """By the names of its styles: heads, what stands in the middle, and the line that is signed."""
    paragraphs = [
        (paragraph.style or "", "".join(run.text for run in paragraph.r_lst)) for paragraph in cell.p_lst
    ]
    kinds = "".join(style for style, _ in paragraphs)
    lines = [text for style, text in paragraphs if "签字" not in style]
    return {
        "lines": "\n".join(lines).split("\n"),
        "span": cell.grid_span,
        "head": "表头" in kinds,
        "middle": "居中" in kinds,
        "signed": "".join(text for style, text in paragraphs if "签字" in style),
    }

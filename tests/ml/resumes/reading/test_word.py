"""What of a .docx is text."""

from ml.resumes.reading.word import read_docx
from tests.ml.resumes.reading.files import docx, docx_of


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def test_tabs_breaks_hyphens_and_list_items():
    assert read_docx(docx(["Engineer\t2019", "• Java"])) == "Engineer\t2019\n- Java"
    body = "<w:p><w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:noBreakHyphen/><w:t>three</w:t></w:r></w:p>"
    assert read_docx(docx_of(body)) == "one\ntwo-three"


def test_tab_stops_are_no_tabs():
    body = "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Java</w:t></w:r></w:p>"
    assert read_docx(docx_of(body)) == "Java"


def test_a_row_of_short_cells_is_a_line_and_others_are_read_cell_by_cell():
    table = f"<w:tbl>{row(paragraph('Java'), paragraph('5 years'))}"
    table += f"{row(paragraph('Skills'), paragraph('SQL') + paragraph('Excel'))}</w:tbl>"
    assert read_docx(docx_of(table)) == "Java\t5 years\nSkills\nSQL\nExcel"


def test_a_table_within_a_cell_is_read_once():
    inner = f"<w:tbl>{row(paragraph('inner'))}</w:tbl>"
    assert read_docx(docx_of(f"<w:tbl>{row(inner, paragraph('outer'))}</w:tbl>")) == "inner\touter"


def test_text_boxes_are_read_once_and_deleted_text_is_not():
    box = f"<w:txbxContent>{paragraph('R&amp;D skills')}</w:txbxContent>"
    body = f"<w:p><w:r><w:t>before</w:t>{box}<mc:Fallback>{box}</mc:Fallback><w:t> after</w:t></w:r>"
    body += "<w:del><w:r><w:t>gone</w:t></w:r></w:del></w:p>"
    assert read_docx(docx_of(body)) == "before after\nR&D skills"


def test_links_and_form_fields_are_text():
    body = "<w:p><w:hyperlink><w:r><w:t>Acme</w:t></w:r></w:hyperlink></w:p>"
    body += f"<w:sdt><w:sdtContent>{paragraph('Java')}</w:sdtContent></w:sdt>"
    assert read_docx(docx_of(body)) == "Acme\nJava"

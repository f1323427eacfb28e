"""Workbooks somebody sent: what unpacks to more than the process can hold is refused before the reader opens it."""

import io
from zipfile import ZipFile

import pytest

from levier.clauses.studies.realised_file import UnreadableRecordError, read_record
from levier.core import workbooks
from levier.core.workbooks import HeavyWorkbookError, open_workbook
from levier.directory.panel import UnreadablePanelError, read_file
from levier.execution.errors import RefusedError
from levier.execution.incoming.sheets import read_tables
from levier.purchasing.consultation import UnreadableConsultationError, read_consultation
from levier.purchasing.purchase_exports import workbook

_ODS = '<office:body><table:table table:name="F">{}</table:table></office:body>'
_ODS_ROW = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}" {}/>{}</table:table-row>'
_FULL = '<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'


def _packed(name: str, part: str) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr(name, part)
    return target.getvalue()


def _xlsx(cells: str) -> bytes:
    return _packed("any.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>")


BOMB = _xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1000"><c r="XFD1000"><v>1</v></c></row>')


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        _xlsx("<row><c/>" + "<c><v>1</v></c>" * 3_000 + "</row>" + "<row><c><v>1</v></c></row>" * 3_000),
        _packed("content.xml", _ODS.format(_ODS_ROW.format(1_000_000, 1_000, 'office:value-type="float"', ""))),
        _packed("content.xml", _ODS.format(_ODS_ROW.format(1_000_000, 1_000, "", _FULL))),
        _packed("xl/workbook.bin", "any"),
    ],
    ids=["far-cell", "no-reference", "ods-repeated", "ods-empty-then-full", "xlsb"],
)  # fmt: skip
def test_a_small_file_that_opens_wide_is_refused(content: bytes) -> None:
    assert len(content) < 200_000
    with pytest.raises(HeavyWorkbookError):
        open_workbook(content)


def test_what_is_only_styled_far_away_takes_no_room() -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    parts = [_xlsx(f'<row r="1"><c r="B1"><v>1</v></c></row>{far}'),
             _packed("content.xml", _ODS.format(_ODS_ROW.format(1_048_576, 16_384, "", "")))]  # fmt: skip
    for one in parts:
        with ZipFile(io.BytesIO(one)) as archive:
            workbooks._check(archive)
    assert open_workbook(workbook("F", ["a"], [["b"]])).sheet_names == ["F"]


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 100)
    with pytest.raises(HeavyWorkbookError, match="trop lourd"):
        open_workbook(workbook("F", ["a"], [["b"]]))


def test_each_reader_says_it() -> None:
    readers = {
        RefusedError: lambda: read_tables(BOMB, "a.xlsx"),
        UnreadablePanelError: lambda: read_file(io.BytesIO(BOMB), "a.xlsx"),
        UnreadableRecordError: lambda: read_record(BOMB, "a.xlsx"),
        UnreadableConsultationError: lambda: read_consultation(BOMB, "a.xlsx"),
    }
    for error, read in readers.items():
        with pytest.raises(error, match="très loin du tableau"):
            read()

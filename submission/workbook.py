"""What workbooks need whatever they hold: texts that stay texts, and the same bytes each time."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from openpyxl import Workbook

# What a spreadsheet program would take for a formula, or for the start of one after a blank.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_TIMES = "docProps/core.xml"


def like_formula(text: str) -> bool:
    """Whether a spreadsheet program could take a text for a formula."""
    return text.lstrip(" ").startswith(FORMULA)


def write_text(cell: object, text: str) -> None:
    """Put a text into a cell as text; what looks like a formula is marked as quoted."""
    cell.value = text  # type: ignore[attr-defined]
    cell.data_type = "s"  # type: ignore[attr-defined]
    if like_formula(text):
        cell.quotePrefix = True  # type: ignore[attr-defined]


def saved(book: Workbook) -> bytes:
    """The file of a workbook, without the time it is saved at, which the library writes into it."""
    stream = BytesIO()
    book.save(stream)
    timeless = BytesIO()
    with ZipFile(stream) as old, ZipFile(timeless, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == _TIMES:
                data = _without_times(data)
            new.writestr(ZipInfo(name, _EARLIEST), data, ZIP_DEFLATED)
    return timeless.getvalue()


def _without_times(properties: bytes) -> bytes:
    root = etree.fromstring(properties)
    for element in list(root):
        if etree.QName(element).localname in {"created", "modified"}:
            root.remove(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

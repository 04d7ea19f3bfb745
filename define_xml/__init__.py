"""define.xml 2.1 from the study and its finished datasets."""

from define_xml.check import check_define
from define_xml.content import define
from define_xml.description import Define
from define_xml.writer import define_bytes, write_define

__all__ = ["Define", "check_define", "define", "define_bytes", "write_define"]

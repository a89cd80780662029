"""What makes a PDF/A-3 with an e-invoice inside a Factur-X: its metadata say so.

The metadata are a plain XMP packet. They are written anew at the end of the file as an incremental update (ISO 32000-1,
7.5.6), which leaves the rest of the file, byte by byte, as typst made it. The names are those of Factur-X 1.0 (6.2.2, 6.3).
"""

import re
import zlib

FILE_NAME = "factur-x.xml"
_PROFILE = "EN 16931"
_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = (
    ("DocumentFileName", FILE_NAME, "The name of the embedded XML document"),
    ("DocumentType", "INVOICE", "The type of the hybrid document"),
    ("Version", "1.0", "The version of the standard that the XML follows"),
    ("ConformanceLevel", _PROFILE, "The profile that the XML follows"),
)
_METADATA = re.compile(rb"/Metadata (\d+) 0 R")
_PACKET = re.compile(rb"<\?xpacket begin.*?<\?xpacket end=\"[rw]\"\?>", re.DOTALL)
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*$", re.DOTALL)
_ATTACHED = re.compile(rb"/F\(factur-x\.xml\)[^\n]*?/EF<</F (\d+) 0 R")
_DESCRIBED = b"<pdfaExtension:schemas><rdf:Bag>"


def declare(pdf: bytes) -> bytes:
    """The PDF with metadata that name it a Factur-X of the profile EN 16931."""
    number, packet, trailer = _METADATA.search(pdf), _PACKET.search(pdf), _TRAILER.search(pdf)
    if number is None or packet is None or trailer is None or _DESCRIBED not in packet[0]:
        msg = "typst no longer writes the metadata of a PDF/A as it did"
        raise AssertionError(msg)
    described = packet[0].replace(_DESCRIBED, _DESCRIBED + _schema().encode(), 1)
    described = described.replace(b"</rdf:RDF>", _values().encode() + b"</rdf:RDF>", 1)
    return pdf + _revision(int(number[1]), described, previous=trailer, start=len(pdf))


def attached(pdf: bytes) -> bytes | None:
    """The XML of the e-invoice in a PDF of ours; None where it has none."""
    file = _ATTACHED.search(pdf)
    if file is None:
        return None
    start = pdf.index(b"\nstream\n", pdf.index(b"\n%d 0 obj\n" % int(file[1]))) + len(b"\nstream\n")
    return zlib.decompressobj().decompress(pdf[start:])


def _revision(number: int, packet: bytes, *, previous: re.Match[bytes], start: int) -> bytes:
    """An object in place of the one with this number, and the table that says so."""
    head = b"\n%d 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n" % (number, len(packet))
    replacement = head + packet + b"\nendstream\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f\r\n%d 1\n%010d 00000 n\r\n" % (number, start + 1)
    trailer = b"trailer\n<<%b/Prev %d>>\n" % (previous[1], int(previous[2]))
    return replacement + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (start + len(replacement))


def _values() -> str:
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value, _ in _PROPERTIES)
    return f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">{values}</rdf:Description>'


def _schema() -> str:
    """What an archive wants to know of metadata that are not its own (ISO 19005-3, 6.6.2.3)."""
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        for name, _, words in _PROPERTIES
    )
    return (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )

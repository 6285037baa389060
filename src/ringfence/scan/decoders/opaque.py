"""Formats that are evenly packed by nature and hold no text: fonts, sound, film, pictures, keys."""

from __future__ import annotations

# (Offset, first bytes) of what isn't unread for being packed; what stands in clear in it is scanned like any bytes.
_MAGICS = (
    (0, b"wOFF"), (0, b"wOF2"), (0, b"\0\1\0\0"), (0, b"OTTO"), (0, b"ttcf"), (0, b"true"), (34, b"LP"),  # fonts
    (0, b"\xff\xfb"), (0, b"\xff\xfa"), (0, b"\xff\xf3"), (0, b"\xff\xf2"), (0, b"\xff\xe3"),  # MP3 without a tag
    (0, b"\xff\xf1"), (0, b"\xff\xf9"), (0, b"#!AMR"), (0, b"OggS"), (0, b"FORM"), (0, b"caff"), (0, b"MThd"),
    (0, b"\x1a\x45\xdf\xa3"), (0, b"FLV\1"), (0, b"\0\0\1\xba"), (0, b"\0\0\1\xb3"), (0, b"\x30\x26\xb2\x75"),
    (0, b"RIFF"), (0, b"RIFX"), (4, b"moov"), (4, b"mdat"), (4, b"wide"), (4, b"free"), (0, b".snd"), (0, b"wvpk"),
    (0, b"\xff\x0a"), (4, b"JXL \r\n"), (4, b"jP  \r\n"), (0, b"\xff\x4f\xff\x51"), (0, b"BM"), (0, b"\0\0\1\0"),
    (0, b"\0\0\2\0"), (0, b"icns"), (0, b"8BPS"), (0, b"AT&TFORM"), (0, b"qoif"), (0, b"DDS "), (0, b"\xabKTX"),
    (0, b"CWS"), (0, b"ZWS"), (0, b"FWS"), (0, b"BPG\xfb"), (0, b"\x76\x2f\x31\x01"), (0, b"gimp xcf"), (0, b"sBasis"),
    (0, b"II+\0"), (0, b"MM\0+"), (0, b"IIRO"), (0, b"FUJIFILM"),
    (0, b"\xfe\xed\xfe\xed"), (0, b"\xce\xce\xce\xce"),
    (0, b"\x89PNG\n\x1a\n"), (0, b"\x89PNG\r\r\n\x1a"),  # pictures whose line ends were converted: none can show them
    (0, b"DIRC"), (0, b"\xfftOc"),  # git's index, and its table of a pack's objects
)  # fmt: skip
_PGP_KEYS = (0x95, 0x98, 0x99, 0xC5, 0xC6)  # packets of keys, followed by a length and the version
_PGP_VERSION = 4
_SEQUENCE = b"\x30"  # a certificate, a key, a signature (ASN.1)
_LONG_FORM = (0x81, 0x82, 0x83)
_ENVELOPED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"  # a message enciphered for somebody (RFC 5652)


def is_opaque(head: bytes) -> bool:
    """Return whether a content is in a format that holds no text, by its first bytes."""
    if head[:1] == _SEQUENCE and head[1:2] and head[1] in _LONG_FORM:
        return _ENVELOPED not in head[:32]
    if head[:1] and head[0] in _PGP_KEYS:
        return _PGP_VERSION in head[2:4]
    return any(head.startswith(magic, offset) for offset, magic in _MAGICS)

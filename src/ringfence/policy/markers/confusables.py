"""A translation table from letters of other scripts to the Latin letters they look like; invisible letters are removed.

Based on Unicode TR 39, limited to what names and keys need. Letters that NFKD maps already (full-width, mathematical,
ligatures) aren't listed.
"""

from __future__ import annotations

_LETTERS = (
    ("АВЕЅІЈКМНОРСТУХԁԝаеѕіјкорсухһԛмтпгвьԍԌѴѵҮүҺЬѡҽԜꙇ", "ABESIJKMHOPCTYXdwaesijkopcyxhqmtnrbbgGVvYyhbweWi"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχγωϲϹϳͿσϜϺϨᴦ℮", "ABEZHIKMNOPTYXaeikvoptuxywcCjJoFM2re"),
    ("ոսօհցքԱՏՕՍӏӀǀ∣ıɑɡɩʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱɪɴʀʟագզռ", "nuohgpUSOUlllliagiyacdejkmoptuvwzsinrlwqqn"),
    ("øØłŁđĐħĦŧŦƄƍƖƦƽɣɯʋᶃᶌẝỿꞘꞙꞟꞳꞴꬲꬵꬽꭇꭈꭎꭒꭚ", "oOlLdDhHtTbglRsywugyfyFfuXBeforruuy"),
    (
        "ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏳᏴꭵꮁꮃꮓꮩꮪꮯ",
        "DRTiYAJEWMHYGhZbRWSVSLCPKdGBirwzvsc",
    ),
    ("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPdDTGKJCZFMNLSRVHWXYAElOU"),
    ("ⲅⲎⲒⲔⲘⲚⲞⲟⲢⲣⲤⲥⲦⲨⲬⳐᐯᑌᑭᑯᑲᒍᒪᕁᕼᕽᖇᖯᖴᗅᗞᗪᗰᗷ᙭𐒴𐓂𐓎𐓪𐓶", "rHlKMNOoPpCcTYXLVUPdbJLxHxRbFADDMBXROUou"),
    ("—–‐‑‒−➖⁃Ⲻ＿：﹕։∶꞉ː᠃᠉⁚ᐸᐳ‹›❮❯⟨⟩〈〉⁄∕⧸᜵Ⳇ", "--------" + "-_:::::::::<><><><><>/////"),
    ("🅐🅑🅒🅓🅔🅕🅖🅗🅘🅙🅚🅛🅜🅝🅞🅟🅠🅡🅢🅣🅤🅥🅦🅧🅨🅩", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("🅰🅱🅲🅳🅴🅵🅶🅷🅸🅹🅺🅻🅼🅽🅾🅿🆀🆁🆂🆃🆄🆅🆆🆇🆈🆉", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("🇦🇧🇨🇩🇪🇫🇬🇭🇮🇯🇰🇱🇲🇳🇴🇵🇶🇷🇸🇹🇺🇻🇼🇽🇾🇿", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
)

# Letters and symbols without a glyph: Hangul's fillers, Braille's blank. Marks and controls are removed by category.
_INVISIBLE = "ㅤᅟᅠ⠀"

TABLE = str.maketrans("".join(other for other, _ in _LETTERS), "".join(latin for _, latin in _LETTERS), _INVISIBLE)

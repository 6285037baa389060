"""Letters of other scripts whose usual glyph is a Latin letter's, and what can't be seen at all.

After Unicode TR 39, as far as a name or a key would need it. What NFKD already maps (full-width letters, mathematical
ones, ligatures) isn't listed.
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

# Letters and symbols without a glyph: Hangul's fillers, Braille's blank. Marks and controls go by their category.
_UNSEEN = "ㅤᅟᅠ⠀"

TABLE = str.maketrans("".join(look for look, _ in _LETTERS), "".join(read for _, read in _LETTERS), _UNSEEN)

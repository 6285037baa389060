"""The words of lines that credit a tool, by language; letters without accents, as `credits.py` folds them."""

from __future__ import annotations

import re

from ...lazy_pattern import compile_lazily

# (participles, prepositions) of languages that put the tool's name last.
_LANGUAGES = {
    "English": (
        (
            r"(?:co-?)?authored|(?:vibe[ -]?)?coded|created|developed|drafted|generated|implemented|made|produced"
            r"|written"
            r"|built|assisted|powered|composed|engineered|crafted|designed|prepared|translated|summari[sz]ed"
            r"|contributed|suggested"
            r"|auto-?generated|ai-?(?:generated|assisted)|pair[ -]?programmed|paired|refactored|scaffolded"
        ),
        (
            r"(?:\w{2,14}ly |in (?:large )?part )?"
            r"(?:by|with|using|via|through|w/)(?: the| some)?(?: (?:help|aid|assistance|support) (?:of|from|by))?"
        ),
    ),
    "French": (
        (
            r"(?:co-?)?(?:genere|cree|ecrit|redige|developpe|realise|fait|construit|code|produit|assiste|concu"
            r"|propulse)"
            r"(?:\(?e?\)?s?\)?)"
        ),
        r"(?:par|avec|via|grace a|a l.aide de|avec l.aide de|au moyen de|en utilisant)(?: l.(?:ia|aide de))?",
    ),
    "German": (
        r"generiert|erstellt|geschrieben|erzeugt|entwickelt|verfasst|gebaut|programmiert|umgesetzt|gemacht|unterstutzt",
        (
            r"(?:mit|von|durch|mithilfe von|mittels|via|uber|mit (?:der )?(?:hilfe|unterstutzung) von"
            r"|unter verwendung von)"
        ),
    ),
    "Spanish, Portuguese and Italian": (
        (
            r"(?:co-?)?(?:generad|gerad|generat|cread|criad|creat|escrit|scritt|hech|feit|fatt|desarrollad|desenvolvid"
            r"|sviluppat|redactad|redigid|realizad|realizzat|producid|produzid|prodott|construid|costruit|asistid"
            r"|assistid"
            r"|assistit|codificad|implementad|implementat|elaborad|programad)(?:[oaie]|os|as)?"
        ),
        (
            r"(?:automaticamente )?(?:con|com|por|pelo|pela|da|dal|dalla|mediante|usando|utilizando|via|tramite"
            r"|attraverso"
            r"|a traves de|atraves d[eo]|co[nm] (?:la |a |l.)?(?:ayuda|ajuda|asistencia|assistencia|aiuto|assistenza) "
            r"(?:de|di|do|da)|con l.aiuto di|por medio de)"
        ),
    ),
    "Dutch and Scandinavian": (
        (
            r"gegenereerd|gemaakt|geschreven|ontwikkeld|gebouwd|genererad|skapad|skriven|skapat|genereret|skrevet|lavet"
            r"|oprettet|generert|laget"
        ),
        r"(?:met(?: (?:de )?(?:hulp|behulp) van)?|door|via|med(?: hjalp av| hjelp av| hj.lp af)?|av|af)",
    ),
    "Russian and Ukrainian": (
        (
            r"сгенерирован[оаы]?|создан[оаы]?|написан[оаы]?|сделан[оаы]?|разработан[оаы]?|реализован[оаы]?"
            r"|подготовлен[оаы]?"
            r"|згенерован[оаи]?|створен[оаи]?|зроблен[оаи]?|розроблен[оаи]?"
        ),
        (
            r"(?:с помощью|при помощи|при поддержке|с использованием|посредством|через|при участии|вместе с|в"
            r"|за допомогою"
            r"|з використанням|через)?"
        ),
    ),
    "Polish and Czech": (
        (
            r"wygenerowan[oaey]?|utworzon[oaey]?|napisan[oaey]?|stworzon[oaey]?|wykonan[oaey]?|przygotowan[oaey]?"
            r"|vygenerovan[oaey]?|vytvoren[oaey]?|napsan[oaey]?"
        ),
        r"(?:przez|za pomoca|przy uzyciu|przy pomocy|z pomoca|z uzyciem|pomoci|s pomoci|za pomoci|w|v)?",
    ),
    "Vietnamese and Indonesian": (
        r"(?:đuoc )?(?:tao|viet|phat trien)(?: ra)?|dibuat|dihasilkan|ditulis|dikembangkan",
        r"(?:boi|bang|voi|dengan|oleh|menggunakan)(?: (?:su tro giup cua|bantuan))?",
    ),
    "Turkish": (r"hazirlayan|yazan|olusturan|ureten", r":?"),
    "Arabic": (r"تم (?:انشاؤه|إنشاؤه|انشاء|توليده|كتابته|تطويره)\w*", r"(?:بواسطة|باستخدام|بمساعدة|عبر)"),
}
_SUBJECT = (
    r"(?:(?:this|these|the|all|most|parts?|some|much|everything|code|tests?|docs?|docstrings?|documentation|description"
    r"|summary|text|message|commit|pr|pull request|patch|changes?|fix|refactoring|implementation|release notes"
    r"|changelog"
    r"|body|title|draft|translations?|of|in|here|is|are|was|were|been|has|have|it|initial|first|images?|pictures?"
    r"|videos?|icons?|logos?|artwork|illustrations?|audio|music|front-?end|back-?end|ui|cases?|prompts?|boilerplate"
    r"|website|updates?|work|ai)[ \t]+){0,8}"
)
_ADVERB = r"(?:(?:\w{2,14}ly|100 ?%|in part|also|co-?)[ \t]+){0,2}"
_OTHER_VERB = r"(?:(?:diagnosed|fixed|found|identified|investigated|planned|tested)[ \t]+(?:and|&)[ \t]+)?"
_HELP_OF = r"(?:[ \t]+(?:the[ \t]+|some[ \t]+)?(?:help|aid|assistance|support)[ \t]+(?:of|from|by))?"
_ARTICLE = (
    r"(?:[ \t]+(?:an?|un[ae]?|um[a]?|eine[mrn]?|the|my|our|l.|el|la|le|il|der|die|dem|einer|o"
    r"|anthropic.?s?|google.?s?|github.?s?|openai.?s?))?"
)
_KIND = r"(?:[ \t]+(?:ai|llm|agent|model|assistant|tool|coding|ki|ia)){0,3}"
_OPEN = r"[^\w\n]{0,6}$"
_START = r"(?:^(?:via[ \t])?|[.!?;:|–—(>\"][ \t]*|[ \t]-+[ \t]+)(?:[^\w\n]|_){0,24}"

_FORMS = "|".join(
    rf"(?:{participles})[ \t]*{':?' if 'Turk' in language else ''}[ \t]*{prepositions}"
    for language, (participles, prepositions) in _LANGUAGES.items()
)
FOOTER = compile_lazily(rf"{_START}{_SUBJECT}{_ADVERB}{_OTHER_VERB}(?:{_FORMS}){_ARTICLE}{_KIND}{_OPEN}")
# A footer that names tool and model: `Generated with TOOL • Model: MODEL`.
FOOTER_MODEL = compile_lazily(
    rf"{_START}{_SUBJECT}{_ADVERB}{_OTHER_VERB}(?:{_FORMS})[^\w\n]{{1,6}}[^\n]{{1,80}}?[^\w\n]{{2,12}}(?:model|llm)"
    r"[ \t*_`]*[:=][^\w\n]{0,6}$"
)
# Forms of which nobody would say "by" of a person.
TOOL_FOOTER = compile_lazily(
    rf"{_START}{_SUBJECT}{_ADVERB}(?:(?:ai-?)?(?:generated|auto-?generated|powered)[ \t]+(?:by|with|using|via)"
    rf"{_HELP_OF}"
    r"|(?:(?:co-?)?authored|coded|vibe-?coded|created|developed|drafted|implemented|made|produced|written|built"
    r"|assisted|refactored)[ \t]+(?:using|via)"
    r"|(?:genere|cree|generad[oa]|gerad[oa]|generiert|сгенерировано|wygenerowano)\w{0,3}[ \t]+\w+(?: \w+ de)?)"
    rf"{_ARTICLE}{_KIND}{_OPEN}"
)
_KEYS = (
    r"(?:co[-_ \t]*)?(?:author(?:ed)?|develop(?:ed|er)|creat(?:ed|or)|writ(?:ten|er)|implemented|executed|generated"
    r"|assisted|made|produced|coded|drafted|built|powered|ai[-_ \t]*(?:assisted|generated|co[-_ \t]*authored|authored)"
    r"|commit[-_ \t]*generated|(?:ai|llm|coding)[-_ \t]*(?:agents?|assistants?|models?|tools?|coauthor"
    r"|co[-_ \t]*author)"
    r"(?:[-_ \t]*used)?|pair(?:ed)?[-_ \t]*(?:programmed|programmer)?|llm|ai|which ai tools? (?:was|were) used\??"
    r"|tools? used|ai used)(?:[-_ \t]*(?:by|with|from|via))?"
)
TRAILER = compile_lazily(rf"[^\w\n]*{_KEYS}[ \t*_`]*[:=?][ \t*_`\[\"'(<@]*(?:an?[ \t]+|the[ \t]+)?")
# Keys under which people give a name and an address: a name of one word may be a person's nick.
PERSON_KEY = compile_lazily(
    r"[^\w\n]*(?:co[-_ \t]*)?(?:author|develop|creat|writ|implement|assist|signed|draft|built|cod|pair)"
)
ADDRESS = compile_lazily(r"[\])\"'`*_ \t]*<?[^\s<>@]+@")
TOOL_KEY = compile_lazily(
    r"[^\w\n]*(?:(?:tools?|agents?|assistants?|harness|client)[ \t*_`]*[:=])[ \t*_`\[\"'(<@]*"
    r"(?:an?[ \t]+|the[ \t]+)?"
)
BEHIND_ADDRESS = compile_lazily(
    rf"[^\w\n]*{_KEYS}[ \t*_`]*[:=][^\n]*\S[ \t]*(?:\(?(?:via|using|w/)[ \t]+|(?:\band|&|\+)[ \t]+)[\[\"'`(]*"
)
# What may stand behind a name for the line to end with it.
NAME_END = compile_lazily(
    r"[^\w\n]*$|[\])(,;:.!&+/|<\"'`*_·@–—\n\[]|-(?!\w)|[ \t]+(?:[\])(,;:.!&+/|<\"'`*_·@–—\-\[]|v?\d"
    r"|(?:and|with|via|by|on|using|for|at|as|then|plus|code|cli|agents?|ai|opus|sonnet|haiku|pro|max|flash|mini|model"
    r"|assistant|bot|under|through|app|ide|desktop|web|cloud|et|und|y|e|и|low|medium|high|xhigh|scout|maverick"
    r"|super|ultra|nano|lite|plus|turbo|coder|thinking|instant|preview)\b)"
)
GIVEN_END = compile_lazily(
    r"[^\w\n<]*$|\.[ \t]|[ \t]*[:(,;|\[\]](?!//)"
    r"|[ \t]+(?:v?\d|(?:coding[ \t]+)?(?:agent|assistant|bot|chatbot)\b|ai\b|\+)"
)
GERMAN_END = compile_lazily(
    r"[^\w\n]*[ \t]+(?:\w+[ \t]+){0,2}?(?:generiert|erstellt|geschrieben|erzeugt|entwickelt|verfasst|gebaut"
    r"|programmiert|umgesetzt|gegenereerd|gemaakt|geschreven|ontwikkeld"
    r"|(?:ile|tarafindan|kullanilarak)[ \t]+(?:olusturul|uretil|yazil|yapil|gelistiril|hazirlan)\w+)"
)
WITH_NAME = compile_lazily(
    r"(?:^|[^\w])(?:mit|von|durch|mithilfe von|mit (?:der )?hilfe von|unter verwendung von|met(?: behulp van)?"
    r"|door)[ \t]+"
    r"[^\w\n]{0,3}$|^[^\w\n]{0,24}$"
)
# Languages that put the verb behind the name: what stands before it, and what behind.
EAST_ASIAN = (
    (
        compile_lazily(r"(?:由|使用|通过|通過|用|借助|利用|经|經|藉由|透過|以|基于|基於)\s*[^\w\n]{0,4}$"),
        compile_lazily(
            r"[^\w\n]{0,12}(?:[(（\[][^)）\]\n]{0,80}[)）\]])?\s*(?:的帮助下|的幫助下|的协助下|协助|協助|辅助|輔助|自动|自動|来|來"
            r"|共同)*\s*(?:生成|编写|編寫|撰写|撰寫|创建|創建|建立|完成|开发|開發|实现|實現|产生|產生|制作|製作|写成|寫成"
            r"|提供|驱动|书写)(?!.{0,12}(?:禁止|不得|不要|不允许|不允許))"
        ),
    ),
    (
        compile_lazily(r"(?:^|[。、\s「])[^\w\n]{0,12}$"),
        compile_lazily(
            r"[^\w\n]{0,12}(?:[(（\[][^)）\]\n]{0,80}[)）\]])?\s*(?:で|により|によって|による|を使用して|を使って|を用いて|を利用して"
            r"|の支援で|の支援により|と共に|とともに|が)\s*(?:自動)?\s*(?:生成|作成|書|記述|実装|開発|コーディング|共同|執筆|編集)"
            r"(?!.{0,12}(?:禁止|しない|は不可))"
        ),
    ),
    (
        compile_lazily(r"(?:^|\s)[^\w\n]{0,12}$"),
        compile_lazily(
            r"[^\w\n]{0,12}(?:[(\[][^)\]\n]{0,80}[)\]])?\s*(?:로|으로|에서|를|을|에|이|가|와|과)?\s*(?:사용하여|사용해|이용하여|이용해|활용하여"
            r"|활용해|의해|의|도움으로|함께|통해)*\s*(?:자동\s*)?(?:으로\s*)?(?:생성|작성|만들|개발|구현|제작)(?!.{0,12}(?:금지|마세요))"
        ),
    ),
)
_USED = (
    r"\b(?:i|we|author|he|she|they)(?:.ve|[ \t]+have|[ \t]+had|[ \t]+also|[ \t]+mostly)*[ \t]+(?:asked|had"
    r"|leveraged|let|used|got|told|instructed|prompted|relied on|employed)"
    r"[ \t]+(?:the[ \t]+help[ \t]+of[ \t]+)?[^\w\n]{0,3}$"
    r"|(?:^|[.!?;:][ \t]+)[^\w\n]{0,24}(?:used|utili[sz]ed)[ \t]+[^\w\n]{0,3}$"
)
USED = compile_lazily(_USED)
USED_TWO = compile_lazily(rf"(?:{_USED.replace('$', '')})(?:\w+[ \t]+(?:and|&)[ \t]+)?[^\w\n]{{0,3}}$")
USING = compile_lazily(r"^[^\w\n]{0,24}using[ \t]+[^\w\n]{0,3}$")
TO_WRITE_THIS = compile_lazily(
    r"[^.\n]{0,60}?\b(?:create|draft|generate|implement|write|code|make|build|produce|author|develop|refactor"
    r"|prepare|help[ \t]+with)\b"
    r"[^.\n]{0,40}?\b(?:this|these|the[ \t]+(?:code|change|commit|patch|fix|pr|pull request|tests?|implementation"
    r"|summary|description|docs|documentation|message))\b"
)
_FOR = r"(?:[ \t]+(?:and|&)[ \t]+\w+)?[^\w\n]{0,3}[ \t]+for[ \t]+(?:this|these)[ \t]+"
FOR_THIS = compile_lazily(rf"{_FOR}(?:pr|pull request|commit|change|patch|task|work|fix|implementation)s?\b")
FOR_THIS_REQUEST = compile_lazily(rf"{_FOR}(?:pr|pull request|commit)s?\b")  # nobody uses a person or a thing for one
TO_WRITE = compile_lazily(r"[^.]{0,80}?\b(?:create|draft|generate|implement|write)\b")
# `AI disclosure: …`, in which a name is one of a tool.
DISCLOSURE = compile_lazily(
    r"[^\w\n]*ai[ \t-]+(?:assistance|attribution|disclaimer|disclosure|tools?|usage|use)(?:[ \t]+\w+)?[^\w\n:]*:[^\n]*"
)
SENTENCE_START = compile_lazily(r"(?:^|[.!?;:][ \t]+)[^\w\n]{0,24}$")
WROTE_THIS = compile_lazily(
    r"[^\w\n]{0,3}[ \t]+(?:wrote|generated|created|implemented|authored|drafted|coded|did|made"
    r"|built)[ \t]+(?:this|these"
    r"|(?:the|most|all|parts?|much|half|almost all)[ \t]+(?:of[ \t]+)?(?:the|this|these|it|code|change|commit|patch|pr"
    r"|pull request|implementation|tests?|parser|fix)?\b)"
)
# What a sentence that begins with the name goes on with; one about a person may, too.
HELPED_WITH_THIS = compile_lazily(
    r"[^\w\n]{0,3}[ \t]+(?:assisted|helped)(?:[^\w\n]*$|[ \t]+here\b|[ \t]+(?:with|on|in|to[ \t]+\w+)[ \t]+"
    r"(?:this|these|(?:writing[ \t]+)?the[ \t]+(?:code|change|commit|patch|fix|pr|pull request|tests?"
    r"|implementation))\b)"
    r"|[^\w\n]{0,3}[ \t]+(?:(?:was|were|has[ \t]+been)[ \t]+used|(?:was[ \t]+)?used[ \t]+with[ \t]+\S+)[ \t]+to[ \t]+"
    r"(?:create|draft|generate|implement|write|refactor|translate)\b"
)
ACCEPTED = compile_lazily(
    r"(?:^|[.!?;:][ \t]+)[^\w\n]{0,24}(?:accepted|applied|took)[ \t]+(?:an?[ \t]+|the[ \t]+)?[^\w\n]{0,3}$"
)
SUGGESTION = compile_lazily(r"[^\w\n]{0,3}[ \t]+suggestions?\b")
# Words of disclosure boxes, which the reader ticks.
WAS_USED = compile_lazily(r"[^\w\n]*(?:was|were|is|has[ \t]+been)[ \t]+(?:also[ \t]+)?used\b")
AI = compile_lazily(
    r"\b(?:ai|a\.i\.|llms?|gen-?ai|generative[ \t]+ai|artificial intelligence|(?:large[ \t]+)?language models?|ia|ki)\b"
)
HELP = compile_lazily(
    r"\b(?:assist(?:ed|ance)|(?:co-?)?(?:authored|created|generated|written|developed|drafted|made|produced)"
    r"|help(?:ed)?"
    r"|used|using|use|wrote|had a part|took part|involved|contributed|part in)\b",
    re.IGNORECASE,
)
HELPED_BY = compile_lazily(
    r"\b(?:assist(?:ed|ance)|(?:co-?)?(?:authored|created|generated|written|developed|drafted|made|produced)"
    r"|help(?:ed)?)"
    r"\b[^.\n]{0,40}\b(?:by|with|using|of|from)[ \t]+(?:the[ \t]+|an?[ \t]+)?[^\w\n]{0,3}$"
    r"|\b(?:i|we)[ \t]+(?:have[ \t]+)?used[ \t]+(?:the[ \t]+|an?[ \t]+)?[^\w\n]{0,3}$"
)
IF_ANY = compile_lazily(  # the box promises something about help that there may or may not have been
    r"\b(?:any|if|whether|when|where|polic(?:y|ies)|guidelines?|disclos\w+|should|must|may|would|read|reviewed|add"
    r"|support|mention|document\w*|no longer)\b"
)
NEGATION = compile_lazily(
    r"\b(?:no|not|none|never|neither|nor|without|nothing|free of|zero|0 ?%)\b|n['’]t\b|\bkein|\bsans\b|\bsin\b|\bsem\b",
    re.IGNORECASE,
)

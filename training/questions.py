"""Documentation is not what people ask. The same thing again as a question, as search words, or with words left out.

`as_question` gives another wording of a text, or None where no rule fits; which one is drawn from `chance`, a
`random.Random`, so that a run can be repeated.
"""

import re

from prose import is_chinese

_ARTICLES = re.compile(r"\b(the|a|an|this|that|these|its|of|given|specified)\b\s*", re.I)
_VERB = re.compile(r"^([A-Za-z]+)(?:\s+(?:or|and)\s+\w+)?\s+(.+)$")
_NO_VERB = frozenset(
    "this class has is does was alias access address process status this always whether across plus minus as its his us less"
    " series axis bias canvas alias os js css https dns tls less types options parameters arguments values".split()
)
_COMMANDS = frozenset(
    "get set add create make build return check parse find convert remove delete update load save read write open close start stop"
    " send receive compute calculate generate handle register initialize init print render format validate apply append insert run"
    " execute call test determine ensure fetch resolve list show sort filter map merge split copy move wrap extract transform encode"
    " decode compare configure enable disable allow prevent avoid fix use support implement extend provide store reset clear push pop"
    " draw display log count replace search select join match emit notify subscribe connect disconnect listen bind attach detach".split()
)
_FIX = re.compile(
    r"^(fix(es|ed)?|resolve[sd]?|handle[sd]?|prevent|avoid|correct)\s+(issue|bug|problem|error|case)?\s*(with|where|when|that|in|for|of)?\s*",
    re.I,
)


def as_question(text, language, kind, chance):
    sentence = re.split(r"(?<=[.。;；!?])\s", text)[0].strip(" .。;；:")
    if is_chinese(sentence):
        return _chinese(sentence, chance)
    if len(sentence) < 8:
        return None
    sentence = sentence[0].lower() + sentence[1:] if sentence[1:2].islower() or sentence[1:2] == " " else sentence
    if kind == "commit":
        return _of_change(sentence, chance)
    verb, rest = _command(sentence)
    if not verb:
        forms = [
            f"what is {sentence}",
            f"where is {sentence}",
            f"where is {sentence} defined",
            f"{_words(sentence)}",
            f"which code is {sentence}",
        ]
        return chance.choice(forms)
    base = f"{verb} {rest}"
    noun = re.split(r"\s(?:if|when|by|using|that|which|to|from|with|in|for|and|as)\s", rest)[0]
    return chance.choice(
        [
            f"how to {base}",
            f"how to {_words(base)}",
            f"how do I {base}",
            f"how does it {base}",
            f"where do we {base}",
            f"where is the code that can {base}",
            f"function to {_words(base)}",
            f"{_words(base)} in {language.lower()}",
            f"{language.lower()} {_words(base)}",
            f"{language.lower()} how to {_words(base)}",
            f"where is {noun} handled",
            f"which function is used to {base}",
            _words(base),
            _words(base),
        ]
    )


def _words(text):
    return _ARTICLES.sub("", text)


def _command(sentence):
    """("get", "the users of a group") from "gets the users of a group"; (None, …) where it does not begin with a verb."""
    match = _VERB.match(sentence)
    if not match:
        return None, sentence
    verb, rest = match.group(1).lower(), match.group(2)
    if verb in ("return", "returns") or verb in ("true", "false"):
        return "get", re.sub(r"^(true|false) (if|when|whether)", "whether", rest)
    if verb in _COMMANDS:
        return verb, rest
    if verb in _NO_VERB or not verb.endswith("s") or verb.endswith("ss"):
        return None, sentence
    if verb.endswith("ies"):
        return verb[:-3] + "y", rest
    return (verb[:-2] if re.search(r"(ss|sh|ch|x|zz)es$", verb) else verb[:-1]), rest


def _of_change(sentence, chance):
    problem = _FIX.sub("", sentence)
    if problem != sentence and len(problem) > 8:
        return chance.choice(
            [problem, f"why {problem}", f"problem with {problem}", _words(problem), f"{problem} does not work"]
        )
    verb, rest = _command(sentence)
    if not verb:
        return _words(sentence)
    return chance.choice(
        [
            rest,
            f"how to {verb} {rest}",
            f"where is {rest}",
            f"where is {rest} implemented",
            _words(rest),
            f"how does {rest} work",
        ]
    )


def _chinese(sentence, chance):
    core = re.sub(r"^(用于|用来|返回|是否|该方法|此方法|这里|表示|如果)", "", sentence)
    return chance.choice(
        [
            f"如何{core}",
            f"怎么{core}",
            f"怎样{core}",
            f"{core}在哪里",
            f"在哪里{core}",
            f"{core}是怎么实现的",
            f"{core}的代码",
            f"哪里处理{core}",
            core,
        ]
    )

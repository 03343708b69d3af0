"""Cards -> Diagnostics: the rules for a card, each a small function under a stable code.

A fault that would lose or break a card stops the build, wherever it is found. The rules here are about writing:
`build-decks check` reports them, deck.yaml tunes them, and a card may be allowed to break one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..model import Diagnostic
from ..settings import Limits, Tuning
from . import answers, claims, clozes, code, labels, proofs, questions, twins
from .rule import Rule, Written, written
from .sources import duplicate_ids, sources

__all__ = [
    "ALLOW",
    "CODES",
    "RULES",
    "Written",
    "allowed",
    "duplicate_ids",
    "judge",
    "sources",
    "tuned",
    "twins",
    "written",
]

RULES: tuple[Rule, ...] = (
    Rule("C124", "warning", labels.difficulty),
    Rule("C130", "warning", questions.mark),
    Rule("C131", "warning", questions.length),
    Rule("C132", "warning", questions.pointing),
    Rule("C133", "warning", questions.yes_no),
    Rule("C134", "warning", answers.length),
    Rule("C135", "warning", questions.second),
    Rule("C136", "warning", answers.items),
    Rule("C137", "warning", clozes.count),
    Rule("C138", "warning", clozes.length),
    Rule("C139", "warning", clozes.opening),
    Rule("C140", "warning", clozes.giveaway),
    Rule("C141", "warning", code.lines),
    Rule("C142", "warning", code.columns),
    Rule("C143", "warning", code.imports),
    Rule("C144", "warning", code.output),
    Rule("C145", "warning", code.steady),
    Rule("C146", "warning", claims.vague),
    Rule("C147", "warning", claims.undated),
    Rule("C148", "warning", claims.passed),
    Rule("C149", "error", claims.overdue),
    Rule("C150", "warning", claims.cpython),
    Rule("C151", "warning", answers.leak),
    Rule("C152", "warning", proofs.proofs),
    Rule("C153", "warning", answers.reverse),
)

# Checks of the whole track, which `pipeline.checking` runs besides the rules for single cards.
TRACK = (twins.CODE, "C601", "C602", "C603", "C604", "C606")

# What deck.yaml may tune. Every other diagnostic reports something that would lose or break a card.
CODES = (*(rule.code for rule in RULES), *TRACK)

# What a card's comment may allow, with a reason: allow="C134 the rubric is the point".
ALLOW = (*(rule.code for rule in RULES), twins.CODE)


def judge(card: Written, limits: Limits) -> Iterator[Diagnostic]:
    """Every rule that a card breaks, except those it is allowed to break."""
    excused, faults = allowed(card)
    needed = set()
    for rule in RULES:
        for finding in rule.check(card, limits):
            if rule.code in excused:
                needed.add(rule.code)
            else:
                yield Diagnostic(finding.span, rule.code, finding.message, finding.hint, rule.severity)
    yield from faults
    for name in sorted(excused - needed - {twins.CODE}):
        span = card.block.attributes["allow"].span
        yield Diagnostic(
            span, "C126", f"{name} is allowed, but this card does not break it", "remove it from allow=", "warning"
        )


def allowed(card: Written) -> tuple[set[str], tuple[Diagnostic, ...]]:
    """The codes that a card's `allow` names, and a diagnostic for each entry without a valid code and a reason."""
    attribute = card.block.attributes.get("allow")
    codes, faults = set(), []
    for entry in attribute.value.split(";") if attribute else ():
        name, _, reason = entry.strip().partition(" ")
        if attribute and (name not in ALLOW or not reason.strip()):
            faults.append(
                Diagnostic(
                    attribute.span,
                    "C125",
                    f"`{entry.strip()}` allows nothing",
                    f'write allow="CODE reason", and separate several with `;`; the codes are {", ".join(ALLOW)}',
                )
            )
        codes.add(name)
    return codes & set(ALLOW), tuple(faults)


def tuned(faults: Iterable[Diagnostic], severities: Mapping[str, Tuning]) -> Iterator[Diagnostic]:
    """The diagnostics with the severities from deck.yaml, without those it turns off."""
    for fault in faults:
        severity = severities.get(fault.code, fault.severity)
        if severity != "off":
            yield replace(fault, severity=severity) if severity != fault.severity else fault

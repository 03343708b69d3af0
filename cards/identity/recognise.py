"""Cards without ids and the ledger -> the guid of each, so that a learner's progress survives an edit.

A card with an id keeps its guid whatever changes. A card from other people's notes has none, so it is recognised by its
trace, which the ledger keeps next to its guid. The most certain matches are tried first: nothing changed, the answer
was edited, the file was renamed, the question was reworded. Each card and each entry is used once. A card that could be
either of two is treated as new: repeating a known question costs a learner less than losing an unknown one.

All passes but one are lookups. Only the cards that they leave in a file are compared one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from heapq import nlargest
from itertools import islice
from math import isqrt

from ..model import Card, Trace
from . import ids
from .ledger import Entry, Ledger
from .traces import likeness, normal, runs_of, tells, trust

# Shares of equal bins in sketches. 94 of 100 pairs of cards in a file share fewer than 5 of 16; three of four answers
# still share as many after half of their words have changed. The standard error is a tenth.
ALIKE, SAME, AHEAD = 0.3, 0.5, 0.25
# For question and answer together, see `_nearness`.
NEAR, NEAR_AHEAD, NEAR_QUESTION = 0.9, 0.25, 0.2
# At most so many pairs of one file are compared, which takes an eighth of a second.
MOST_PAIRS = 200 * 200
MOST_NAMED = 3

Key = Callable[[Trace], Hashable]
Score = tuple[float, int, str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The guid of each card, in order, and what to report.

    `reworded` pairs the old question with the new one. `ambiguous` names each card that is treated as new because it
    could be one of several old ones, with those. The files in `crowded` changed too much to look for reworded
    questions.
    """

    guids: tuple[str, ...] = ()
    reworded: tuple[tuple[str, str], ...] = ()
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()
    crowded: tuple[str, ...] = ()


def recognise(track: str, cards: Sequence[Card], known: Ledger, unread: Set[str] = frozenset()) -> Recognised:
    """Give each card its guid; one with an id keeps what it has. `track` is the track's tag.

    The cards of the `unread` files are not among these, and none of these is one of them.
    """
    traces = {at: card.trace for at, card in enumerate(cards) if card.trace}
    named = {card.guid for card in cards if not card.trace}
    old = {
        guid: entry
        for guid, entry in sorted(known.entries.items())
        if entry.trace and entry.trace.name not in unread and guid not in named
    }
    found = _match(track, traces, old)
    given = _settled(track, traces, {**found.given, **dict(_first(track, found.cards, {*named, *known.entries}))})
    reworded = []
    for at, guid in sorted(given.items()):
        before = old[guid].trace if guid in old else None
        if before and before.asked != traces[at].asked and normal(before.question) != normal(traces[at].question):
            reworded.append((before.question, traces[at].question))
    return Recognised(
        tuple(given.get(at, card.guid) for at, card in enumerate(cards)),
        tuple(reworded),
        tuple(found.doubted()),
        tuple(dict.fromkeys(found.crowded)),
    )


def _first(track: str, cards: Mapping[int, Trace], taken: Collection[str]) -> Iterator[tuple[int, str]]:
    """The guids of new cards: the first free ones for each question."""
    numbers: Counter[Hashable] = Counter()
    for at, card in cards.items():
        guid = ""
        while not guid or guid in taken:
            guid = ids.first_guid(track, card.name, card.asked, numbers[_asked_here(card)], card.cloze)
            numbers[_asked_here(card)] += 1
        yield at, guid


def _settled(track: str, cards: Mapping[int, Trace], given: Mapping[int, str]) -> dict[int, str]:
    """The guids; those of cards with equal traces are in the order in which the next build will find them."""
    settled = dict(given)
    equal: dict[Hashable, list[int]] = {}
    for at in sorted(given):
        equal.setdefault(_all(cards[at]), []).append(at)
    for ats in equal.values():
        if len(ats) > 1:
            settled.update(zip(ats, _in_order(track, cards[ats[0]], [given[at] for at in ats]), strict=True))
    return settled


def _in_order(track: str, asked: Trace, guids: Collection[str]) -> list[str]:
    """Guids of equal questions, in their order when they were new in the file of `asked`, then any others."""
    if len(guids) < 2:
        return list(guids)
    numbers = range(2 * len(guids) + 8)  # some of those that once stood there may be gone
    places = {ids.first_guid(track, asked.name, asked.asked, n, asked.cloze): n for n in numbers}
    return sorted(guids, key=lambda guid: (places.get(guid, len(places)), guid))


def _all(trace: Trace) -> Hashable:
    return trace.name, trace.asked, trace.answer, trace.cloze


def _asked_here(trace: Trace) -> Hashable:
    return trace.name, trace.asked, trace.cloze


def _asked_and_answered(trace: Trace) -> Hashable:
    return trace.asked, trace.answer, trace.cloze


def _asked(trace: Trace) -> Hashable:
    return trace.asked, trace.cloze


def _answered(trace: Trace) -> Hashable:
    return trace.answer, trace.cloze


def _match(track: str, cards: Mapping[int, Trace], old: Mapping[str, Entry]) -> _Matching:
    """The passes, most certain first. A retired card comes back only if its question does."""
    live, retired = (
        {guid: entry.trace for guid, entry in old.items() if entry.state == state and entry.trace}
        for state in ("note", "retired")
    )
    found = _Matching(track, cards, live, dict(cards))
    left = dict(live)
    for pool in (left, retired):
        found.unchanged(pool)
        found.edited(pool)
        found.moved(pool)
    found.moved_and_edited(left)
    renamed = found.renamed()
    found.reworded(left, renamed)
    found.near(left, renamed)
    found.moved_and_reworded(left)
    return found


@dataclass(slots=True)
class _Matching:
    """The matches so far. Each pass removes cards from `cards`, by index, and entries from its pool, by guid."""

    track: str
    all_cards: Mapping[int, Trace]
    all_live: Mapping[str, Trace]
    cards: dict[int, Trace]
    given: dict[int, str] = field(default_factory=dict)
    doubts: dict[int, tuple[Mapping[str, Trace], Sequence[str]]] = field(default_factory=dict)
    crowded: list[str] = field(default_factory=list)

    def unchanged(self, pool: dict[str, Trace]) -> None:
        """Same file, question and answer; equal cards match in their order."""
        for ats, guids in self._groups(pool, _all):
            self._take(pool, zip(ats, _in_order(self.track, self.cards[ats[0]], guids), strict=False))

    def edited(self, pool: dict[str, Trace]) -> None:
        """Same file and question; equal questions match by their answers, else in their order."""
        for ats, guids in self._groups(pool, _asked_here):
            asked = self.cards[ats[0]]
            if 1 < len(ats) * len(guids) <= MOST_PAIRS:
                scores = self._scores(pool, ats, guids, _trusted)
                self._take(pool, _sure(scores, ALIKE, AHEAD)[0])
            ats, guids = [at for at in ats if at in self.cards], [guid for guid in guids if guid in pool]
            if len(ats) == len(guids):
                self._take(pool, zip(ats, _in_order(self.track, asked, guids), strict=True))
            else:
                self._doubt(pool, ats, guids)

    def moved(self, pool: dict[str, Trace]) -> None:
        """Same question and answer in another file: the only ones, or all of one file in one other."""
        for ats, guids in self._groups(pool, _asked_and_answered):
            files = {self.cards[at].name for at in ats}, {pool[guid].name for guid in guids}
            if len(ats) == len(guids) and all(len(names) == 1 for names in files):
                self._take(pool, zip(ats, _in_order(self.track, pool[guids[0]], guids), strict=True))
            else:
                self._doubt(pool, ats, guids)

    def moved_and_edited(self, pool: dict[str, Trace]) -> None:
        """Same question in another file: the only ones left, with similar answers, or the only ones in the track."""
        only = self._only(pool, _asked)
        alone = self._alone(_asked) if only else None
        for at, guid in only:
            if (alone and alone(at)) or likeness(self.cards[at], pool[guid]) >= ALIKE:
                self._take(pool, [(at, guid)])

    def renamed(self) -> dict[str, str]:
        """Files that are gone, each with the file that has most of its recognised cards."""
        here = {card.name for card in self.all_cards.values()}
        went: dict[str, Counter[str]] = {}
        for at, guid in self.given.items():
            if guid in self.all_live and self.all_live[guid].name not in here:
                went.setdefault(self.all_live[guid].name, Counter())[self.all_cards[at].name] += 1
        most = {old: (*names.most_common(1)[0], names.total()) for old, names in went.items()}
        return {old: new for old, (new, count, total) in most.items() if 2 * count > total}

    def reworded(self, pool: dict[str, Trace], renamed: Mapping[str, str]) -> None:
        """Same file and answer, if the answer is distinctive and unique in the file."""

        def key(trace: Trace) -> Hashable:
            return renamed.get(trace.name, trace.name), trace.answer, trace.cloze

        self._by_answer(pool, key)

    def moved_and_reworded(self, pool: dict[str, Trace]) -> None:
        """Same answer in another file, if the answer is distinctive and unique in the track."""
        self._by_answer(pool, _answered)

    def _by_answer(self, pool: dict[str, Trace], key: Key) -> None:
        only = self._only(pool, key, tells)
        alone = self._alone(key) if only else None
        for at, guid in only:
            # An answer says less if the text shown with the question differs.
            if alone and alone(at) and likeness(self.cards[at], pool[guid]) >= SAME:
                self._take(pool, [(at, guid)])

    def near(self, pool: dict[str, Trace], renamed: Mapping[str, str]) -> None:
        """Same file, with a similar question and answer, if no other pair is nearly as similar."""

        def key(trace: Trace) -> Hashable:
            return renamed.get(trace.name, trace.name), trace.cloze

        groups = self._groups(pool, key)
        wanted = {key(self.cards[ats[0]]) for ats, _ in groups}
        weights = _weights((self.all_cards.values(), self.all_live.values()), key, wanted)
        for ats, guids in groups:
            card = self.cards[ats[0]]
            if len(ats) * len(guids) > MOST_PAIRS:
                self.crowded.append(card.name)
                continue
            scores = self._scores(pool, ats, guids, partial(_nearness, weights=weights[key(card)]))
            sure, left = _sure(scores, NEAR, NEAR_AHEAD)
            self._take(pool, sure)
            unsure: dict[int, list[str]] = {}
            for score, at, guid in left:
                if score >= NEAR:
                    unsure.setdefault(at, []).append(guid)
            for at, candidates in unsure.items():
                self._doubt(pool, [at], candidates)

    def doubted(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Cards that are treated as new, each with the unmatched entries that it could be."""
        for at, (pool, guids) in sorted(self.doubts.items(), key=lambda doubt: doubt[0]):
            if at in self.cards:
                left = (pool[guid].shown for guid in guids if guid in pool)
                names = tuple(dict.fromkeys(islice(left, MOST_NAMED)))
                if names:
                    yield self.cards[at].shown, names

    def _groups(
        self, pool: Mapping[str, Trace], key: Key, fit: Callable[[Trace], bool] | None = None
    ) -> list[tuple[list[int], list[str]]]:
        """The unmatched cards and entries with the same key, each side in its order."""
        if not self.cards or not pool:
            return []
        guids: dict[Hashable, list[str]] = {}
        for guid, trace in pool.items():
            guids.setdefault(key(trace), []).append(guid)
        ats: dict[Hashable, list[int]] = {}
        for at, trace in self.cards.items():
            if key(trace) in guids and (not fit or fit(trace)):
                ats.setdefault(key(trace), []).append(at)
        return [(ats[name], guids[name]) for name in ats]

    def _only(
        self, pool: Mapping[str, Trace], key: Key, fit: Callable[[Trace], bool] | None = None
    ) -> list[tuple[int, str]]:
        """The unmatched pairs that are the only ones with their key; any others are in doubt."""
        only = []
        for ats, guids in self._groups(pool, key, fit):
            if len(ats) == len(guids) == 1:
                only.append((ats[0], guids[0]))
            else:
                self._doubt(pool, ats, guids)
        return only

    def _alone(self, key: Key) -> Callable[[int], bool]:
        """Whether no other card or entry, matched or not, has the key of the card at an index."""
        cards = Counter(map(key, self.all_cards.values()))
        entries = Counter(map(key, self.all_live.values()))
        return lambda at: cards[key(self.all_cards[at])] == entries[key(self.all_cards[at])] == 1

    def _scores(
        self,
        pool: Mapping[str, Trace],
        ats: Iterable[int],
        guids: Sequence[str],
        score: Callable[[Trace, Trace], float],
    ) -> list[Score]:
        """Each card with each entry, except for pairs that have nothing in common."""
        found = ((score(self.cards[at], pool[guid]), at, guid) for at in ats for guid in guids)
        return [row for row in found if row[0]]

    def _take(self, pool: dict[str, Trace], pairs: Iterable[tuple[int, str]]) -> None:
        for at, guid in pairs:
            self.given[at] = guid
            del self.cards[at], pool[guid]

    def _doubt(self, pool: Mapping[str, Trace], ats: Iterable[int], guids: Sequence[str]) -> None:
        for at in ats if guids else ():
            self.doubts.setdefault(at, (pool, guids))


def _trusted(one: Trace, other: Trace) -> float:
    return trust(one, other) * likeness(one, other)


def _weights(
    sides: Iterable[Iterable[Trace]], key: Key, wanted: Iterable[Hashable]
) -> dict[Hashable, Mapping[str, int]]:
    """The weight of each run of characters in a question, for each wanted file: the more questions have it, the lower.

    Words that all questions have, such as "What is the difference between", distinguish none of them. Whole numbers
    have the same sum in any order.
    """
    counts: dict[Hashable, list[Counter[str]]] = {name: [] for name in wanted}
    for side in sides:
        for found in counts.values():
            found.append(Counter())
        for trace in side:
            if key(trace) in counts:
                counts[key(trace)][-1].update(runs_of(trace.question))
    return {
        name: {run: isqrt(1_000_000 // max(side[run] for side in found)) for run in set().union(*found)}
        for name, found in counts.items()
    }


def _nearness(card: Trace, entry: Trace, weights: Mapping[str, int]) -> float:
    """How similar two cards are in question and answer, from 0 to 2; 0 if either part differs too much.

    The shorter the answer, the more similar the questions must be.
    """
    answer = likeness(card, entry)
    if answer < ALIKE:
        return 0.0
    one, other = runs_of(card.question), runs_of(entry.question)
    # For "What does this print?" above different code, only the code counts.
    question = answer
    if one != other:
        question = sum(map(weights.__getitem__, one & other)) / sum(map(weights.__getitem__, one | other))
    # The question of a cloze is only its heading.
    return question + trust(card, entry) * answer if question >= NEAR_QUESTION or card.cloze else 0.0


def _sure(scores: Sequence[Score], least: float, ahead: float) -> tuple[list[tuple[int, str]], list[Score]]:
    """Pairs of card and entry that score `least` or more, and lead every other pair of either by `ahead`; and the rest.

    Certain pairs are removed and the rest is examined again, until none is left.
    """
    found: list[tuple[int, str]] = []
    left = list(scores)
    while True:
        of: dict[int | str, list[float]] = {}
        for score, at, guid in left:
            of.setdefault(at, []).append(score)
            of.setdefault(guid, []).append(score)
        rivals = {name: nlargest(2, numbers) for name, numbers in of.items()}
        sure = [
            (at, guid)
            for score, at, guid in left
            if score >= least and all(_leads(score, rivals[name], ahead) for name in (at, guid))
        ]
        if not sure:
            return found, left
        found += sure
        ats, guids = {at for at, _ in sure}, {guid for _, guid in sure}
        left = [row for row in left if row[1] not in ats and row[2] not in guids]


def _leads(score: float, best: Sequence[float], ahead: float) -> bool:
    return score == best[0] and (len(best) == 1 or score - best[1] >= ahead)

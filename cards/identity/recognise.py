"""Cards without ids and the ledger -> the guid of each, so that a learner's progress outlives an edit.

A card that says who it is keeps its guid whatever is done to it. Other people's questions say nothing: such a card is
known again by its trace, which the ledger keeps beside its guid. What is surest is tried first: nothing changed, the
answer was edited, the file was renamed, the question was reworded. Each card and each entry is used once, and
whatever could be either of two is taken for new: a learner who meets a question anew loses less than one who is
promised that he knows what he never saw.

All but one of the passes are look-ups. Only what they leave of a file is compared one by one.
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

# Of sketches, shares of bins: 5 of 16 is more than 94 of 100 pairs of cards of one file have in common, and what three
# of four answers keep when half of their words are others. The standard error is a tenth.
ALIKE, SAME, AHEAD = 0.3, 0.5, 0.25
# Of a question with its answer: a like question and a like answer together, see `_nearness`.
NEAR, NEAR_AHEAD, NEAR_QUESTION = 0.9, 0.25, 0.2
# So many pairs of one file are compared, which takes an eighth of a second.
MOST_PAIRS = 200 * 200
MOST_NAMED = 3

Key = Callable[[Trace], Hashable]
Score = tuple[float, int, str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The guid of each card, in their order, and what a person is told.

    `reworded` pairs the old question with the new; `ambiguous` names a card that is taken for new with the old ones
    that it could be; in the files of `crowded` too much changed to look for reworded questions.
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
    """The guids of new cards: for each question the first ones that are free."""
    numbers: Counter[Hashable] = Counter()
    for at, card in cards.items():
        guid = ""
        while not guid or guid in taken:
            guid = ids.first_guid(track, card.name, card.asked, numbers[_asked_here(card)], card.cloze)
            numbers[_asked_here(card)] += 1
        yield at, guid


def _settled(track: str, cards: Mapping[int, Trace], given: Mapping[int, str]) -> dict[int, str]:
    """The guids, those of cards with equal traces in the order in which the next build will find these again."""
    settled = dict(given)
    equal: dict[Hashable, list[int]] = {}
    for at in sorted(given):
        equal.setdefault(_all(cards[at]), []).append(at)
    for ats in equal.values():
        if len(ats) > 1:
            settled.update(zip(ats, _in_order(track, cards[ats[0]], [given[at] for at in ats]), strict=True))
    return settled


def _in_order(track: str, asked: Trace, guids: Collection[str]) -> list[str]:
    """Guids of equal questions as these stood in the file of `asked` when they were new, then those of another past."""
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
    """The passes, the surest first. What was retired comes back only where its question does."""
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
    """What the passes find. Each takes from `cards`, by their place, and from its pool of entries, by their guid."""

    track: str
    all_cards: Mapping[int, Trace]
    all_live: Mapping[str, Trace]
    cards: dict[int, Trace]
    given: dict[int, str] = field(default_factory=dict)
    doubts: dict[int, tuple[Mapping[str, Trace], Sequence[str]]] = field(default_factory=dict)
    crowded: list[str] = field(default_factory=list)

    def unchanged(self, pool: dict[str, Trace]) -> None:
        """In the same file, the same question and answer: equal cards in their order."""
        for ats, guids in self._groups(pool, _all):
            self._take(pool, zip(ats, _in_order(self.track, self.cards[ats[0]], guids), strict=False))

    def edited(self, pool: dict[str, Trace]) -> None:
        """In the same file, the same question: equal ones are told apart by their answers, else by their order."""
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
        """In another file, the same question and answer: the only ones, or all of one file in one other."""
        for ats, guids in self._groups(pool, _asked_and_answered):
            files = {self.cards[at].name for at in ats}, {pool[guid].name for guid in guids}
            if len(ats) == len(guids) and all(len(names) == 1 for names in files):
                self._take(pool, zip(ats, _in_order(self.track, pool[guids[0]], guids), strict=True))
            else:
                self._doubt(pool, ats, guids)

    def moved_and_edited(self, pool: dict[str, Trace]) -> None:
        """In another file, the same question: the only ones left, and alike in the answer or the only ones at all."""
        only = self._only(pool, _asked)
        alone = self._alone(_asked) if only else None
        for at, guid in only:
            if (alone and alone(at)) or likeness(self.cards[at], pool[guid]) >= ALIKE:
                self._take(pool, [(at, guid)])

    def renamed(self) -> dict[str, str]:
        """Files that are gone, with the one to which most went of what was found again."""
        here = {card.name for card in self.all_cards.values()}
        went: dict[str, Counter[str]] = {}
        for at, guid in self.given.items():
            if guid in self.all_live and self.all_live[guid].name not in here:
                went.setdefault(self.all_live[guid].name, Counter())[self.all_cards[at].name] += 1
        most = {old: (*names.most_common(1)[0], names.total()) for old, names in went.items()}
        return {old: new for old, (new, count, total) in most.items() if 2 * count > total}

    def reworded(self, pool: dict[str, Trace], renamed: Mapping[str, str]) -> None:
        """In the same file, the same answer: one that says enough and is no other's there."""

        def key(trace: Trace) -> Hashable:
            return renamed.get(trace.name, trace.name), trace.answer, trace.cloze

        self._by_answer(pool, key)

    def moved_and_reworded(self, pool: dict[str, Trace]) -> None:
        """In another file, the same answer: one that says enough and is no other's in the whole track."""
        self._by_answer(pool, _answered)

    def _by_answer(self, pool: dict[str, Trace], key: Key) -> None:
        only = self._only(pool, key, tells)
        alone = self._alone(key) if only else None
        for at, guid in only:
            # An answer says less where what is shown with the question is another.
            if alone and alone(at) and likeness(self.cards[at], pool[guid]) >= SAME:
                self._take(pool, [(at, guid)])

    def near(self, pool: dict[str, Trace], renamed: Mapping[str, str]) -> None:
        """In the same file, a like question with a like answer, where no other is nearly as like."""

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
        """Cards that are taken for new, each with what it could be and nothing else became."""
        for at, (pool, guids) in sorted(self.doubts.items(), key=lambda doubt: doubt[0]):
            if at in self.cards:
                left = (pool[guid].shown for guid in guids if guid in pool)
                names = tuple(dict.fromkeys(islice(left, MOST_NAMED)))
                if names:
                    yield self.cards[at].shown, names

    def _groups(
        self, pool: Mapping[str, Trace], key: Key, fit: Callable[[Trace], bool] | None = None
    ) -> list[tuple[list[int], list[str]]]:
        """What is left on both sides with the same key, each side in its order."""
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
        """What is left on both sides and is the only one with its key; the others are in doubt."""
        only = []
        for ats, guids in self._groups(pool, key, fit):
            if len(ats) == len(guids) == 1:
                only.append((ats[0], guids[0]))
            else:
                self._doubt(pool, ats, guids)
        return only

    def _alone(self, key: Key) -> Callable[[int], bool]:
        """Whether of all cards and of all entries, matched or not, no other has the key of the card at a place."""
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
        """Each card against each entry, but for pairs that have nothing in common."""
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
    """What each run of a question says, for each of the files that are wanted: the more of them have it, the less.

    What all have, such as "What is the difference between", tells none of them. Whole numbers add up to the same in
    any order.
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
    """How like two cards are in question and answer, from 0 to 2; 0 where either is not.

    The shorter the answer, the more alike must the questions be.
    """
    answer = likeness(card, entry)
    if answer < ALIKE:
        return 0.0
    one, other = runs_of(card.question), runs_of(entry.question)
    # Of "What does this print?" above other code only the code tells.
    question = answer
    if one != other:
        question = sum(map(weights.__getitem__, one & other)) / sum(map(weights.__getitem__, one | other))
    # The question of a cloze is but its heading.
    return question + trust(card, entry) * answer if question >= NEAR_QUESTION or card.cloze else 0.0


def _sure(scores: Sequence[Score], least: float, ahead: float) -> tuple[list[tuple[int, str]], list[Score]]:
    """Pairs of card and entry that are at `least` so near, and `ahead` of any other of either; and what is left.

    What is sure is taken out and the rest looked at again, until nothing is.
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

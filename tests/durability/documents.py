"""Made-up interviews, each with a word of its own that finds it."""

import dataclasses
import functools
import hashlib
import itertools

WORDS = (
    "harbor tower river market winter school engine paper garden window doctor letter summer bridge coffee valley "
    "radio kitchen island season teacher factory village morning evening question answer people water stone road "
    "police record train money summer street family country city power light weather machine story number month"
).split()
FUNCTION_WORDS = "the and of to in that was for on with they but at from were when there which because about".split()


@dataclasses.dataclass(frozen=True)
class Interview:
    """What was sent: a text, and the word that stands in one of its answers and nowhere else."""

    text: str
    word: str

    @functools.cached_property
    def digest(self):
        return hashlib.sha256(self.text.encode()).hexdigest()


class Source:
    """Makes interviews: the same ones from the same seed, and no word twice."""

    def __init__(self, chance, name):
        self.chance, self.name, self.numbers = chance, name, itertools.count()

    def next(self, exchanges=None):
        word = f"quokka{self.name}{next(self.numbers)}"
        exchanges = exchanges or self.chance.randint(2, 5)
        marked = self.chance.randrange(exchanges)
        pieces = []
        for number in range(exchanges):
            question, answer = self.sentence(8), [self.sentence(14) for _ in range(self.chance.randint(2, 5))]
            if number == marked:
                answer.insert(self.chance.randint(0, len(answer)), f"It was called {word} by everyone")
            pieces.append(f"Ann Weaver: {question}?\n\nBo Castle: {'. '.join(answer)}.\n\n")
        return Interview("".join(pieces), word)

    def sentence(self, length):
        pick = self.chance.choice
        return " ".join(pick(WORDS if self.chance.random() < 0.5 else FUNCTION_WORDS) for _ in range(length)).capitalize()

"""Questions about someone and turns of a talk, made from the corpus.

They have the form that a memory meets, and the teacher's vectors show how much a name, a question
word or a second sentence matters beside the content.
"""

import random
import re

NAMES = """
    Aaron Abigail Adam Adrian Ahmed Aisha Alan Alex Alice Amanda Amy Ana Andrea Andrew Angela Anna
    Anthony Arjun Ashley Barbara Ben Beth Brandon Brian Camila Carl Carla Carlos Caroline Chen
    Chloe Chris Claire Daniel David Deborah Dev Diana Diego Dmitri Elena Eli Elizabeth Emily Emma
    Eric Erin Ethan Eva Fatima Felix Fiona Frank Gabriel George Grace Greg Hannah Harry Hassan
    Helen Henry Hiro Ian Ibrahim Irene Isaac Isabel Ivan Jack Jacob James Jamie Jane Jason Jean
    Jenny Jess Jill Joanna Joe John Jon Jordan Jose Josh Juan Julia Justin Karen Kate Ken Kevin
    Kim Kyle Laura Leah Lee Leo Lily Linda Lisa Louis Lucas Lucy Luis Luke Maria Mark Marta Martin
    Mary Matt Maya Megan Mei Mia Michael Mike Mina Mohammed Nadia Natalie Nate Nick Nina Noah Nora
    Oliver Olivia Omar Oscar Pablo Patrick Paul Peter Priya Rachel Ravi Rebecca Rita Robert Rosa
    Ruth Ryan Sam Samantha Sara Sean Sofia Sonia Stella Steve Susan Tanya Thomas Tim Tina Tom Tony
    Victor Wei William Yuki Yusuf Zoe User Assistant Me
""".split()

QUESTIONS = (
    "What did {n} say about {p}?", "When did {n} {p}?", "Where did {n} {p}?", "Why did {n} {p}?",
    "Who told {n} about {p}?", "How does {n} feel about {p}?", "What does {n} think of {p}?",
    "Does {n} like {p}?", "What kind of {p} does {n} have?", "How many times did {n} {p}?",
    "Which {p} did {n} mention?", "What is {n}'s {p}?", "How long has {n} been {p}?",
    "What happened to {n} after {p}?", "Would {n} enjoy {p}?", "When is {n} going to {p}?",
    "What was {n}'s reaction to {p}?", "What are {n}'s plans for {p}?", "Has {n} ever {p}?",
    "What do {n} and {m} have in common about {p}?", "What did I tell you about {p}?",
    "Do you remember {p}?", "What is my {p}?", "Where do I {p}?", "How do I {p}?",
)


def span(sentence: str, generator: random.Random) -> str:
    """Two to six neighbouring words of a sentence."""
    found = re.findall(r"[A-Za-z][A-Za-z'-]*", sentence.split(": ", 1)[-1])
    size = generator.randint(2, 6)
    start = generator.randint(0, max(0, len(found) - size))
    return " ".join(found[start:start + size]).lower()


def questions(sentences: list[str], count: int, generator: random.Random) -> list[str]:
    made = []
    for _ in range(count):
        name, other = generator.sample(NAMES, 2)
        phrase = span(generator.choice(sentences), generator)
        made.append(generator.choice(QUESTIONS).format(n=name, m=other, p=phrase))
    return made


def turns(sentences: list[str], count: int, generator: random.Random) -> list[str]:
    """One to three sentences said by someone. The sentences need not belong together."""
    made = []
    for _ in range(count):
        said = [generator.choice(sentences).strip('"') for _ in range(generator.randint(1, 3))]
        made.append(f"{generator.choice(NAMES)}: {' '.join(said)}")
    return made

"""Attacks on the intake: folders with files that no honest submission has."""

from autograder.tests.hostile.corpus import Attack
from autograder.tests.hostile.intake import encodings, hooks, links, names, notebooks, sizes

INTAKE: list[Attack] = [
    *links.FOUND,
    *encodings.FOUND,
    *sizes.FOUND,
    *names.FOUND,
    *notebooks.FOUND,
    *hooks.FOUND,
]

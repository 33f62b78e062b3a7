"""Draws every page of the site for every role, for comparing what two states of the code answer.

    python -m tests.pages FOLDER [PAGES]

writes one file for each page and role: a seeded world, a stopped clock, the same bytes in every
run. `diff -r` of two folders shows every difference that a change makes for a reader. PAGES picks
some by name, such as "day-*" or "*desk*".
"""

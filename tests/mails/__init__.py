"""Every mail as a file, to look at it: one HTML and one text a kind and language.

    python -m tests.mails FOLDER

The folder also gets index.html, which shows all of them, and what each SMS says.
"""

"""Every route x everyone x GET and POST: what each of them gets, and that nothing is written
where nothing may be.

A route that is not in the table (routes/) fails the build, and so does one that is gone.
Strangers' objects are 404, never 403: that they exist is not said.
"""

"""A made-up country: synthetic people, what is paid for them, and the files that say so."""

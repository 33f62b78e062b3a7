"""Django's database backends, and what a request must know about its transactions."""

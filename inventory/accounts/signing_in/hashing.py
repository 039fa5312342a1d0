"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB and one thread (OWASP's Password Storage Cheat Sheet asks for that, once over).

    Django's own 100 MiB in eight threads would take 800 MiB when eight people log in at half past eight.
    """

    time_cost = 2
    memory_cost = 47_104
    parallelism = 1

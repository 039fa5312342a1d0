from django.urls import register_converter

from inventory import registers
from inventory.registers import Register


class RegisterConverter:
    """A register's slug in a URL; an unknown one is a 404."""

    regex = "[a-z][a-z-]*"

    def to_python(self, value: str) -> Register:
        try:
            return registers.get(value)
        except KeyError as error:
            raise ValueError(value) from error

    def to_url(self, value: Register | str) -> str:
        return self.to_python(value.slug if isinstance(value, Register) else value).slug


# Here, so that every urls.py that imports this module may write <register:register>.
register_converter(RegisterConverter, "register")

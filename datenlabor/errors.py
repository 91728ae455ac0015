"""The one exception that reaches the user as a plain message."""


class DatenlaborError(Exception):
    """Something the user can act on.

    The message names what is wrong (file, line, value, rule) and, as ``hint``, what to do next.
    The command line prints both without a traceback and ends with exit code 1.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

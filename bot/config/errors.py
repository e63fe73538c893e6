"""What a start ends with when it cannot be configured."""


class BadSetting(Exception):  # noqa: N818 - the sentence is the error
    """A variable of the environment cannot be used; the text names it and says why.

    One line for each fault. It leads to exit code 2.
    """

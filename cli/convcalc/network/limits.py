"""How far a specification may expand."""

MAX_STEPS = 1_000_000
MAX_CALLS = 64  # block calls within each other
MAX_PATH = 1024  # characters


class Steps:
    """The expansion steps that the networks of one file have taken together."""

    def __init__(self) -> None:
        self.taken = 0

    def allow(self, more: int) -> bool:
        return self.taken + more <= MAX_STEPS

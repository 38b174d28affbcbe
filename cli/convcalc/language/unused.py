"""What a specification declares and nothing uses: parameters, blocks and arguments."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from .bodies import Again, Block, Body, Call, Choice, From, Repeat, Words, parts_of
from .specification import Specification


def unused(specifications: Sequence[Specification]) -> list[str]:
    """What no variant of a file uses. Inside a block an argument hides a parameter of the same name."""
    found = [dict.fromkeys(_unused(one)) for one in specifications]
    return [what for what in found[0] if all(what in one for one in found[1:])]


def _unused(specification: Specification) -> Iterator[str]:
    if not specification.parameters and not specification.calls.blocks:
        return
    uses = _Uses(specification)
    for name in specification.parameters:
        if name not in uses.parameters:
            yield f'the parameter "{name}"'
    for name, block in specification.calls.blocks.items():
        if name not in uses.blocks:
            yield f'the block "{name}"'
        for argument in block.signature.arguments:
            if argument not in uses.in_blocks[name] and not block.is_broken:
                yield f'the argument "{argument}" of "{name}"'


class _Uses:
    """The names that stand behind a `$`, and the blocks that are called."""

    def __init__(self, specification: Specification) -> None:
        self.known = specification.calls.blocks
        self.parameters = {name for size in specification.input or () for name in size.template.names}
        self.blocks: set[str] = set()
        self.in_blocks = {name: self._names_in(block) for name, block in self.known.items()}
        names, waiting = _uses_of(specification.body, self.known)
        self.parameters |= names
        while waiting:
            name = waiting.pop()
            if name not in self.blocks:
                self.blocks.add(name)
                block = self.known[name]
                self.parameters |= self.in_blocks[name] - set(block.signature.arguments)
                waiting |= _uses_of(block.body, self.known)[1]

    def _names_in(self, block: Block) -> set[str]:
        of_defaults = (name for given in block.defaults.values() for name in given.value.names)
        return {*of_defaults, *_uses_of(block.body, self.known)[0]}


def _uses_of(body: Body, blocks: Mapping[str, Block]) -> tuple[set[str], set[str]]:
    """The names and blocks that a body itself uses. A head with a `$` may call any block."""
    names, called = set[str](), set[str]()
    waiting: list[Body] = [body]
    while waiting:
        one = waiting.pop()
        waiting += parts_of(one)
        match one:
            case (
                Repeat(count=given) | Choice(condition=given) | From(source=given) | Again(source=given)
            ):
                names.update(given.value.names)
            case Call(words=words):
                names.update(words.uses)
                called.update(name for name in _called(words, blocks) if name in blocks)
    return names, called


def _called(words: Words, blocks: Iterable[str]) -> Iterable[str]:
    return blocks if words.head.constant is None else (words.head.constant,)

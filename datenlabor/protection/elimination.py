"""Sparse linear algebra with exact numbers: whole numbers modulo a prime.

Sums of cells have coefficients of plus and minus one. Fractions would be exact as well, but take
ten times as long; floating point would have to guess which small number is a zero. Modulo a prime
a wrong zero, or a missing one, needs a subdeterminant of the equations that the prime divides.
Those of tables are small numbers, and the audit does not rely on it.
"""

from collections.abc import Iterable, Mapping, Sequence

PRIME = 2**61 - 1

Vector = dict[int, int]
"""Non-zero entries by coordinate, from 1 to PRIME - 1."""


def modular(row: Mapping[int, int]) -> Vector:
    """Return a row of whole numbers modulo the prime."""
    return {place: factor % PRIME for place, factor in row.items() if factor % PRIME}


def add(vector: Vector, factor: int, other: Mapping[int, int]) -> None:
    """Add a multiple of another vector, in place."""
    for place, entry in other.items():
        total = (vector.get(place, 0) + factor * entry) % PRIME
        if total:
            vector[place] = total
        else:
            del vector[place]


def combined(terms: Iterable[tuple[int, Mapping[int, int]]]) -> Vector:
    """Return the weighted sum of vectors."""
    result: Vector = {}
    for factor, vector in terms:
        add(result, factor, vector)
    return result


def ratio(numerator: int, denominator: int) -> int:
    """Return the quotient modulo the prime; the denominator is not zero."""
    if denominator == 1:
        return numerator
    return numerator * pow(denominator, -1, PRIME) % PRIME


def parallel(one: Vector, other: Vector) -> bool:
    """Return whether one vector is a multiple of the other; neither is zero."""
    if one.keys() != other.keys():
        return False
    place = next(iter(one))
    factor = ratio(one[place], other[place])
    return all(entry == factor * other[place] % PRIME for place, entry in one.items())


def solved_for_last(rows: Iterable[Mapping[int, int]], order: Sequence[int]) -> dict[int, Vector]:
    """Solve equations for those cells that come last in the order.

    Returns for each of them the cells before it of which it is a weighted sum. Cells that are not
    in the result are independent of all before them. ``order`` has every cell of the rows once.
    """
    vectors = [modular(row) for row in rows]
    users: dict[int, set[int]] = {cell: set() for cell in order}
    for number, vector in enumerate(vectors):
        for cell in vector:
            users[cell].add(number)
    solved: dict[int, Vector] = {}
    for cell in reversed(order):
        numbers = users.pop(cell)
        if not numbers:
            continue
        # The shortest equation makes the others grow least.
        pivot = min(numbers, key=lambda number: (len(vectors[number]), number))
        for place in vectors[pivot]:
            if place != cell:
                users[place].discard(pivot)
        entry = vectors[pivot].pop(cell)
        factor = ratio(PRIME - 1, entry)
        solved[cell] = {place: factor * other % PRIME for place, other in vectors[pivot].items()}
        for number in sorted(numbers - {pivot}):
            _substitute(vectors[number], cell, solved[cell], users, number)
    return solved


def _substitute(
    vector: Vector, cell: int, replacement: Vector, users: dict[int, set[int]], number: int
) -> None:
    """Replace a cell in a vector by what it is made of, and keep the index of users right."""
    factor = vector.pop(cell)
    add(vector, factor, replacement)
    for place in replacement:
        if place in vector:
            users[place].add(number)
        else:
            users[place].discard(number)


class Space:
    """Vectors of what is hidden, modulo all that is published.

    A zero vector means: it can be worked out. Keys are numbers of cells or of combinations.
    """

    def __init__(self) -> None:
        """Begin with nothing hidden."""
        self.vectors: dict[int, Vector] = {}
        self._users: dict[int, set[int]] = {}

    def hide(self, key: int, vector: Vector) -> None:
        """Take up something hidden."""
        self.vectors[key] = vector
        for place in vector:
            self._users.setdefault(place, set()).add(key)

    def parallels(self, vector: Vector) -> set[int]:
        """Return the keys whose vector is a multiple of this one (not zero)."""
        rarest = min(vector, key=lambda place: (len(self._users.get(place, ())), place))
        return {
            key
            for key in self._users.get(rarest, ())
            if len(self.vectors[key]) == len(vector) and parallel(self.vectors[key], vector)
        }

    def touched(self, places: Iterable[int]) -> set[int]:
        """Return the keys whose vectors have an entry at one of these places."""
        return set[int]().union(*(self._users.get(place, ()) for place in places))

    def publish(self, vector: Vector) -> None:
        """Make a combination known: whatever contains it becomes shorter by one unknown."""
        pivot = min(vector, key=lambda place: (len(self._users.get(place, ())), place))
        rest = dict(vector)
        factor = ratio(PRIME - 1, rest.pop(pivot))
        replacement = {place: factor * entry % PRIME for place, entry in rest.items()}
        for key in sorted(self._users.pop(pivot, ())):
            _substitute(self.vectors[key], pivot, replacement, self._users, key)

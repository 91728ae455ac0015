"""Counts in a base: drawn around what districts are like, fitted to what is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from datenlabor.demo.anchors import Known
from datenlabor.demo.fitting import fit
from datenlabor.demo.rounding import Whole, round_to_sum, round_within
from datenlabor.demo.town import Array, Town
from datenlabor.errors import DatenlaborError

# Shares beyond e^±40 do not occur; 80 halvings bring the interval below what a float can tell.
_BOUND = 40.0
_HALVINGS = 80
_ROUNDS = 6


@dataclass(frozen=True)
class Subject:
    """How a count depends on time and on what a district is like."""

    measure_code: str
    level: tuple[float, ...]
    """About which share of (or rate per unit of) its base the city has, one per year."""
    loadings: Mapping[str, float]
    """Change of log odds (of logs, if a rate) per standard deviation of a driver, by its name."""
    noise: float = 0.1
    """Standard deviation of what no driver explains, in log odds or logs."""
    persistence: float = 0.9
    """Correlation of the noise with that of the year before."""
    is_share: bool = True
    """Whether the base is an upper limit."""
    is_modelled: bool = False
    """Whether figures are estimates, which have no sampling error."""
    shocks: Mapping[int, float] = field(default_factory=dict)
    """What years add to the level, in log odds or logs."""
    tilt: float = 0
    """What the town adds to the level, in log odds or logs."""

    def in_town(self, town: Town) -> "Subject":
        """Return the subject with the level of a town."""
        return replace(self, tilt=town.tilt(self.loadings))


def persistent(chance: np.random.Generator, shape: tuple[int, int], persistence: float) -> Array:
    """Return areas by years of standard normal noise that resembles that of the year before."""
    noise = chance.standard_normal(shape)
    for year in range(1, shape[1]):
        fresh = np.sqrt(1 - persistence**2) * noise[:, year]
        noise[:, year] = persistence * noise[:, year - 1] + fresh
    return noise


def draw(
    subject: Subject,
    base: Array,
    known: Known,
    drivers: Mapping[str, Array],
    chance: np.random.Generator,
) -> Whole:
    """Return whole counts, districts by years, that meet what is known of city and districts.

    ``base`` is districts by years; ``drivers`` are districts by years or districts by 1 and cover
    the loadings. Counts spread around what is expected as those of a binomial do (of a Poisson, if
    a rate). Sums over districts equal the city's share of the base, rounded; known districts differ
    by rounding only.

    Raises:
        DatenlaborError: more is to be counted than there is.

    """
    signal = subject.noise * persistent(chance, (base.shape[0], base.shape[1]), subject.persistence)
    for name, loading in subject.loadings.items():
        signal = signal + loading * drivers[name]
    totals = np.rint(_city_shares(subject, known, chance) * base.sum(axis=0))
    # A correction moves what is left for the others, which moves corrections of other years.
    for _ in range(_ROUNDS):
        signal = signal + _corrections(signal, base, totals, known.districts, subject)
    shares = _inverse(signal + _shifts(signal, base, totals, subject), subject)
    drawn = base * shares
    is_known = ~np.isnan(known.districts)
    if not subject.is_modelled:
        # The error of a stock lasts, because the same people are counted again.
        spread = np.sqrt(drawn * (1 - shares if subject.is_share else 1))
        error = spread * persistent(chance, (base.shape[0], base.shape[1]), subject.persistence)
        drawn = drawn + np.where(is_known, 0, error)
    limits = base if subject.is_share else np.full(base.shape, np.inf)
    return _fitted(np.clip(drawn, 0, limits), limits, totals, is_known)


def fit_whole(start: Array, row_totals: Whole, column_totals: Whole) -> Whole:
    """Return a table of whole numbers that keeps the structure of ``start`` and has these margins.

    Raises:
        DatenlaborError: the margins contradict each other or the zeros of ``start``.

    """
    rows, columns = np.asarray(row_totals, np.float64), np.asarray(column_totals, np.float64)
    return round_within(fit(start, {(0,): rows, (1,): columns}), row_totals, column_totals)


def allocate(shares: Array, total: int, limits: Array) -> Whole:
    """Return whole numbers in proportion to ``shares`` that add up to ``total``.

    None exceeds its limit, which may be infinite; what is cut off goes to the others.

    Raises:
        DatenlaborError: the limits add up to less than the total.

    """
    if total > limits.sum():
        raise DatenlaborError(
            f"{total} cannot be spread over areas that hold {limits.sum():.0f}.",
            hint="Check level and base of the measure.",
        )
    result = np.zeros(shares.shape, np.int64)
    is_free = np.ones(shares.shape, np.bool_)
    while True:
        result[is_free] = round_to_sum(shares[is_free], total - int(limits[~is_free].sum()))
        is_over = result > limits
        if not is_over.any():
            return result
        result[is_over] = limits[is_over]
        is_free &= ~is_over


def _link(shares: Array, subject: Subject) -> Array:
    result: Array = np.log(shares / (1 - shares)) if subject.is_share else np.log(shares)
    return result


def _inverse(values: Array, subject: Subject) -> Array:
    result: Array = 1 / (1 + np.exp(-values)) if subject.is_share else np.exp(values)
    return result


def _city_shares(subject: Subject, known: Known, chance: np.random.Generator) -> Array:
    """Return the share of the city in each year: the level, bent to pass what is known."""
    years = np.arange(len(subject.level))
    path = _link(np.array(subject.level), subject)
    # The city is steadier than its districts.
    path = path + 0.2 * subject.noise * persistent(chance, (1, len(years)), subject.persistence)[0]
    path = path + subject.tilt
    path = path + [subject.shocks.get(int(year), 0.0) for year in years]
    is_known = ~np.isnan(known.city)
    if is_known.any():
        missed = _link(known.city[is_known], subject) - path[is_known]
        path = path + np.interp(years, years[is_known], missed)
    return np.asarray(_inverse(path, subject))


def _corrections(
    signal: Array, base: Array, totals: Array, known: Array, subject: Subject
) -> Array:
    """Return what known districts need beside their signal; between known years, interpolated."""
    is_known = ~np.isnan(known)
    result = np.zeros(signal.shape)
    if not is_known.any():
        return result
    counted = np.where(is_known, known * base, 0)
    others = np.where(is_known, 0, base)
    shifts = _shifts(signal, others, totals - counted.sum(axis=0), subject)
    years = np.arange(signal.shape[1])
    for row in np.flatnonzero(is_known.any(axis=1)):
        at = is_known[row]
        missed = _link(known[row, at], subject) - shifts[at] - signal[row, at]
        result[row] = np.interp(years, years[at], missed)
    return result


def _shifts(signal: Array, base: Array, totals: Array, subject: Subject) -> Array:
    """Return by how much the signal must be raised in each year so that counts meet the totals."""
    low, high = np.full(len(totals), -_BOUND), np.full(len(totals), _BOUND)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_short = (base * _inverse(signal + middle, subject)).sum(axis=0) < totals
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    return np.asarray((low + high) / 2)


def _fitted(drawn: Array, limits: Array, totals: Array, is_known: NDArray[np.bool_]) -> Whole:
    """Return whole numbers, districts by years, with these totals; known ones are only rounded."""
    result = np.rint(drawn).astype(np.int64)
    for year, total in enumerate(totals):
        others = ~is_known[:, year]
        left = int(total) - int(result[~others, year].sum())
        result[others, year] = allocate(drawn[others, year], left, limits[others, year])
    return result

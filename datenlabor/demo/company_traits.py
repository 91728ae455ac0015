"""What a company is by nature: its key, legal form, group, and whom it sells to."""

import numpy as np
from numpy.typing import NDArray

from datenlabor.demo.company_lives import Lives
from datenlabor.demo.industries import divisions
from datenlabor.demo.town import Array, Town

Whole = NDArray[np.int64]
Texts = NDArray[np.str_]

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_SIGNS = "0123456789" + _LETTERS
_TAIL = 4

LEGAL_FORMS = ("sole", "gbr", "ohg", "kg", "gmbh_co_kg", "gmbh", "ug", "ag", "eg")
# Shares by the largest number of employees a company ever has: 0, up to 9, up to 49, more.
_SHARES: Array = np.array(
    [
        [0.72, 0.08, 0.01, 0.01, 0.02, 0.12, 0.04, 0.00, 0.00],
        [0.48, 0.06, 0.02, 0.01, 0.06, 0.32, 0.04, 0.005, 0.005],
        [0.09, 0.01, 0.02, 0.02, 0.21, 0.62, 0.00, 0.02, 0.01],
        [0.00, 0.00, 0.00, 0.02, 0.30, 0.57, 0.00, 0.10, 0.01],
    ]
)
_LIMITS = (1, 10, 50)
_UG_SINCE = np.datetime64("2008-11-01", "D")
"""Since then there has been the Unternehmergesellschaft."""

_IN_GROUPS = 0.064
_GROUP_SIZES = (2, 3, 4, 5, 6, 7, 8)
_GROUP_WEIGHTS = (0.44, 0.24, 0.13, 0.08, 0.05, 0.04, 0.02)


def codes(town: Town, count: int) -> Texts:
    """Return different keys without meaning, such as ``K7Q2M``.

    Without vowels they are never words, and with a letter in front never numbers.
    """
    chance = town.chance("company codes")
    numbers = chance.choice(len(_LETTERS) * len(_SIGNS) ** _TAIL, count, replace=False)
    return np.array([_written(int(number)) for number in numbers])


def _written(number: int) -> str:
    signs = ""
    for _ in range(_TAIL):
        number, place = divmod(number, len(_SIGNS))
        signs += _SIGNS[place]
    return _LETTERS[number] + signs


def legal_forms(town: Town, lives: Lives, employees: Whole) -> Texts:
    """Return one of ``LEGAL_FORMS`` per company, by the most employees it ever has."""
    shares = _SHARES[np.searchsorted(_LIMITS, employees.max(axis=1), side="right")]
    drawn = town.chance("legal forms").random(len(lives))[:, np.newaxis]
    places = (shares.cumsum(axis=1)[:, :-1] < drawn).sum(axis=1)
    forms = np.array(LEGAL_FORMS)[places]
    return np.where((forms == "ug") & (lives.founded_on < _UG_SINCE), "gmbh", forms)


def groups(town: Town, lives: Lives, forms: Texts) -> NDArray[np.object_]:
    """Return the code of its enterprise group, or None. Large ones are in groups more often.

    Members are neighbours in the order of entry, so that most exist at the same time.
    """
    chance = town.chance("enterprise groups")
    keys = 0.5 * lives.size - 3 * np.isin(forms, ("sole", "gbr")) + chance.gumbel(size=len(lives))
    members = np.sort(np.argsort(-keys, kind="stable")[: round(_IN_GROUPS * len(lives))])
    # Counts of members one after the other until all are in a group.
    sizes = chance.choice(_GROUP_SIZES, len(members), p=_GROUP_WEIGHTS)
    number = np.searchsorted(sizes.cumsum(), np.arange(len(members)), side="right")
    members, number = _without_a_single_last(members, number)
    result = np.full(len(lives), None, np.object_)
    result[members] = [f"G{place + 1:03d}" for place in number]
    return result


def _without_a_single_last(members: Whole, number: Whole) -> tuple[Whole, Whole]:
    is_alone = len(number) > 1 and number[-1] != number[-2]
    return (members[:-1], number[:-1]) if is_alone else (members, number)


def is_b2b(town: Town, lives: Lives) -> NDArray[np.bool_]:
    """Return which companies sell mainly to other companies."""
    shares = divisions()["business_share"].to_numpy(np.float64)[lives.division]
    mostly: NDArray[np.bool_] = town.chance("business customers").random(len(lives)) < shares
    return mostly

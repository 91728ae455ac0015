-- Guards that location quotient, its interval and growth give the results printed in
-- the literature: a textbook, Freiburg in 2014 (section J) against Germany, and 3 of 40
-- companies against 300 of 24,000.
with quotients as (
    select printed.* from (
        values
        (1714, 79006, 879213, 15593224, 0.3847623, 7, null, null, 0),
        (4798, 114429, 925648, 29924479, 1.355517, 6, 1.3184, 1.3937, 4),
        (3, 40, 300, 24000, 6.0, 6, 2.0, 17.9, 1),
        (40, 40, 24000, 24000, 1.0, 6, 1.0, 1.0, 6)
    ) as printed (
        part, area, industry, total, quotient, digits, low, high, bound_digits
    )
),

growths as (
    select printed.* from (
        values
        (110, 100, 1, 0.1),
        (1331, 1000, 3, 0.1),
        (0, 8, 10, -1.0),
        (5, 0, 1, null)
    ) as printed (present, former, years, growth)
),

computed as (
    select
        *,
        {{ location_quotient("part", "area", "industry", "total") }} as found
    from quotients
),

bounded as (
    select
        *,
        {{ location_quotient_bound(
            "found", "part", "area", "industry", "total", sign=-1
        ) }} as found_low,
        {{ location_quotient_bound(
            "found", "part", "area", "industry", "total", sign=1
        ) }} as found_high
    from computed
),

grown as (
    select
        *,
        {{ growth_per_year("present", "former", "years") }} as found
    from growths
)

select
    quotient as expected,
    found,
    found_low,
    found_high
from bounded
where
    coalesce(abs(round(found, digits) - quotient) > 1e-9, true)
    or abs(round(found_low, bound_digits) - low) > 1e-9
    or abs(round(found_high, bound_digits) - high) > 1e-9
union all
select
    growth as expected,
    found,
    null as found_low,
    null as found_high
from grown
where round(found, 9) is distinct from growth

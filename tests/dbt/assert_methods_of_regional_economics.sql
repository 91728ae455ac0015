-- Guards that location quotient, its interval and growth give the results printed in
-- the literature: a textbook, 3 of 40 companies against 300 of 24,000, and the nine
-- industries of Freiburg in 2008 and 2014 against Germany (data set of the R package
-- REAT, Wieland), of which the quotients, shift-share, specialisation and concentration
-- are printed; and that an insolvency rate is cases per 10,000 companies.
with freiburg as (
    select printed.* from (
        values
        (13004, 12121, 7073942, 7155807, 0.442966, null, null),
        (2931, 3154, 1572378, 1696961, 0.486049, null, null),
        (22492, 25484, 6248666, 6674652, 0.998457, null, null),
        (4503, 4798, 841848, 925648, 1.355517, 1.3184, 1.3937),
        (3361, 3372, 990439, 996498, 0.884915, null, null),
        (890, 1059, 220171, 232167, 1.192850, null, null),
        (12448, 14837, 3296029, 3992230, 0.971899, null, null),
        (34358, 42931, 5905168, 7127512, 1.575156, null, null),
        (6069, 6673, 1084708, 1123004, 1.553926, null, null)
    ) as printed (
        former, present, whole_former, whole_present, quotient, low, high
    )
),

totals as (
    select
        *,
        sum(former) over () as area_former,
        sum(present) over () as area_present,
        sum(whole_former) over () as all_former,
        sum(whole_present) over () as all_present,
        count(*) over () as industry_count
    from freiburg
),

grown_industries as (
    select
        *,
        present / former - 1 as area_growth,
        whole_present / whole_former - 1 as industry_growth,
        all_present / all_former - 1 as whole_growth,
        present / area_present as area_share,
        whole_present / all_present as whole_share
    from totals
),

sums as (
    select
        {%- for part in ["whole", "mix", "regional"] %}
            sum({{ shift_share(
                part, "former", "area_growth", "industry_growth", "whole_growth"
            ) }}) as {{ part }}_effect,
        {%- endfor %}
        sum(abs(area_share - whole_share)) as krugman,
        sum(area_share * area_share) as herfindahl,
        max(industry_count) as industries,
        max(area_present) - max(area_former) as total_change
    from grown_industries
),

summaries as (
    select
        unnest([
            9887.2784, 2501.6119, 1984.1097, 0.340547, 0.225260, 0.128417, 0, 75
        ]) as expected,
        unnest([
            round(whole_effect, 4),
            round(mix_effect, 4),
            round(regional_effect, 4),
            round(krugman, 6),
            round(herfindahl, 6),
            round((herfindahl - 1.0 / industries) / (1 - 1.0 / industries), 6),
            round(whole_effect + mix_effect + regional_effect - total_change, 6),
            {{ insolvency_rate("3", "400") }}
        ]) as found
    from sums
),

quotients as (
    select
        present as part,
        area_present as area,
        whole_present as industry,
        all_present as total,
        quotient,
        6 as digits,
        low,
        high,
        4 as bound_digits
    from totals
    union all
    select printed.* from (
        values
        (1714, 79006, 879213, 15593224, 0.3847623, 7, null, null, 0),
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
union all
select
    expected,
    found,
    null as found_low,
    null as found_high
from summaries
where expected is distinct from found

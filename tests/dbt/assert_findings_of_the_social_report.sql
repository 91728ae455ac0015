-- Guards what the synthetic figures of a city were made to show, as the social report
-- found it: correlations over its areas, its shares of debtors against the country's.
-- Nothing is claimed of real figures: without synthetic ones there is nothing to find.
with districts as (
    select * from {{ ref("dim_district") }}
    where is_city
),

city_areas as (
    select
        area_key,
        'district' as area_level
    from districts
    union distinct
    select
        observation_area_key as area_key,
        'observation_area' as area_level
    from districts
    union distinct
    select
        municipality_key as area_key,
        'municipality' as area_level
    from districts
),

figures as (
    select
        area_key,
        time_key,
        indicator_code as subject,
        indicator_value as subject_value
    from {{ ref("fct_indicator_value") }}
    where provenance_code = 'synthetic'
    union all
    select
        area_key,
        time_key,
        'debtor_' || debtor_type_code as subject,
        person_share as subject_value
    from {{ ref("fct_debtor_type") }}
    where provenance_code = 'synthetic'
    union all
    select
        area_key,
        time_key,
        'relative_' || debtor_type_code as subject,
        person_share / country_share as subject_value
    from {{ ref("fct_debtor_type") }}
    where provenance_code = 'synthetic'
),

-- Correlation of two subjects over the areas of a level.
correlations (area_level, subject, other_subject, least, most) as (
    values
    ('district', 'digital_seniors', 'overindebted', -1.0, -0.5),
    ('district', 'digital_seniors', 'share_80plus', -0.4, 0.4),
    ('district', 'digital_seniors', 'mean_age', -0.4, 0.4),
    ('district', 'overindebted', 'sgb2_rate', 0.5, 1.0),
    ('observation_area', 'debtor_emergency', 'social_housing', 0.5, 1.0),
    ('observation_area', 'debtor_emergency', 'pop_density', 0.2, 1.0),
    ('observation_area', 'debtor_lifestyle', 'purchasing_power', 0.5, 1.0)
),

-- Share in the city over share in the country.
ratios (subject, least, most) as (
    values
    ('relative_emergency', 1.15, 2.0),
    ('relative_denier', 0.5, 0.95),
    ('relative_lifestyle', 0.5, 0.95)
),

found as (
    select
        correlations.subject,
        correlations.other_subject,
        figures.time_key,
        correlations.least,
        correlations.most,
        corr(figures.subject_value, compared.subject_value) as observed
    from correlations
    inner join figures on correlations.subject = figures.subject
    inner join figures as compared
        on
            correlations.other_subject = compared.subject
            and figures.area_key = compared.area_key
            and figures.time_key = compared.time_key
    inner join city_areas
        on
            figures.area_key = city_areas.area_key
            and correlations.area_level = city_areas.area_level
    group by
        correlations.subject,
        correlations.other_subject,
        figures.time_key,
        correlations.least,
        correlations.most
    union all
    select
        ratios.subject,
        'country' as other_subject,
        figures.time_key,
        ratios.least,
        ratios.most,
        figures.subject_value as observed
    from ratios
    inner join figures on ratios.subject = figures.subject
    inner join city_areas
        on
            figures.area_key = city_areas.area_key
            and city_areas.area_level = 'municipality'
)

select * from found
where observed not between least and most

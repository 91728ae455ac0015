-- Guards that no published number of persons is that of a secret cell or calculated
-- from one, whatever way it took through the models.
with secrets as (
    {{ secret_cells() }}
),

topic_measures as (
    select * from {{ ref("int_topic_measure_listed") }}
),

-- A rate shows persons and those they are a rate of, a share shows all persons, a
-- change the year before.
topic_years as (
    select
        debts.audience_code,
        debts.area_code,
        unnest([
            debts.measure_code,
            debts.measure_code,
            topic_measures.base_measure_code,
            topic_measures.whole_measure_code
        ]) as counted,
        unnest([
            debts.calendar_year,
            debts.calendar_year - 1,
            debts.calendar_year,
            debts.calendar_year
        ]) as shown_year,
        unnest([
            coalesce(
                debts.person_count, debts.overindebtedness_rate, debts.person_share
            ),
            debts.rate_change,
            coalesce(debts.overindebtedness_rate, debts.adult_count),
            debts.person_share
        ]) as shown_value
    from {{ ref("pub_overindebtedness") }} as debts
    inner join topic_measures on debts.measure_code = topic_measures.measure_code
    union all
    select
        audience_code,
        area_code,
        'overindebted_adults' as counted,
        calendar_year as shown_year,
        coalesce(overindebtedness_rate, distance_to_peer) as shown_value
    from {{ ref("pub_overindebtedness_peer") }}
    union all
    select
        debtors.audience_code,
        debtors.area_code,
        unnest([
            debtors.measure_code, topic_measures.whole_measure_code
        ]) as counted,
        debtors.calendar_year as shown_year,
        unnest([
            coalesce(debtors.person_count, debtors.person_share),
            coalesce(debtors.person_share, debtors.all_person_count)
        ]) as shown_value
    from {{ ref("pub_debtor_type") }} as debtors
    inner join topic_measures on debtors.measure_code = topic_measures.measure_code
),

flow_years as (
    select
        audience_code,
        area_code,
        place_code,
        unnest([
            'commuters_in_flow', 'commuters_out_flow',
            'commuters_in_flow', 'commuters_out_flow'
        ]) as counted,
        unnest([
            calendar_year, calendar_year, calendar_year - 1, calendar_year - 1
        ]) as shown_year,
        unnest([
            coalesce(commuters_in, commuter_balance, share_of_in),
            coalesce(commuters_out, commuter_balance, share_of_out),
            change_of_in,
            change_of_out
        ]) as shown_value
    from {{ ref("pub_commuter_flow") }}
),

shown as (
    select
        audience_code,
        unnest([measure_code, total_measure_code]) as counted,
        area_code,
        cast(calendar_year as varchar) as period,
        'all' as breakdown,
        'all' as class_code
    from {{ ref("pub_measure_breakdown") }}
    where part_value is not null and total_value is not null
    union all
    select
        audience_code,
        counted,
        area_code,
        cast(shown_year as varchar) as period,
        'all' as breakdown,
        'all' as class_code
    from topic_years
    where shown_value is not null
    union all
    select
        audience_code,
        counted,
        area_code,
        cast(shown_year as varchar) as period,
        case when place_code = 'all' then 'all' else 'place' end as breakdown,
        place_code as class_code
    from flow_years
    where shown_value is not null
)

{{ shown_secrets() }}

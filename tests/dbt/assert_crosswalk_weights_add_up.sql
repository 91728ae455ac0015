-- Guards that a reform neither loses nor doubles anything: the weights of one old area
-- add up to 1 for each basis, whoever delivered them.
select
    old_area_code,
    reform_on,
    basis,
    sum(weight) as weight_sum
from {{ ref("stg_delivery__area_crosswalks") }}
where is_listed
group by
    old_area_code,
    reform_on,
    basis
having abs(sum(weight) - 1) > 1e-6

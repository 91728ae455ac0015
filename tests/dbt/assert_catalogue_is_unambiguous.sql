-- Guards that readers can tell the product's indicators apart: no two that are listed
-- today share their name or their place in the order.
with catalogue as (
    {{ product_state("catalogue_indicator", ["indicator_code"]) }}
)

select
    indicator_code,
    name_de,
    indicator_order
from catalogue
where is_listed
qualify
    count(*) over (partition by name_de) > 1
    or count(*) over (partition by indicator_order) > 1
